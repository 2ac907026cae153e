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

    /// <summary>All lines by their keys, in sysctl's form; empty where sysctl was not asked or did not answer.</summary>
    public static IReadOnlyDictionary<string, SourceLine> Read(NodeState node)
    {
        const string Files = "/proc/sys/";
        var found = new Dictionary<string, SourceLine>(StringComparer.Ordinal);
        if (node.Facts.Get("sysctl") is not { Answered: true } fact) return found;
        var lines = new FactLines(node.Node, "sysctl", fact.Text);
        while (lines.Next())
        {
            var isFile = lines.Current.StartsWith(Files);
            var end = isFile ? lines.Current.LastIndexOf(':') : lines.Current.IndexOf('=');
            if (end < 0) continue;
            var key = lines.Current[..end].Trim().ToString();
            if (isFile) key = string.Concat(key[Files.Length..].Select(c => c switch { '.' => '/', '/' => '.', _ => c }));
            found.TryAdd(key, lines.Source());
        }

        return found;
    }

    /// <summary>What a line says.</summary>
    public static string ValueOf(SourceLine line) => line.Text[(line.Text.LastIndexOfAny(['=', ':']) + 1)..].Trim();

    /// <summary>The line of a key where it says 0; null where it says something else, or is not known.</summary>
    public static SourceLine? FindZero(NodeState node, string key) =>
        Find(node, key) is { } line && ValueOf(line) == "0" ? line : null;
}
