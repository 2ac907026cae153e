namespace GravityNet.Facts;

/// <summary>
/// What one read-only command answered: text, exit code, standard error and time, unchanged.
/// </summary>
/// <param name="Fact">The fact's name from <see cref="FactCatalog"/>, such as <c>bridge-fdb</c>.</param>
/// <param name="Text">Standard output.</param>
public sealed record FactResult(string Fact, string Text)
{
    /// <summary>The exit code of a store that answered and has nothing of this kind at all: <c>EX_UNAVAILABLE</c> of sysexits.h.</summary>
    public const int NotServed = 69;

    private static readonly string[] Denials = ["permission denied", "not permitted", "must be root", "are you root"];

    /// <summary>The command that ran, as an operator would type it; empty where a snapshot does not tell.</summary>
    public string Command { get; init; } = "";

    /// <summary>The command's exit code; null where a snapshot does not tell.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Standard error, trimmed.</summary>
    public string Error { get; init; } = "";

    /// <summary>How long the command ran; null where a snapshot does not tell.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>
    /// Whether the text is an answer. An empty text with exit code 0 is one (there are no such entries); a text cut short by an error is not.
    /// Without an exit code (a snapshot's bare file) any file is an answer.
    /// </summary>
    public bool Answered => ExitCode is null or 0;

    /// <summary>
    /// Why an answer is not the whole of what its command printed; empty where nothing speaks against it. Each of the tools ends its last line, so a text without that end
    /// was cut; and an empty text is no answer of a tool that always prints something (<see cref="FactCatalog.FactCommand.CanBeEmpty"/>). What such a text does not have is unknown.
    /// </summary>
    public string Damage =>
        !Answered ? ""
        : Text.Length == 0 ? FactCatalog.CanBeEmpty(Fact) ? "" : $"'{Fact}' is empty, and '{FactCatalog.ToolOf(Fact)}' always prints something"
        : Text[^1] != '\n' ? $"'{Fact}' is cut short: its last line has no end"
        : "";

    /// <summary>The text up to its last whole record: all of it where it was not cut. The lines that belong to the one before them begin with a blank.</summary>
    public string WholeText
    {
        get
        {
            if (Text.Length == 0 || Text[^1] == '\n') return Text;
            var end = Text.LastIndexOf('\n') + 1;
            while (end > 0 && Text[end] is ' ' or '\t') end = Text.LastIndexOf('\n', end - 2 < 0 ? 0 : end - 2) + 1;
            return Text[..end];
        }
    }

    /// <summary>Whether the command's tool, or what was to start it, is missing on the node: a shell's exit codes for a command that it cannot run (POSIX, 2.8.2).</summary>
    public bool IsMissing => ExitCode is 126 or 127 && !IsDenied;

    /// <summary>Whether the command ran and was not allowed to read what it is for: the words of EACCES and EPERM, and those of the tools that ask for root.</summary>
    public bool IsDenied => !Answered && (ExitCode is not (126 or 127) || Error.Contains(PlanetScript.Command, StringComparison.Ordinal)) && Denials.Any(d => Error.Contains(d, StringComparison.OrdinalIgnoreCase));

    /// <summary>The tool that is missing where <see cref="IsMissing"/>: the fact's own, or the one that would have started it inside a pod.</summary>
    public string Tool => Command.StartsWith("nsenter ", StringComparison.Ordinal) && Error.Contains("nsenter:", StringComparison.Ordinal) && Error.Contains("not found", StringComparison.Ordinal)
        ? "nsenter"
        : FactCatalog.ToolOf(Fact);

    /// <summary>Why there is no answer, in words; empty when there is one.</summary>
    public string Reason => Answered ? "" : ExitCode switch
    {
        126 or 127 => $"'{Tool}' is not there: {FirstLine(Error, "command not found")}",
        -1 => $"'{Command}' did not end: {FirstLine(Error, "no message")}",
        var code => $"'{Command}' ended with exit code {code}: {FirstLine(Error, "no message")}",
    };

    internal static string FirstLine(string text, string otherwise)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOf('\n');
        if (end >= 0) line = line[..end].TrimEnd();
        return line.IsEmpty ? otherwise : line.ToString();
    }
}
