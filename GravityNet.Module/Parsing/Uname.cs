namespace GravityNet.Parsing;

/// <summary>Reads <c>uname -a</c>.</summary>
public static class Uname
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<KernelName> Parse(string node, string fact, string text) => FactParser.EachLine<KernelName>(node, fact, text, Line);

    private static KernelName? Line(string node, ref FactLines lines)
    {
        var line = lines.Source();
        var words = line.Text.Split(' ');
        if (words.Length < 5) return null;
        // the version alone has blanks in it
        var count = 1;
        while (words.Length - count - 3 > 3 && words[^(count + 2)] == words[^2]) count++;
        var name = new KernelName
        {
            Node = node,
            Kernel = words[0],
            HostName = words[1],
            Release = words[2],
            Version = string.Join(' ', words[3..^(count + 1)]),
            Machine = words[^2],
            MachineCount = count,
            OperatingSystem = words[^1],
            Source = line,
        };
        return name.Kernel.Length > 0 && name.Machine.Length > 0 && name.Print() == line.Text ? name : null;
    }
}
