using System.Globalization;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>dmesg</c>, with seconds, with dates (<c>-T</c>, <c>--time-format iso</c>), raw (<c>-r</c>) and decoded (<c>-x</c>), and the kernel's lines in a journal. Every line is kept;
/// those that tell of the network are told apart by the words that the kernel has for them.
/// </summary>
public static class Dmesg
{
    private const string Dates = "ddd MMM d HH:mm:ss yyyy";

    /// <summary>Reads the text of a fact.</summary>
    /// <param name="node">The node.</param>
    /// <param name="fact">The fact's name.</param>
    /// <param name="text">The text.</param>
    /// <param name="taken">When it was taken, for times without a year.</param>
    public static Parsed<KernelMessage> Parse(string node, string fact, string text, DateTimeOffset taken) =>
        FactParser.EachLine(node, fact, text, (string name, ref FactLines lines) => Line(name, ref lines, taken));

    private static KernelMessage Line(string node, ref FactLines lines, DateTimeOffset taken)
    {
        var line = lines.Current;
        var message = line;
        DateTimeOffset? time = null;
        decimal? seconds = null;
        if (LogPrefix.Read(message) is { } prefix)
        {
            time = LogPrefix.TimeOf(prefix.Stamp, taken);
            message = message[prefix.Print().Length..];
        }
        else if (LogPrefix.StampLength(message) is > 0 and var stamp && stamp < message.Length && message[stamp] == ' ')
        {
            time = LogPrefix.TimeOf(message[..stamp], taken);
            message = message[(stamp + 1)..];
        }

        message = SkipLevel(message);
        if (message is ['[', ..] && message.IndexOf(']') is > 1 and var end)
        {
            var inside = message[1..end].Trim(' ');
            if (decimal.TryParse(inside, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) seconds = value;
            else if (Date(inside) is { } date) time = date;
            if (seconds is not null || time is not null) message = message[(end + 1)..].TrimStart(' ');
        }

        var said = new KernelMessage { Node = node, Time = time, Seconds = seconds, Message = message.ToString(), Prefix = line[..(line.Length - message.Length)].ToString(), Source = lines.Source() };
        return Classify(said);
    }

    // <6>, or facility and level of -x: "kern  :info  : "
    private static ReadOnlySpan<char> SkipLevel(ReadOnlySpan<char> message)
    {
        if (message is ['<', ..] && message.IndexOf('>') is > 1 and < 5 and var end) return message[(end + 1)..];
        var colon = message.IndexOf(':');
        if (colon is < 3 or > 9 || message.Length < colon + 9 || message[colon + 7] != ':' || message[colon + 8] != ' ') return message;
        return message[..colon].TrimEnd(' ').ContainsAnyExceptInRange('a', 'z') ? message : message[(colon + 9)..];
    }

    private static DateTimeOffset? Date(ReadOnlySpan<char> text) =>
        DateTime.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out var date) && date.Year is > 1 and < 9999 ? new DateTimeOffset(date, TimeSpan.Zero) : null;

