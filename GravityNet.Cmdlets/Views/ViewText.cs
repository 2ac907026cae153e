using System.Collections;
using System.Globalization;
using System.Text;

namespace GravityNet.Cmdlets;

/// <summary>
/// What all views are written with.
/// </summary>
/// <remarks>
/// <para>
/// Each output type has three views in one <c>*.format.ps1xml</c>; PowerShell takes the first of the type as the default and the first of each kind for
/// <c>Format-Table</c> and <c>Format-List</c>. The default reads as the command's own tool does (<c>ip</c>, <c>bridge</c>, <c>iptables-save</c>): a
/// CustomControl that calls a class <c>NounView</c> of this folder, whose <c>Head</c> gives the first line and <c>Body</c> the others, each by itself: in a text of several lines
/// PowerShell would begin each line with all colours of those before it. (Where there are none PowerShell would print whatever <c>$_</c> is outside, hence the condition in the
/// format files.) Where the tool prints a table or list, the default is one. The table has names first, then the status, and long text last, because PowerShell cuts off at
/// the right; it fits 80 columns with short names. The list has every property that a reader may want, and the lines that prove it, through <see cref="Lines"/>.
/// </para>
/// <para>
/// No view shows a date, a number with a fraction or a list as PowerShell would: it would follow the culture, or cut the list after four. <see cref="Time"/>,
/// <see cref="Clock"/>, <see cref="Duration"/>, <see cref="Number"/> and <see cref="Lines"/> are for that. Colours come from <see cref="ViewColor"/>. Where the columns' widths
/// are to stay while rows come one by one, the table gives widths.
/// </para>
/// <para>
/// A new output type, or a new property with an address, a MAC or a list, needs its value in <c>GravityNet.types.ps1xml</c> and its views in the golden files of
/// <c>tests/module/Golden</c>: run the module's tests once with <c>GRAVITYNET_RENEW=1</c>, which writes both, and look at the difference.
/// </para>
/// </remarks>
public static class ViewText
{
    /// <summary>What stands before the lines under a first line.</summary>
    public const string Indent = "    ";

    /// <summary>A moment, in UTC: <c>2026-11-23 01:29:47Z</c>; empty for none.</summary>
    public static string Time(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    /// <summary>The time of day of what comes as it happens, in UTC: <c>01:29:47Z</c>.</summary>
    public static string Clock(DateTimeOffset moment) => moment.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The time to a lease's end in words: <c>23h51m</c>; empty for none.</summary>
    public static string Duration(long? seconds) => seconds switch
    {
        null => "",
        < 0 => ViewColor.Bad("ended"),
        < 60 => $"{seconds}s",
        < 3600 => $"{seconds / 60}m",
        _ => $"{seconds / 3600}h{seconds / 60 % 60:00}m",
    };

    /// <summary>A number with at most three digits behind the point, whatever the culture; empty for none.</summary>
    public static string Number(double? number) => number?.ToString("0.###", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A list's items, one a line: the value beside a label of a list view. Empty for an empty list.</summary>
    public static string Lines(IEnumerable? items)
    {
        var text = new StringBuilder();
        foreach (var item in items ?? Array.Empty<object>())
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(item);
        }

        return text.ToString();
    }

    /// <summary>Sentences that a record keeps in one text, separated by <c>; </c>, one a line.</summary>
    public static string Sentences(string text) => text.Replace("; ", "\n", StringComparison.Ordinal);

    /// <summary>A pod or service with its namespace: <c>default/web</c>; empty where it is not known.</summary>
    public static string Named(string @namespace, string name) => name.Length > 0 ? $"{@namespace}/{name}" : "";

    /// <summary>A word with what stands before it; nothing for an empty word.</summary>
    internal static string Word(string before, string word) => word.Length > 0 ? before + word : "";
}
