namespace GravityNet.Facts;

/// <summary>Text for a POSIX shell.</summary>
public static class ShellText
{
    /// <summary>A text as one word of a POSIX shell, whatever is in it.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
