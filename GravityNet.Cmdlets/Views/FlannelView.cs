namespace GravityNet.Cmdlets;

/// <summary>The text of <c>Get-FlannelLog</c>'s default view: the entry as the log has it, errors in red.</summary>
public static class FlannelView
{
    /// <summary>The entry's first line.</summary>
    public static string Head(FlannelEvent said)
    {
        ArgumentNullException.ThrowIfNull(said);
        return Paint(said, Lines(said)[0]);
    }

    /// <summary>Further lines of the message.</summary>
    public static IReadOnlyList<string> Body(FlannelEvent said)
    {
        ArgumentNullException.ThrowIfNull(said);
        return [.. Lines(said).Skip(1).Select(line => Paint(said, line))];
    }

    /// <summary>A word or line of the entry in its colour.</summary>
    public static string Paint(FlannelEvent said, string text)
    {
        ArgumentNullException.ThrowIfNull(said);
        return said.Level is "error" or "fatal" || said.Kind == FlannelEventKind.ServiceFailed ? ViewColor.Bad(text) : text;
    }

    private static string[] Lines(FlannelEvent said) => said.ToString().Split('\n');
}
