namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>sysctl -a</c> (<c>key = value</c>), and the files behind it as grep prints them with their names: <c>/proc/sys/net/ipv4/ip_forward:1</c>.
/// </summary>
public static class SysctlText
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<Sysctl> Parse(string node, string fact, string text) => FactParser.EachLine<Sysctl>(node, fact, text, Line);

    private static Sysctl? Line(string node, ref FactLines lines)
    {
        var line = lines.Current;
        if (line.StartsWith(Sysctl.Files, StringComparison.Ordinal))
        {
            // no name below /proc/sys has a colon: the kernel takes none in an interface's name
            var path = line[Sysctl.Files.Length..];
            var colon = path.IndexOf(':');
            return colon <= 0 ? null : new() { Node = node, Key = Sysctl.Swap(path[..colon]), Value = path[(colon + 1)..].ToString(), Separator = "", Source = lines.Source() };
        }

        var equals = line.IndexOf('=');
        if (equals <= 0) return null;
        var key = line[..equals].TrimEnd(' ');
        if (key.IsEmpty || key.ContainsAny(' ', '\t')) return null;
        var value = line[(equals + 1)..].TrimStart(' ');
        var separator = line[key.Length..(line.Length - value.Length)];
        return new() { Node = node, Key = key.ToString(), Value = value.ToString(), Separator = separator is " = " ? " = " : separator.ToString(), Source = lines.Source() };
    }
}