    private static KernelMessage Classify(KernelMessage said)
    {
        var text = said.Message.AsSpan();
        if (Has(text, "table full, dropping packet") || Has(text, "expectation table full")) return said with { Kind = KernelMessageKind.ConntrackTableFull };
        if (Has(text, "table overflow") && (Has(text, "eighbor") || Has(text, "eighbour"))) return said with { Kind = KernelMessageKind.NeighborTableOverflow };
        if (Has(text, "martian source ")) return said with { Kind = KernelMessageKind.Martian, Address = After(text, "from "), Interface = After(text, "on dev ") };
        if (Has(text, "martian destination ")) return said with { Kind = KernelMessageKind.Martian, Address = After(text, "martian destination "), Interface = After(text, ", dev ") };
        if (Has(text, "with own address as source address")) return said with { Kind = KernelMessageKind.OwnAddress, Bridge = Before(text, ": received packet on "), Interface = After(text, "received packet on "), Address = After(text, "(addr:") };
        if (text.IndexOf(": port ", StringComparison.Ordinal) is > 0 and var port && text.IndexOf(") entered ", StringComparison.Ordinal) is var entered && entered > port)
            return said with { Kind = KernelMessageKind.PortState, Bridge = text[..port].ToString(), Interface = text[..entered][(text[..entered].LastIndexOf('(') + 1)..].ToString() };
        if (Has(text, "ossible SYN flooding on port ")) return said with { Kind = KernelMessageKind.SynFlood, Address = After(text, "flooding on port ").TrimEnd('.') };
        if (Has(text, "automatic helper assignment") || (Has(text, "nf_conntrack") && Has(text, "helper"))) return said with { Kind = KernelMessageKind.ConntrackHelper };
        if (text.StartsWith("NETDEV WATCHDOG: ", StringComparison.Ordinal)) return said with { Kind = KernelMessageKind.TransmitTimeout, Interface = After(text, "NETDEV WATCHDOG: ") };
        if (Has(text, "unregister_netdevice: waiting for ")) return said with { Kind = KernelMessageKind.DeviceHeld, Interface = After(text, "waiting for ") };
        if (Has(text, "filtering via arp/ip/ip6tables is no longer available")) return said with { Kind = KernelMessageKind.BridgeFilterMissing };
        if (Has(text, "net_ratelimit: ")) return said with { Kind = KernelMessageKind.Suppressed };
        if (text.StartsWith("TCP: ", StringComparison.Ordinal) && (Has(text, "out of memory") || Has(text, "too many orphaned sockets"))) return said with { Kind = KernelMessageKind.TcpMemory };
        if (Has(text, "rp_filter")) return said with { Kind = KernelMessageKind.ReversePathFilter };
        if (text.StartsWith("vxlan", StringComparison.Ordinal) || Has(text, " migrated from ")) return said with { Kind = KernelMessageKind.Vxlan, Interface = Before(text, ": "), Address = Word(Before(text, " migrated from ")) };
        return Link(said, text);
    }

    // each driver has words of its own: e1000e ... eth0: NIC Link is Up, r8169 ... eth0: Link is Down, eth0: link becomes ready, bond0: link status definitely down for interface eth0
    private static KernelMessage Link(KernelMessage said, ReadOnlySpan<char> text)
    {
        if (Has(text, "link status definitely ")) return said with { Kind = Has(text, "definitely down") ? KernelMessageKind.LinkDown : KernelMessageKind.LinkUp, Interface = After(text, "for interface ") };
        foreach (var (words, kind) in LinkWords)
        {
            if (text.IndexOf(words, StringComparison.OrdinalIgnoreCase) is not (> 0 and var at)) continue;
            // the name stands right before it: "eth0: NIC Link is Up", "ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready"
            var before = text[..at].TrimEnd(' ');
            if (before.EndsWith(" NIC", StringComparison.Ordinal)) before = before[..^4];
            return before.EndsWith(":", StringComparison.Ordinal) ? said with { Kind = kind, Interface = before[(before.LastIndexOf(' ') + 1)..^1].ToString() } : said with { Kind = kind };
        }

        return said;
    }

    private static readonly (string Words, string Kind)[] LinkWords =
    [
        ("link is up", KernelMessageKind.LinkUp),
        ("link is down", KernelMessageKind.LinkDown),
        ("link becomes ready", KernelMessageKind.LinkUp),
        ("link is not ready", KernelMessageKind.LinkDown),
        ("link up", KernelMessageKind.LinkUp),
        ("link down", KernelMessageKind.LinkDown),
        ("lost carrier", KernelMessageKind.LinkDown),
        ("gained carrier", KernelMessageKind.LinkUp),
    ];

    private static bool Has(ReadOnlySpan<char> text, string words) => text.Contains(words, StringComparison.Ordinal);

    private static string Before(ReadOnlySpan<char> text, string words) => text.IndexOf(words, StringComparison.Ordinal) is > 0 and var at ? text[..at].ToString() : "";

    private static string Word(string text) => text[(text.LastIndexOf(' ') + 1)..];

    // the word that follows, without the mark behind it
    private static string After(ReadOnlySpan<char> text, string words)
    {
        var at = text.IndexOf(words, StringComparison.Ordinal);
        if (at < 0) return "";
        var rest = text[(at + words.Length)..];
        var end = rest.IndexOfAny(" ,()");
        return (end < 0 ? rest : rest[..end]).TrimEnd(':').ToString();
    }
}
