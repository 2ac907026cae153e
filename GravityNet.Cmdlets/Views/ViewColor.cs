namespace GravityNet.Cmdlets;

/// <summary>
/// The colours of the views: red is what differs from the leases or objects, or is missing, stale or down; yellow is what is unknown.
/// </summary>
/// <remarks>
/// Everything is written with colours. PowerShell takes them away where they do not belong: under <c>NO_COLOR</c>, with
/// <c>$PSStyle.OutputRendering = 'PlainText'</c>, and where output goes to a file, another program or <c>Out-String</c>.
/// </remarks>
public static class ViewColor
{
    private const string Red = "\u001b[91m";
    private const string Yellow = "\u001b[93m";
    private const string Green = "\u001b[92m";
    private const string Reset = "\u001b[0m";

    /// <summary>What is not as it has to be.</summary>
    public static string Bad(string text) => Paint(Red, text);

    /// <summary>What is unknown, or may be right and may not.</summary>
    public static string Doubt(string text) => Paint(Yellow, text);

    /// <summary>What is new in a comparison.</summary>
    public static string Added(string text) => Paint(Green, text);

    /// <summary>A word of a status, verdict or state: plain where it is good, yellow where it is unknown, else red.</summary>
    public static string Status(string word) => word switch
    {
        "" or "ok" or "live" or "UP" or "headless" or "externalname" => word,
        "unknown" or "UNKNOWN" => Doubt(word),
        _ => Bad(word),
    };

    /// <summary>A line of a tool with one value in it in red, where something else was expected there.</summary>
    /// <param name="line">The line.</param>
    /// <param name="value">The value as it stands in the line; empty for none.</param>
    /// <param name="expected">What the lease or the object says; empty where it does not say.</param>
    public static string Differing(string line, string value, string expected)
    {
        if (value.Length == 0 || expected.Length == 0 || value == expected) return line;
        var at = line.IndexOf(value, StringComparison.Ordinal);
        return at < 0 ? line : $"{line[..at]}{Bad(value)}{line[(at + value.Length)..]}";
    }

    // line by line, so that no line of a table or list takes the colour of the one above it
    private static string Paint(string colour, string text) =>
        text.Length == 0 ? text : colour + text.Replace("\n", $"{Reset}\n{colour}", StringComparison.Ordinal) + Reset;
}
