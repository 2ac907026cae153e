using System.Globalization;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// What stands before a message in a journal or in syslog's files: <c>Jan 23 16:55:10 node-1 flanneld[692]: </c>, the same with <c>-o short-iso</c>
/// (<c>2020-01-23T16:55:10+0000</c>), and with fractions of a second (journalctl(1)).
/// </summary>
/// <param name="Stamp">The time as printed.</param>
/// <param name="Host">The node's own name.</param>
/// <param name="Identifier">Who said it: the program.</param>
/// <param name="ProcessId">Its process; null where not printed.</param>
internal readonly record struct LogPrefix(string Stamp, string Host, string Identifier, int? ProcessId)
{
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>The prefix as printed, with the blank behind it.</summary>
    public string Print() => ProcessId is { } id ? string.Create(CultureInfo.InvariantCulture, $"{Stamp} {Host} {Identifier}[{id}]: ") : $"{Stamp} {Host} {Identifier}: ";

    /// <summary>Reads a line's prefix; null where it has none.</summary>
    public static LogPrefix? Read(ReadOnlySpan<char> line)
    {
        var stamp = StampLength(line);
        if (stamp == 0 || line.Length <= stamp + 1 || line[stamp] != ' ') return null;
        var rest = line[(stamp + 1)..];
        var blank = rest.IndexOf(' ');
        if (blank <= 0) return null;
        var who = rest[(blank + 1)..];
        // a program's name may have blanks in it, and a colon ends it
        var colon = who.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0) return null;
        var identifier = who[..colon];
        int? process = null;
        if (identifier[^1] == ']' && identifier.LastIndexOf('[') is > 0 and var bracket && LineReader.IsSigned(identifier[(bracket + 1)..^1], out int id))
        {
            process = id;
            identifier = identifier[..bracket];
        }

        return identifier.Contains(' ') && process is null ? null : new(line[..stamp].ToString(), rest[..blank].ToString(), identifier.ToString(), process);
    }

    /// <summary>How much of a line is a time; 0 where it begins with none.</summary>
    public static int StampLength(ReadOnlySpan<char> line)
    {
        if (line.Length >= 15 && char.IsAsciiLetterUpper(line[0]) && line[3] == ' ' && line[6] == ' ' && IsClock(line[7..]) && MonthOf(line) > 0)
            return 15 + Fraction(line[15..]);
        if (line.Length < 19 || line[4] != '-' || line[7] != '-' || line[10] != 'T' || !char.IsAsciiDigit(line[0]) || !IsClock(line[11..])) return 0;
        var at = 19 + Fraction(line[19..]);
        if (at < line.Length && line[at] == 'Z') return at + 1;
        if (at >= line.Length || line[at] is not ('+' or '-')) return 0;
        var end = at + 1;
        while (end < line.Length && (char.IsAsciiDigit(line[end]) || line[end] == ':')) end++;
        return end - at is 5 or 6 ? end : 0;
    }

    /// <summary>
    /// A time as printed. Where it has no year it is the last such day before <paramref name="reference"/> (or the day after it, for a clock that runs ahead); where it has
    /// no zone it is taken as UTC, which is what Planet and pods run in.
    /// </summary>
    public static DateTimeOffset? TimeOf(ReadOnlySpan<char> stamp, DateTimeOffset reference)
    {
        if (stamp.Length >= 19 && stamp[4] == '-')
        {
            var end = 19;
            while (end < stamp.Length && (char.IsAsciiDigit(stamp[end]) || stamp[end] is '.' or ',')) end++;
            if (!DateTime.TryParseExact(stamp[..19], "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return null;
            return Offset(stamp[end..]) is { } offset && day.Year is > 1 and < 9999 ? new DateTimeOffset(day, offset) + FractionOf(stamp[19..end]) : null;
        }

        if (stamp.Length < 15 || MonthOf(stamp) is not (> 0 and var month) || !int.TryParse(stamp[4..6], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var date)) return null;
        return Of(month, date, stamp[7..15], stamp[15..], reference);
    }

    /// <summary>A month and a day with a time, without a year.</summary>
    public static DateTimeOffset? Of(int month, int day, ReadOnlySpan<char> clock, ReadOnlySpan<char> fraction, DateTimeOffset reference)
    {
        if (!TimeSpan.TryParseExact(clock, @"hh\:mm\:ss", CultureInfo.InvariantCulture, out var time)) return null;
        var year = reference.Year;
        // the 29th of February is in some years alone
        for (; year > reference.Year - 8 && year > 1; year--)
        {
            if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) continue;
            var found = new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero) + time + FractionOf(fraction);
            if (found <= reference.AddDays(1)) return found;
        }

        return null;
    }

    /// <summary>A fraction of a second with its point; none for an empty text.</summary>
    public static TimeSpan FractionOf(ReadOnlySpan<char> fraction) =>
        fraction.Length > 1 && long.TryParse(fraction[1..Math.Min(fraction.Length, 8)], NumberStyles.None, CultureInfo.InvariantCulture, out var digits)
            ? TimeSpan.FromTicks(digits * (long)Math.Pow(10, 8 - Math.Min(fraction.Length, 8)))
            : TimeSpan.Zero;

    /// <summary>The month that a text begins with; 0 for none.</summary>
    public static int MonthOf(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < Months.Length; i++)
        {
            if (text.StartsWith(Months[i], StringComparison.Ordinal)) return i + 1;
        }

        return 0;
    }

    private static int Fraction(ReadOnlySpan<char> text)
    {
        if (text is not ['.' or ',', ..]) return 0;
        var end = 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return end > 1 ? end : 0;
    }

    private static bool IsClock(ReadOnlySpan<char> text) =>
        text.Length >= 8 && text[2] == ':' && text[5] == ':' && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[3]) && char.IsAsciiDigit(text[4])
        && char.IsAsciiDigit(text[6]) && char.IsAsciiDigit(text[7]);

    private static TimeSpan? Offset(ReadOnlySpan<char> text)
    {
        if (text is "Z") return TimeSpan.Zero;
        if (text.Length is not (5 or 6)) return null;
        if (!int.TryParse(text[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || !int.TryParse(text[^2..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)) return null;
        var offset = new TimeSpan(hours, minutes, 0);
        if (offset > TimeSpan.FromHours(14)) return null;
        return text[0] == '-' ? -offset : offset;
    }
}
