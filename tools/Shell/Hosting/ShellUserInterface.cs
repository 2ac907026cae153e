using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Net;
using System.Security;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Writes every stream in the form and colour that PowerShell gives it, and asks what commands want to know.</summary>
internal sealed class ShellUserInterface : PSHostUserInterface
{
    private readonly Screen _screen;
    private readonly ShellRawUserInterface _raw;
    private readonly ProgressLine _progress;
    private readonly Lock _lock = new();
    // what was written last without a line's end: a question
    private readonly StringBuilder _open = new();

    public ShellUserInterface(Screen screen)
    {
        _screen = screen;
        _raw = new ShellRawUserInterface(screen, Interrupt);
        _progress = new ProgressLine(screen);
    }

    /// <summary>What Ctrl+C at a question does beside ending the command.</summary>
    public Action? Interrupted { get; set; }

    public override PSHostRawUserInterface RawUI => _raw;

    public override bool SupportsVirtualTerminal => _screen.Colour;

    public void ResetProgress()
    {
        lock (_lock)
            _progress.Reset();
    }

    /// <summary>Tells that what was open is at its end: a person's Enter is on the screen and passed nobody here.</summary>
    public void StartLine()
    {
        lock (_lock)
            _open.Clear();
    }

    public override void Write(string value) => Put(_screen.Output, value, newLine: false);

    public override void WriteLine() => Put(_screen.Output, "", newLine: true);

    public override void WriteLine(string value) => Put(_screen.Output, value, newLine: true);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Put(_screen.Output, Coloured(foregroundColor, backgroundColor, value), newLine: false);

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Put(_screen.Output, Coloured(foregroundColor, backgroundColor, value), newLine: true);

    public override void WriteErrorLine(string value)
    {
        if (!string.IsNullOrEmpty(value))
            Put(_screen.Error, value, newLine: true);
    }

    public override void WriteWarningLine(string message) => PutStyled(FormatStyle.Warning, $"WARNING: {message}");

    public override void WriteVerboseLine(string message) => PutStyled(FormatStyle.Verbose, $"VERBOSE: {message}");

    public override void WriteDebugLine(string message) => PutStyled(FormatStyle.Debug, $"DEBUG: {message}");

    // the engine itself writes Write-Host's records; the others are not shown, as in every PowerShell host
    public override void WriteInformation(InformationRecord record)
    {
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock)
            _progress.Update(sourceId, record);
    }

    public override string ReadLine()
    {
        lock (_lock)
            _progress.Hide();
        if (!_screen.EditsLines)
            return _screen.Input.ReadLine() ?? throw NoAnswer();
        var editor = new LineEditor(session: null);
        var answer = editor.Read(_open.ToString());
        StartLine();
        if (editor.Dropped)
            throw Interrupt();
        return answer ?? throw NoAnswer();
    }

    public override SecureString ReadLineAsSecureString()
    {
        if (!_screen.Interactive)
            return new NetworkCredential("", ReadLine()).SecurePassword;

        lock (_lock)
            _progress.Hide();
        var secret = new SecureString();
        Console.TreatControlCAsInput = true;
        try
        {
            for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
            {
                if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control })
                {
                    WriteLine("^C");
                    throw Interrupt();
                }

                if (key.Key == ConsoleKey.Backspace)
                {
                    if (secret.Length == 0)
                        continue;
                    secret.RemoveAt(secret.Length - 1);
                    Write("\b \b");
                }
                else if (!char.IsControl(key.KeyChar))
                {
                    secret.AppendChar(key.KeyChar);
                    Write("*");
                }
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }

        WriteLine();
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteHeading(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (var field in descriptions)
            answers[field.Name] = PSObject.AsPSObject(PromptForField(field));
        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        var keys = choices.Select(HotKey).ToList();
        WriteHeading(caption, message);
        while (true)
        {
            for (var i = 0; i < choices.Count; i++)
                Write($"[{keys[i]}] {Label(choices[i])}  ");
            Write(defaultChoice >= 0 ? $"[?] Help (default is \"{keys[defaultChoice]}\"): " : "[?] Help: ");

            var answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            if (answer == "?")
            {
                for (var i = 0; i < choices.Count; i++)
                    WriteLine($"{keys[i]} - {choices[i].HelpMessage}");
                continue;
            }

            var chosen = keys.FindIndex(k => string.Equals(k, answer, StringComparison.OrdinalIgnoreCase));
            if (chosen < 0)
                chosen = choices.ToList().FindIndex(c => string.Equals(Label(c), answer, StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0)
                return chosen;
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        WriteHeading(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = ReadLine();
        }

        Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    private static string Label(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);

    private static string HotKey(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : Label(choice);
    }

    private PipelineStoppedException Interrupt()
    {
        Interrupted?.Invoke();
        return new PipelineStoppedException();
    }

    private static HostException NoAnswer() => new("The command asks a question, but its input has ended. Give the value as a parameter, or -Confirm:$false.");

    private object? PromptForField(FieldDescription field)
    {
        var type = LanguagePrimitives.TryConvertTo<Type>(field.ParameterAssemblyFullName, out var named) && named is not null ? named
            : LanguagePrimitives.TryConvertTo<Type>(field.ParameterTypeFullName, out named) && named is not null ? named : typeof(string);
        if (type == typeof(PSCredential))
            return PromptForCredential("", "", "", "");
        if (type == typeof(SecureString))
        {
            Write($"{field.Name}: ");
            return ReadLineAsSecureString();
        }

        if (type.IsArray)
        {
            var items = new List<object?>();
            while (true)
            {
                Write($"{field.Name}[{items.Count}]: ");
                var item = ReadLine();
                if (item.Length == 0)
                    return LanguagePrimitives.ConvertTo(items.ToArray(), type, CultureInfo.InvariantCulture);
                items.Add(item);
            }
        }

        while (true)
        {
            Write($"{field.Name}: ");
            var text = ReadLine();
            if (LanguagePrimitives.TryConvertTo(text, type, out var value))
                return value;
            WriteErrorLine($"Cannot convert \"{text}\" to {type}.");
        }
    }

    private void WriteHeading(string caption, string message)
    {
        if (!string.IsNullOrEmpty(caption))
            WriteLine(PSStyle.Instance.Bold + caption + PSStyle.Instance.BoldOff);
        if (!string.IsNullOrEmpty(message))
            WriteLine(message);
    }

    private void PutStyled(FormatStyle style, string text) => Put(_screen.Output, GetFormatStyleString(style) + text + PSStyle.Instance.Reset, newLine: true);

    private string Coloured(ConsoleColor foreground, ConsoleColor background, string value)
    {
        if (!_screen.Colour)
            return value;
        var start = (Enum.IsDefined(foreground) ? PSStyle.MapForegroundColorToEscapeSequence(foreground) : "")
            + (Enum.IsDefined(background) ? PSStyle.MapBackgroundColorToEscapeSequence(background) : "");
        return start.Length == 0 ? value : start + value + PSStyle.Instance.Reset;
    }

    private void Put(TextWriter writer, string? value, bool newLine)
    {
        // plain when there is no colour on this screen, or $PSStyle.OutputRendering asks for it
        var colour = _screen.Colour && !(writer == _screen.Error && writer != _screen.Output);
        var text = GetOutputString(value ?? "", colour);
        lock (_lock)
        {
            _progress.Hide();
            if (newLine)
                writer.WriteLine(text);
            else
                writer.Write(text);
            writer.Flush();
            var end = text.LastIndexOf('\n') + 1;
            if (newLine || end > 0)
                _open.Clear();
            if (!newLine)
                _open.Append(text, end, text.Length - end);
        }
    }
}
