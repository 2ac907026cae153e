using System.Globalization;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads flanneld's log: <c>journalctl -u flanneld</c> (short and short-iso), a pod's log of containerd and CRI-O (<c>TIME stderr F LINE</c>) or docker (JSON),
/// k3s' own lines, and what flanneld prints itself (the header of Go's glog and klog: <c>I0123 16:55:10.487907     692 main.go:439] </c>).
/// </summary>
public static class FlannelLog
{
    /// <summary>Reads the text of a fact.</summary>
    /// <param name="node">The node.</param>
    /// <param name="fact">The fact's name.</param>
    /// <param name="text">The text.</param>
    /// <param name="taken">When it was taken, for times without a year.</param>
    public static Parsed<FlannelEvent> Parse(string node, string fact, string text, DateTimeOffset taken)
    {
        var events = new List<FlannelEvent>();
        var headings = new List<Heading>();
        var indents = new List<string>();
        var more = new List<string>();
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            var isHeading = lines.Current.StartsWith("-- ", StringComparison.Ordinal);
            // a journal sets further lines of a message under its first one; a blank line among them shows only by those that follow
            if (events.Count > 0 && events[^1] is { Stamp.Length: > 0 } last && lines.IsIndented && !lines.IsBlank && last.Source.Line + more.Count + 1 == lines.Number)
            {
                var line = lines.Current.TrimStart(" \t");
                indents.Add(lines.Current[..^line.Length].ToString());
                more.Add(line.ToString());
                continue;
            }

            Flush();
            if (lines.IsBlank) continue;
            if (isHeading)
            {
                headings.Add(new(lines.Current.ToString(), lines.Source()));
                taken = EndOf(lines.Current) ?? taken;
                continue;
            }

            events.Add(Line(node, lines.Source(), taken));
        }

        Flush();
        return new(events, []) { Headings = headings };

