using GravityNet.Parsing;

namespace GravityNet.Findings;

/// <summary>Lines of <c>sysctl</c>'s answer, or of the files behind it as grep prints them with their names.</summary>
internal static class SysctlLines
{
    /// <summary>The line of a key, which sysctl writes with a slash for a dot in an interface's name; null where it is not known.</summary>
    public static SourceLine? Find(NodeState node, string key)
    {
        if (node.Facts.Get("sysctl") is not { Answered: true } fact) return null;
        var file = "/proc/sys/" + string.Concat(key.Select(c => c switch { '.' => '/', '/' => '.', _ => c })) + ":";
        var lines = new FactLines(node.Node, "sysctl", fact.Text);
        while (lines.Next())
        {
            if (lines.Current.StartsWith(key, StringComparison.Ordinal) && lines.Current[key.Length..].TrimStart() is ['=', ..]) return lines.Source();
            if (lines.Current.StartsWith(file, StringComparison.Ordinal)) return lines.Source();
        }

        return null;
    }

    /// <summary>The line of a key where it says 0; null where it says something else, or is not known.</summary>
    public static SourceLine? FindZero(NodeState node, string key) =>
        Find(node, key) is { } line && line.Text[(line.Text.LastIndexOfAny(['=', ':']) + 1)..].Trim() == "0" ? line : null;
}
