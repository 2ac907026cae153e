using System.Management.Automation.Language;

namespace GravityNet.Shell;

/// <summary>Reads commands from the input and runs them one after the other until the input ends or a command says <c>exit</c>.</summary>
internal sealed class Prompt(ShellSession session, Screen screen, Interrupts interrupts)
{
    private readonly LineEditor? _editor = screen.EditsLines ? new LineEditor(session) : null;

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

    /// <summary>Whether a text needs more lines before it can run.</summary>
    public static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out var errors);
        return errors.Any(e => e.IncompleteInput);
    }

    // null at the end of the input
    private string? Read()
    {
        var prompt = PromptText();
        if (_editor is not null)
        {
            // blanks in a whole row's number go on to the next row unless the cursor stands at the start of one
            Console.Write(new string(' ', InputArea.Width) + "\r\u001b[K");
            session.Host.UI.Write(prompt);
            session.Host.StartLine();
            return _editor.Read(prompt[(prompt.LastIndexOf('\n') + 1)..]);
        }

        if (screen.Interactive)
            session.Host.UI.Write(prompt);

        var text = screen.Input.ReadLine();
        while (text is not null && IsIncomplete(text))
        {
            if (screen.Interactive)
                session.Host.UI.Write(InputArea.Continuation);
            var more = screen.Input.ReadLine();
            if (more is null)
                break;
            // an empty line runs what is there, so that a person can get out of a forgotten quote
            text += "\n" + more;
            if (more.Length == 0)
                break;
        }

        return text;
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
}
