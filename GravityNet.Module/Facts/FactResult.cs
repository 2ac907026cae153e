namespace GravityNet.Facts;

/// <summary>
/// What one read-only command answered: text, exit code, standard error and time, unchanged.
/// </summary>
/// <param name="Fact">The fact's name from <see cref="FactCatalog"/>, such as <c>bridge-fdb</c>.</param>
/// <param name="Text">Standard output.</param>
public sealed record FactResult(string Fact, string Text)
{
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

    /// <summary>Why there is no answer, in words; empty when there is one.</summary>
    public string Reason => Answered ? "" : ExitCode switch
    {
        126 or 127 => $"'{FactCatalog.ToolOf(Fact)}' is not there: {FirstLine(Error, "command not found")}",
        -1 => $"'{Command}' did not end: {FirstLine(Error, "no message")}",
        var code => $"'{Command}' ended with exit code {code}: {FirstLine(Error, "no message")}",
    };

    private static string FirstLine(string text, string otherwise)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOf('\n');
        if (end >= 0) line = line[..end].TrimEnd();
        return line.IsEmpty ? otherwise : line.ToString();
    }
}
