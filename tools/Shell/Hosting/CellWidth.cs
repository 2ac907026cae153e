using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GravityNet.Shell;

/// <summary>Counts the terminal cells of a text: colour sequences take none, East Asian wide characters and emoji two.</summary>
internal static partial class CellWidth
{
    public static int Of(string text)
    {
        if (text.Contains('\u001b'))
            text = ColourSequence().Replace(text, "");
        var cells = 0;
        foreach (var rune in text.EnumerateRunes())
            cells += Of(rune);
        return cells;
    }

    public static int Of(Rune rune)
    {
        if (rune.Value < 0x300)
            return 1;
        var category = Rune.GetUnicodeCategory(rune);
        if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        return IsWide(rune.Value) ? 2 : 1;
    }

    private static bool IsWide(int c) =>
        c is >= 0x1100 and <= 0x115f or >= 0x2e80 and <= 0x303e or >= 0x3041 and <= 0xa4cf or >= 0xac00 and <= 0xd7a3
            or >= 0xf900 and <= 0xfaff or >= 0xfe30 and <= 0xfe6f or >= 0xff00 and <= 0xff60 or >= 0xffe0 and <= 0xffe6
            or >= 0x1f300 and <= 0x1f64f or >= 0x1f900 and <= 0x1f9ff or >= 0x20000 and <= 0x3fffd;

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]|\u001b\\][^\u0007\u001b]*(\u0007|\u001b\\\\)")]
    private static partial Regex ColourSequence();
}
