using System.Diagnostics;

namespace GravityNet.Text;

/// <summary>
/// How one version of a tool printed a line: which fields in which order, where words stand that no field takes, and the blanks between them where they are
/// more or other than one space. It holds nothing of what the line said. Lines that were printed alike share one form, so that it is the tool's dialect:
/// iproute2 4.11 and 6.1 differ in nothing else.
/// </summary>
public sealed class LineForm
{
    // One letter an item: a field's number, a word, or the blanks before what follows.
    internal const char Word = '\u0100';
    internal const char NoGap = '\u0200';
    internal const char Tabs = '\u0300';
    private const int Longest = 0xff;

    internal LineForm(string items)
    {
        Items = items;
        foreach (var item in items)
        {
            if (IsField(item)) Fields |= 1UL << item;
        }
    }

    internal string Items { get; }

    /// <summary>The fields that it has a place for, as bits.</summary>
    internal ulong Fields { get; }

    internal static bool IsField(char item) => item < LineGrammar.MostFields;

    internal static bool IsGap(char item) => item >= NoGap;

    /// <summary>The letters of blanks: one letter, or more where they are mixed or many; -1 where there is no room for them.</summary>
    internal static int Write(ReadOnlySpan<char> blanks, Span<char> items)
    {
        if (blanks.IsEmpty)
        {
            items[0] = NoGap;
            return 1;
        }

        var count = 0;
        while (!blanks.IsEmpty)
        {
            var run = blanks.IndexOfAnyExcept(blanks[0]);
            if (run < 0) run = blanks.Length;
            run = Math.Min(run, Longest);
            if (count == items.Length) return -1;
            items[count++] = (char)((blanks[0] == '\t' ? Tabs : NoGap) + run);
            blanks = blanks[run..];
        }

        return count;
    }

    internal static (char Blank, int Count) Blanks(char item)
    {
        Debug.Assert(IsGap(item), "only a gap has blanks");
        return item >= Tabs ? ('\t', item - Tabs) : (' ', item - NoGap);
    }
}
