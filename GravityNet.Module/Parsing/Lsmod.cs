using GravityNet.Text;
using static GravityNet.KernelModule;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>lsmod</c> of kmod and of busybox, and <c>/proc/modules</c>.
/// </summary>
public static class Lsmod
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<KernelModule> Parse(string node, string fact, string text) =>
        FactParser.EachOfWords(node, fact, text, (SourceLine source, ref LineReader line) => Line(node, source, ref line), line => line.StartsWith("Module ") && line.Contains("Size", StringComparison.Ordinal));

    private static KernelModule? Line(string node, SourceLine source, ref LineReader line)
    {
        var name = line.Text();
        line.Take(Field.Name);
        if (!line.Next() || !LineReader.IsSigned(line.Current, out long size)) return null;
        line.Take(Field.Size);
        var module = new KernelModule { Node = node, Name = name, Size = size, Source = source };
        if (line.Next() && LineReader.IsSigned(line.Current, out int used) && line.Take(Field.UsedCount))
        {
            module = module with { UsedCount = used };
            line.Next();
        }

        if (!line.Current.IsEmpty && line.Current is not "-")
        {
            var hasEnd = line.Current.EndsWith(",");
            module = module with { UsedBy = (hasEnd ? line.Current[..^1] : line.Current).ToString().Split(','), End = hasEnd ? "," : "" };
            line.Take(Field.UsedBy);
        }

        var (words, form) = line.End();
        return module with { Words = words, Form = form };
    }
}
