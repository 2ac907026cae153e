namespace GravityNet.Parsing;

/// <summary>
/// Reads texts that have a name and a value on each line: <c>ethtool -i</c> (<c>driver: vxlan</c>) and flannel's <c>/run/flannel/subnet.env</c> (<c>FLANNEL_MTU=1450</c>).
/// </summary>
public static class NamedValues
{
    /// <summary>Reads <c>ethtool -i</c>.</summary>
    public static Parsed<NamedValue> ParseColons(string node, string fact, string text) => FactParser.EachLine<NamedValue>(node, fact, text, (name, ref lines) => Line(name, ref lines, ':'));

    /// <summary>Reads a file of settings.</summary>
    public static Parsed<NamedValue> ParseSettings(string node, string fact, string text) => FactParser.EachLine<NamedValue>(node, fact, text, (name, ref lines) => Line(name, ref lines, '='));

    private static NamedValue? Line(string node, ref FactLines lines, char mark)
    {
        var line = lines.Current;
        var at = line.IndexOf(mark);
        if (at <= 0 || line[0] is ' ' or '\t' or '#') return null;
        var value = line[(at + 1)..].TrimStart(' ');
        return new() { Node = node, Name = line[..at].ToString(), Separator = line[at..(line.Length - value.Length)].ToString(), Value = value.ToString(), Source = lines.Source() };
    }
}
