using System.Globalization;
using GravityNet.Text;

namespace GravityNet.Netfilter;

/// <summary>
/// What a condition of nf_tables (nft(8), "expressions") answers for a packet of which not everything is known.
/// </summary>
/// <param name="index">The table, for its sets.</param>
/// <param name="context">What is known of the node.</param>
internal sealed class NftMatch(NftIndex index, NftContext context)
{
    /// <summary>The answer of a <c>match</c>.</summary>
    public Ternary Of(JsonItem match, NetfilterPacket packet)
    {
        if (match["left"] is not { } left || match["right"] is not { } right) return Ternary.Unknown;
        return match.TextOf("op") switch
        {
            "==" or "in" => Is(left, right, packet),
            "!=" => Applies(left, packet).And(Is(left, right, packet).Not()),
            _ => Ternary.Unknown,
        };
    }

    /// <summary>The elements of a map that a packet may find, each with how sure that is; where none is sure, it may find none.</summary>
    public IReadOnlyList<(NftIndex.Element Element, Ternary Answer)> Find(JsonItem key, JsonItem data, NetfilterPacket packet)
    {
        if (Applies(key, packet) == Ternary.No) return [];
        var elements = data["set"] is { } own ? new(own) : data.Raw is ['"', '@', ..] && index.ElementsOf(data.Text[1..]) is { } named ? named : null;
        if (elements is null) return [];
        if (Word(key, packet) is { } word)
        {
            // keys do not overlap: what is found is all
            if (elements.Exact(word) is { } exact) return [(exact, Applies(key, packet))];
            return [.. elements.Wide.Select(e => (e, Is(key, e.Key, packet))).Where(e => e.Item2 == Ternary.Yes).Take(1)];
        }

        return [.. elements.All.Select(e => (e, Is(key, e.Key, packet))).Where(e => e.Item2 != Ternary.No)];
    }

    // A key of another protocol is none of the packet's: the rule ends there, whatever it asks.
    private static Ternary Applies(JsonItem left, NetfilterPacket packet)
    {
        if (left["concat"]?.Items is { } parts) return parts.Aggregate(Ternary.Yes, (all, p) => all.And(Applies(p, packet)));
        if (left["payload"] is not { } payload) return Ternary.Yes;
        return payload.TextOf("protocol") switch
        {
            "ip" => TernaryLogic.Of(!packet.IsIPv6),
            "ip6" => TernaryLogic.Of(packet.IsIPv6),
            "tcp" or "udp" or "sctp" or "dccp" or "udplite" or "icmp" or "icmpv6" when IpProtocol.Number(payload.TextOf("protocol")) is { } number =>
                packet.Protocol is { } own ? TernaryLogic.Of(own == number) : Ternary.Unknown,
            "th" => packet.Protocol is { } own ? TernaryLogic.Of(own is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp) : Ternary.Unknown,
            _ => Ternary.Unknown,
        };
    }

    private Ternary Is(JsonItem left, JsonItem right, NetfilterPacket packet)
    {
        if (right.Raw is ['"', '@', ..]) return IsInSet(left, right.Text[1..], packet);
        if (right["set"] is { } own) return (own.Items ?? [own]).Aggregate(Ternary.No, (any, e) => any.Or(Is(left, e["elem"]?["val"] ?? e, packet)));
        // a list without braces is of flags: one of them is enough
        if (right.Items is { } flags) return flags.Aggregate(Ternary.No, (any, f) => any.Or(Is(left, f, packet)));
        if (left["concat"]?.Items is { } keys)
        {
            if (right["concat"]?.Items is not { } parts || parts.Count != keys.Count) return Ternary.Unknown;
            return keys.Zip(parts).Aggregate(Ternary.Yes, (all, p) => all.And(Is(p.First, p.Second, packet)));
        }

        var (name, value) = NftExpression.Of(left);
        return Applies(left, packet).And(name switch
        {
            "payload" => Payload(value.TextOf("field"), right, packet),
            "meta" => Meta(value.TextOf("key"), right, packet),
            "ct" when value["dir"] is null => Tracking(value.TextOf("key"), right, packet),
            "fib" when value.TextOf("result") == "type" && value["flags"]?.Items is [var address] => AddressType(address.Text, right, packet),
            "&" when value.Items is [var bits, { Raw: var mask }] && uint.TryParse(mask, out var under) && uint.TryParse(right.Raw, out var wanted) => Bits(bits, packet) is { } known ? known.Is(wanted, under) : Ternary.Unknown,
            _ => Ternary.Unknown,
        });
    }

    private Ternary IsInSet(JsonItem left, string set, NetfilterPacket packet)
    {
        if (context.IsNewClient && index.IsLearning(set)) return Ternary.No;
        if (index.ElementsOf(set) is not { } elements) return Ternary.Unknown;
        if (Word(left, packet) is { } word)
            return elements.Exact(word) is not null ? Ternary.Yes : elements.Wide.Aggregate(Ternary.No, (any, e) => any.Or(Is(left, e.Key, packet)));
        return elements.All.Aggregate(Ternary.No, (any, e) => any.Or(Is(left, e.Key, packet)));
    }