        void Flush()
        {
            if (more.Count == 0) return;
            var last = events[^1];
            events[^1] = last with { Message = string.Join('\n', more.Prepend(last.Message)), Indents = [.. indents] };
            more.Clear();
            indents.Clear();
        }
    }

    /// <summary>Reads one line.</summary>
    /// <param name="node">The node.</param>
    /// <param name="source">The line.</param>
    /// <param name="taken">When it was taken, for times without a year.</param>
    internal static FlannelEvent Line(string node, SourceLine source, DateTimeOffset taken)
    {
        var line = source.Text.AsSpan();
        var said = new FlannelEvent { Node = node, Message = "", Source = source };
        var message = line;
        if (LogPrefix.Read(line) is { } prefix)
        {
            said = said with { Stamp = prefix.Stamp, Host = prefix.Host, Identifier = prefix.Identifier, ProcessId = prefix.ProcessId, Time = LogPrefix.TimeOf(prefix.Stamp, taken) };
            message = line[prefix.Print().Length..];
        }
        else if (ContainerPrefix(line) is > 0 and var length)
        {
            said = said with { Before = line[..length].ToString(), Time = LogPrefix.TimeOf(line[..LogPrefix.StampLength(line)], taken) };
            message = line[length..];
        }
        else if (line.StartsWith("{\"log\":\"", StringComparison.Ordinal) && OfDocker(said, line, taken) is { } docker)
        {
            said = docker;
            message = docker.Message;
        }

        if (Header(message) is > 0 and var end)
        {
            var level = message[0] switch { 'I' => "info", 'W' => "warning", 'E' => "error", _ => "fatal" };
            var blank = message[..(end - 2)].LastIndexOf(' ');
            LineReader.IsNumber(message[21..blank].Trim(' '), out long thread);
            var candidate = said with { Level = level, LogStamp = message[1..21].ToString(), Thread = (int)thread, Location = message[(blank + 1)..(end - 2)].ToString() };
            if (message.StartsWith(FlannelEvent.Header(level, candidate.LogStamp, candidate.Thread, candidate.Location), StringComparison.Ordinal))
            {
                said = candidate with { Time = TimeOf(candidate, taken) };
                message = message[end..];
            }
        }
        else if (message.StartsWith("time=\"", StringComparison.Ordinal) && message.IndexOf(" msg=\"", StringComparison.Ordinal) is > 0 and var msg && message[^1] == '"' && !said.IsEscaped)
        {
            // k3s: time="2026-11-23T17:00:00Z" level=info msg="..."
            var start = msg + " msg=\"".Length;
            if (start < message.Length - 1 && !message[start..^1].ContainsAny('"', '\\'))
            {
                var time = message["time=\"".Length..];
                said = said with { Before = said.Before + message[..start].ToString(), After = "\"", Level = LevelOf(message[..msg]), Time = said.Time ?? LogPrefix.TimeOf(time[..Math.Max(0, time.IndexOf('"'))], taken) };
                message = message[start..^1];
            }
        }
        else if (message.StartsWith("warning:", StringComparison.OrdinalIgnoreCase))
        {
            said = said with { Level = "warning" };
        }

        return FlannelMessages.Classify(said with { Message = message.ToString() });
    }

    // "2026-11-23T17:00:00.123456789Z stderr F ": the log format of the CRI, F for a whole line and P for a part
    private static int ContainerPrefix(ReadOnlySpan<char> line)
    {
        var stamp = LogPrefix.StampLength(line);
        if (stamp == 0) return 0;
        foreach (var stream in (ReadOnlySpan<string>)[" stderr F ", " stdout F ", " stderr P ", " stdout P "])
        {
            if (line[stamp..].StartsWith(stream, StringComparison.Ordinal)) return stamp + stream.Length;
        }

        return 0;
    }

    // {"log":"I0123 ...\n","stream":"stderr","time":"2020-01-23T16:55:10.487907Z"}
    private static FlannelEvent? OfDocker(FlannelEvent said, ReadOnlySpan<char> line, DateTimeOffset taken)
    {
        const string Begin = "{\"log\":\"";
        var end = line.LastIndexOf("\",\"stream\":\"", StringComparison.Ordinal);
        if (end < Begin.Length) return null;
        if (line[Begin.Length..end].EndsWith("\\n", StringComparison.Ordinal)) end -= 2;
        if (DockerJson.Unescape(line[Begin.Length..end]) is not { } text || text.Contains('\n', StringComparison.Ordinal)) return null;
        var after = line[end..];
        var time = after.LastIndexOf("\"time\":\"", StringComparison.Ordinal) is > 0 and var at ? LogPrefix.TimeOf(after[(at + 8)..].TrimEnd("\"}"), taken) : null;
        return said with { Before = Begin, Message = text, After = after.ToString(), IsEscaped = true, Time = time };
    }

    // how much of a message is the header, with the blank behind it; 0 for none
    private static int Header(ReadOnlySpan<char> message)
    {
        if (message.Length < 30 || message[0] is not ('I' or 'W' or 'E' or 'F') || message[5] != ' ' || message[8] != ':' || message[11] != ':' || message[14] != '.') return 0;
        if (message[1..5].IndexOfAnyExceptInRange('0', '9') >= 0) return 0;
        var end = message.IndexOf("] ", StringComparison.Ordinal);
        return end > 22 && message[21..end].TrimStart(' ').IndexOf(' ') > 0 && message[21..end].LastIndexOf(':') > 0 ? end + 2 : 0;
    }

    // the program's own time has fractions of seconds; the journal's has the day
    private static DateTimeOffset? TimeOf(FlannelEvent said, DateTimeOffset taken)
    {
        var stamp = said.LogStamp.AsSpan();
        var fraction = stamp.Length > 13 ? stamp[13..] : default;
        if (said.Time is not { } time)
        {
            return int.TryParse(stamp[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var month) && int.TryParse(stamp[2..4], NumberStyles.None, CultureInfo.InvariantCulture, out var day)
                ? LogPrefix.Of(month, day, stamp[5..13], fraction, taken)
                : null;
        }

        var isSame = time.Millisecond == 0 && stamp[8..13].SequenceEqual(time.ToString("mm:ss", CultureInfo.InvariantCulture));
        return isSame ? time + LogPrefix.FractionOf(fraction) : time;
    }

    private static string LevelOf(ReadOnlySpan<char> fields)
    {
        var at = fields.IndexOf(" level=", StringComparison.Ordinal);
        if (at < 0) return "";
        var word = fields[(at + 7)..];
        var end = word.IndexOf(' ');
        if (end >= 0) word = word[..end];
        return word is "warn" ? "warning" : word.ToString();
    }

    // -- Logs begin at Thu 2020-01-23 16:55:06 UTC, end at Thu 2020-01-23 17:26:05 UTC. --
    private static DateTimeOffset? EndOf(ReadOnlySpan<char> heading)
    {
        var at = heading.LastIndexOf(" at ", StringComparison.Ordinal);
        if (at < 0 || heading.Length < at + 8 + 19) return null;
        return DateTime.TryParseExact(heading.Slice(at + 8, 19), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end) && end.Year is > 8 and < 9999
            ? new DateTimeOffset(end, TimeSpan.Zero)
            : null;
    }
}
