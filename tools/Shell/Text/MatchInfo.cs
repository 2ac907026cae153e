using System.Management.Automation;
using System.Text.RegularExpressions;

// scripts and views know the types by the names that PowerShell's own modules give them
namespace Microsoft.PowerShell.Commands;

/// <summary>A line that Select-String found.</summary>
public sealed class MatchInfo
{
    internal const string InputStream = "InputStream";

    /// <summary>Whether A was taken for a.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>The line's number in its file, from 1.</summary>
    public ulong LineNumber { get; init; }

    /// <summary>The line.</summary>
    public string Line { get; init; } = "";

    /// <summary>The file's name without its folder.</summary>
    public string Filename => Path == InputStream ? Path : System.IO.Path.GetFileName(Path);

    /// <summary>The file; <c>InputStream</c> for what came down the pipe.</summary>
    public string Path { get; init; } = InputStream;

    /// <summary>The pattern that was found.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>The lines around it; null where none were asked for.</summary>
    public MatchInfoContext? Context { get; init; }

    /// <summary>What of the line the pattern matched.</summary>
    public Match[] Matches { get; init; } = [];

    internal bool Emphasised { get; init; }

    /// <summary>The file as seen from a folder, where it lies in it.</summary>
    /// <param name="directory">The folder.</param>
    public string RelativePath(string directory)
    {
        if (Path == InputStream)
            return Path;
        var relative = System.IO.Path.GetRelativePath(directory, Path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? Path : relative;
    }

    /// <inheritdoc/>
    public override string ToString() => Text(Path, Line);

    /// <summary>The line behind its file and number, and the lines around it.</summary>
    /// <param name="directory">From where the file is seen.</param>
    public string ToString(string directory) => Text(RelativePath(directory), Line);

    /// <summary>The same, with what was found in reverse video.</summary>
    /// <param name="directory">From where the file is seen.</param>
    public string ToEmphasizedString(string directory) => Text(RelativePath(directory), Emphasised ? Emphasise() : Line);

    private string Text(string path, string line)
    {
        if (Context is null)
            return Row("", path, LineNumber, line);
        var (pre, post) = (Context.DisplayPreContext, Context.DisplayPostContext);
        var before = pre.Select((text, i) => Row("  ", path, LineNumber - (ulong)(pre.Length - i), text));
        var after = post.Select((text, i) => Row("  ", path, LineNumber + (ulong)i + 1, text));
        return string.Join(Environment.NewLine, [.. before, Row("> ", path, LineNumber, line), .. after]);
    }

    private static string Row(string mark, string path, ulong number, string line) => path == InputStream ? mark + line : $"{mark}{path}:{number}:{line}";

    private string Emphasise()
    {
        var line = Line;
        foreach (var match in Matches.Reverse())
            line = line.Insert(match.Index + match.Length, PSStyle.Instance.Reset).Insert(match.Index, PSStyle.Instance.Reverse);
        return line;
    }
}
