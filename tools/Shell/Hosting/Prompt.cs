using System.Management.Automation.Language;

namespace GravityNet.Shell;

/// <summary>Reads commands from the input and runs them one after the other until the input ends or a command says <c>exit</c>.</summary>
internal sealed class Prompt(ShellSession session, Screen screen, Interrupts interrupts)
{
    // a terminal that knows no sequences, or one whose output goes elsewhere, keeps the line discipline of the system
    private readonly LineEditor? _editor = screen is { Interactive: true, Colour: true } ? new LineEditor(session) : null;

    /// <summary>Runs the loop.</summary>
    /// <returns>Whether the last command succeeded.</returns>
    public bool Run()
    {
        var succeeded = true;
        while (session.Host.RequestedExitCode is null && Read() is { } command)
        {
            interrupts.Reset();
            if (!string.IsNullOrWhiteSpace(command))
                succeeded = session.Run(command);
        }

        return succeeded;
    }

    // null at the end of the input
    private string? Read()
    {
        var text = Ask(PromptText());
        while (text is not null && IsIncomplete(text))
        {
            var more = Ask(">> ");
            if (more is null)
                break;
            // an empty line runs what is there, so that a person can get out of a forgotten quote
            text += "\n" + more;
            if (more.Length == 0)
                break;
        }

        return text;
    }

    private string? Ask(string prompt)
    {
        if (screen.Interactive)
            session.Host.UI.Write(prompt);
        return _editor is null ? screen.Input.ReadLine() : _editor.Read(CellWidth.Of(prompt[(prompt.LastIndexOf('\n') + 1)..]));
    }

    private string PromptText()
    {
        if (!screen.Interactive)
            return "";
        using var pipeline = session.Runspace.CreatePipeline("prompt");
        try
        {
            return string.Concat(pipeline.Invoke());
        }
        catch (System.Management.Automation.RuntimeException)
        {
            return "PS> ";
        }
    }

    private static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out var errors);
        return errors.Any(e => e.IncompleteInput);
    }
}