    private Ternary Payload(string field, JsonItem right, NetfilterPacket packet) => field switch
    {
        "saddr" => packet.Source is { } source ? Address(source, right) : Pattern(right) is { } pattern ? context.IsSourceIn(pattern) : Ternary.Unknown,
        "daddr" => packet.Destination is { } destination ? Address(destination, right) : Ternary.Unknown,
        "sport" => Number(packet.SourcePort, right),
        "dport" => Number(packet.DestinationPort, right),
        "protocol" or "nexthdr" => Protocol(packet.Protocol, right),
        _ => Ternary.Unknown,
    };

    private static Ternary Meta(string key, JsonItem right, NetfilterPacket packet) => key switch
    {
        "l4proto" => Protocol(packet.Protocol, right),
        "nfproto" => TernaryLogic.Of(right.Text == (packet.IsIPv6 ? "ipv6" : "ipv4")),
        "mark" => uint.TryParse(right.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var mark) ? packet.Mark.Is(mark, uint.MaxValue) : Ternary.Unknown,
        "iifname" or "iif" => Name(packet.InInterface, right.Text),
        "oifname" or "oif" => Name(packet.OutInterface, right.Text),
        _ => Ternary.Unknown,
    };

    private static Ternary Tracking(string key, JsonItem right, NetfilterPacket packet) => (key, right.Text) switch
    {
        ("state", var state) => packet.State is { } own ? TernaryLogic.Of(string.Equals(state, own.ToString(), StringComparison.OrdinalIgnoreCase)) : Ternary.Unknown,
        ("status", "dnat") => TernaryLogic.Of(packet.IsDestinationTranslated),
        ("status", "snat") => TernaryLogic.Of(packet.IsSourceTranslated),
        ("mark", _) when uint.TryParse(right.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var mark) => packet.ConnectionMark.Is(mark, uint.MaxValue),
        _ => Ternary.Unknown,
    };

    private Ternary AddressType(string of, JsonItem right, NetfilterPacket packet)
    {
        if (of is not ("saddr" or "daddr")) return Ternary.Unknown;
        var type = of == "saddr" ? context.SourceType(packet.Source) : packet.Destination is { } address ? context.Node.AddressType?.Invoke(address, null) : null;
        return type is null ? Ternary.Unknown : TernaryLogic.Of(string.Equals(type, right.Text, StringComparison.OrdinalIgnoreCase));
    }

    private static Ternary Address(MaskedAddress address, JsonItem right)
    {
        if (right["range"]?.Items is [var first, var last])
            return MaskedAddress.Parse(first.Text) is { } from && MaskedAddress.Parse(last.Text) is { } to ? address.IsBetween(from.Bits, to.Bits) : Ternary.Unknown;
        return Pattern(right) is { } pattern ? address.IsIn(pattern) : Ternary.Unknown;
    }

    private static MaskedAddress? Pattern(JsonItem right) =>
        MaskedAddress.Parse(right["prefix"] is { } prefix ? $"{prefix.TextOf("addr")}/{prefix.TextOf("len")}" : right.Text);

    private static Ternary Number(int? number, JsonItem right)
    {
        if (number is not { } own) return Ternary.Unknown;
        if (right["range"]?.Items is [var first, var last])
            return long.TryParse(first.Raw, out var from) && long.TryParse(last.Raw, out var to) ? TernaryLogic.Of(own >= from && own <= to) : Ternary.Unknown;
        return long.TryParse(right.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? TernaryLogic.Of(own == wanted) : Ternary.Unknown;
    }

    private static Ternary Protocol(int? protocol, JsonItem right) =>
        protocol is { } own && IpProtocol.Number(right.Text) is { } wanted ? TernaryLogic.Of(own == wanted) : Ternary.Unknown;

    // a star at the end stands for any more letters
    private static Ternary Name(string? name, string wanted) => name is null ? Ternary.Unknown
        : TernaryLogic.Of(wanted.EndsWith('*') ? name.StartsWith(wanted[..^1], StringComparison.Ordinal) && name.Length > 0 : name == wanted);

    private static KnownBits? Bits(JsonItem left, NetfilterPacket packet) => NftExpression.Of(left) switch
    {
        ("meta", var value) when value.TextOf("key") == "mark" => packet.Mark,
        ("ct", var value) when value.TextOf("key") == "mark" => packet.ConnectionMark,
        _ => null,
    };

    // the packet's value of a key in the words of an element; null where it is not all known
    private static string? Word(JsonItem key, NetfilterPacket packet)
    {
        if (key["concat"]?.Items is { } parts)
        {
            var words = parts.Select(p => Word(p, packet)).ToList();
            return words.Contains(null) ? null : string.Join(" . ", words);
        }

        var (name, value) = NftExpression.Of(key);
        return (name, value.TextOf(name == "payload" ? "field" : "key")) switch
        {
            ("payload", "saddr") => packet.Source is { IsWhole: true } source ? source.ToString() : null,
            ("payload", "daddr") => packet.Destination is { IsWhole: true } destination ? destination.ToString() : null,
            ("payload", "sport") => packet.SourcePort is { } port ? NftIndex.Word(port) : null,
            ("payload", "dport") => packet.DestinationPort is { } port ? NftIndex.Word(port) : null,
            ("meta", "l4proto") => packet.Protocol is { } protocol ? Protocol(protocol) : null,
            _ => null,
        };
    }

    private static string Protocol(int number) => number switch
    {
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        IpProtocol.Sctp => "sctp",
        _ => NftIndex.Word(number),
    };
}
