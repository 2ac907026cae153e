using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>
/// The conditions of a rule's own options and of its matches (iptables(8), iptables-extensions(8); each match's kernel file is named where it decides). A match that is
/// not here is unknown.
/// </summary>
internal static class Conditions
{
    /// <summary>All conditions of a rule in the kernel's order.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="rulesLeft">How many rules the chain has from this one on.</param>
    public static Condition[] Of(IptablesRule rule, int rulesLeft)
    {
        var conditions = new List<Condition>();
        Header(conditions, "-s", rule.SourceAddress);
        Header(conditions, "-d", rule.DestinationAddress);
        Header(conditions, "-i", rule.InInterface);
        Header(conditions, "-o", rule.OutInterface);
        Header(conditions, "-p", rule.Protocol);
        if (rule.IsFragment is { } later) conditions.Add(Fragment(later ? "-f" : "! -f", !later));
        foreach (var match in rule.Matches) conditions.AddRange(Match(match, rulesLeft));
        return [.. conditions];
    }

    private static void Header(List<Condition> conditions, string option, string value)
    {
        if (value.Length == 0) return;
        var negated = value.StartsWith("! ", StringComparison.Ordinal);
        conditions.Add(Own(new(option, negated, [negated ? value[2..] : value])) ?? Condition.Unknown($"{option} {value}"));
    }

    // a rule's own options (ip_tables.c, ip_packet_match)
    private static Condition? Own(RuleOption option)
    {
        var (words, negated) = (option.ToString(), option.IsNegated);
        switch (option.Name)
        {
            case "-s" or "-d" or "--source" or "--destination" or "--src" or "--dst":
                if (MaskedAddress.Parse(option.Value) is not { } pattern) return null;
                return option.Name is "-s" or "--source" or "--src"
                    ? new(words, (p, _) => In(p.Source, pattern).NotIf(negated))
                    : new(words, (p, _) => In(p.Destination, pattern).NotIf(negated));
            case "-i" or "--in-interface":
                return new(words, (p, _) => IsInterface(p.InInterface, option.Value).NotIf(negated));
            case "-o" or "--out-interface":
                return new(words, (p, _) => IsInterface(p.OutInterface, option.Value).NotIf(negated));
            case "-p" or "--protocol":
                if (IpProtocol.Number(option.Value) is not { } protocol) return null;
                return new(words, (p, _) => (protocol == 0 ? Ternary.Yes : Is(p.Protocol, protocol)).NotIf(negated));
            case "-f" or "--fragment":
                return Fragment(words, negated);
            default:
                return null;
        }
    }

    private static Condition Fragment(string words, bool negated) => new(words, (p, _) => TernaryLogic.Of(p.IsLaterFragment).NotIf(negated));

    private static IEnumerable<Condition> Match(IptablesMatch match, int rulesLeft)
    {
        // in a line that somebody wrote, the rule's own options may stand behind a match
        var all = RuleOption.Read(match.Options);
        var own = all.Where(o => match.Module.Length == 0 || !o.Name.StartsWith("--", StringComparison.Ordinal)).ToList();
        var options = own.Count == 0 ? all : [.. all.Except(own)];
        return own.Select(o => Own(o) ?? Condition.Unknown(o.ToString())).Concat(Match(match, options, rulesLeft));
    }

    private static IEnumerable<Condition> Match(IptablesMatch match, IReadOnlyList<RuleOption> options, int rulesLeft)
    {
        return match.Module switch
        {
            "" => [],
            "comment" => options.Where(o => o.Name != "--comment").Select(Unknown),
            "tcp" or "udp" or "udplite" or "sctp" or "dccp" => options.Select(o => Transport(o) ?? Unknown(o)).DefaultIfEmpty(HasTransportHeader(match)),
            "icmp" or "icmp6" => options.Select(o => Icmp(o) ?? Unknown(o)),
            "multiport" => options.Select(o => Multiport(o) ?? Unknown(o)),
            "mark" or "connmark" => options.Select(o => Mark(o, match.Module == "mark") ?? Unknown(o)),
            "conntrack" or "state" => options.Select(o => Tracking(o) ?? Unknown(o)),
            "addrtype" => AddressTypes(match, options),
            "physdev" => options.Select(o => Physical(o) ?? Unknown(o)),
            "set" => [SetMembership.Condition(match, options)],
            "statistic" => [Statistic(match, options, rulesLeft)],
            "recent" => [Recent(match, options)],
            "iprange" => options.Select(o => Range(o) ?? Unknown(o)),
            "length" => options.Select(o => Number(o, "--length", p => p.Length) ?? Unknown(o)),
            "ttl" or "hl" => options.Select(o => Ttl(o) ?? Unknown(o)),
            _ => [Condition.Unknown(match.ToString())],
        };

        Condition Unknown(RuleOption option) => Condition.Unknown($"-m {match.Module} {option}");
    }

    // a later fragment has no ports to compare (xt_tcpudp.c)
    private static Condition HasTransportHeader(IptablesMatch match) => new(match.ToString(), (p, _) => TernaryLogic.Of(p.IsLaterFragment).Not());

    private static Condition? Transport(RuleOption option)
    {
        var negated = option.IsNegated;
        switch (option.Name)
        {
            case "--sport" or "--source-port":
                return PortRange.Parse(option.Value) is { } source ? new(option.ToString(), (p, _) => Port(p, p.SourcePort, source, negated)) : null;
            case "--dport" or "--destination-port":
                return PortRange.Parse(option.Value) is { } destination ? new(option.ToString(), (p, _) => Port(p, p.DestinationPort, destination, negated)) : null;
            case "--tcp-flags" when option.Values.Count == 2:
                return Flags(option.Values[0]) is { } mask && Flags(option.Values[1]) is { } set ? TcpFlags(option, set, mask) : null;
            case "--syn":
                return TcpFlags(option, 0x02, 0x17);
            default:
                return null;
        }
    }

    private static Ternary Port(NetfilterPacket packet, int? port, PortRange range, bool negated) =>
        packet.IsLaterFragment == true ? Ternary.No : range.Contains(port).NotIf(negated);

    private static Condition TcpFlags(RuleOption option, uint set, uint mask) =>
        new(option.ToString(), (p, _) => p.IsLaterFragment == true ? Ternary.No : p.TcpFlags.Is(set, mask).NotIf(option.IsNegated));

    private static uint? Flags(string words)
    {
        if (words == "NONE") return 0;
        var flags = 0U;
        foreach (var word in words.Split(','))
        {
            var flag = word switch { "FIN" => 1U, "SYN" => 2U, "RST" => 4U, "PSH" => 8U, "ACK" => 16U, "URG" => 32U, "ALL" => 63U, _ => 0U };
            if (flag == 0) return null;
            flags |= flag;
        }

        return flags;
    }

    // 8, 3/1, any: iptables-save prints numbers; the two names are those of ping (xt_tcpudp.c: icmp_match)
    private static Condition? Icmp(RuleOption option)
    {
        if (option.Name is not ("--icmp-type" or "--icmpv6-type")) return null;
        var is6 = option.Name == "--icmpv6-type";
        var parts = option.Value.Split('/');
        if (option.Value is "any" or "255") return new(option.ToString(), (p, _) => TernaryLogic.Of(p.IsLaterFragment).Not().NotIf(option.IsNegated));
        if (parts.Length > 2 || (Digits(parts[0]) ?? parts[0] switch { "echo-request" => is6 ? 128 : 8, "echo-reply" => is6 ? 129 : 0, _ => null }) is not { } type) return null;
        int? code = null;
        if (parts.Length == 2 && (code = Digits(parts[1])) is null) return null;
        return new(option.ToString(), (p, _) => p.IsLaterFragment == true ? Ternary.No
            : Is(p.IcmpType, type).And(code is { } wanted ? Is(p.IcmpCode, wanted) : Ternary.Yes).NotIf(option.IsNegated));
    }

    // xt_multiport.c
    private static Condition? Multiport(RuleOption option)
    {
        var ranges = option.Value.Split(',').Select(w => PortRange.Parse(w)).ToArray();
        if (option.Name is not ("--ports" or "--sports" or "--dports" or "--source-ports" or "--destination-ports") || ranges.Contains(null)) return null;
        var (source, destination) = (option.Name[2] is 's' or 'p', option.Name[2] is 'd' or 'p');
        return new(option.ToString(), (p, _) =>
        {
            if (p.IsLaterFragment == true) return Ternary.No;
            var any = Ternary.No;
            foreach (var range in ranges)
            {
                if (source) any = any.Or(range!.Value.Contains(p.SourcePort));
                if (destination) any = any.Or(range!.Value.Contains(p.DestinationPort));
            }

            return any.NotIf(option.IsNegated);
        });
    }

    // xt_mark.c, xt_connmark.c: no connection has no mark and does not match
    private static Condition? Mark(RuleOption option, bool ofPacket)
    {
        if (option.Name != "--mark" || MarkValue.Parse(option.Value) is not { } wanted) return null;
        var negated = option.IsNegated;
        return ofPacket
            ? new(option.ToString(), (p, _) => p.Mark.Is(wanted.Value, wanted.Mask).NotIf(negated))
            : new($"-m connmark {option}", (p, _) => p.State is PacketState.Invalid or PacketState.Untracked ? Ternary.No : p.ConnectionMark.Is(wanted.Value, wanted.Mask).NotIf(negated));
    }

    // xt_conntrack.c, xt_state.c
    private static Condition? Tracking(RuleOption option)
    {
        var negated = option.IsNegated;
        switch (option.Name)
        {
            case "--ctstate" or "--state":
                var states = option.Value.Split(',');
                if (!states.All(s => s is "NEW" or "ESTABLISHED" or "RELATED" or "INVALID" or "UNTRACKED" or "SNAT" or "DNAT")) return null;
                return new(option.ToString(), (p, _) => InState(p, states).NotIf(negated));
            case "--ctproto" when IpProtocol.Number(option.Value) is { } protocol:
                return new(option.ToString(), (p, _) => WithConnection(p, Is(p.Protocol, protocol), negated));
            case "--ctdir" when option.Value is "ORIGINAL" or "REPLY":
                var original = option.Value == "ORIGINAL";
                return new(option.ToString(), (p, _) => WithConnection(p, p.State == PacketState.New ? TernaryLogic.Of(original) : Ternary.Unknown, negated));
            default:
                return null;
        }
    }

    private static Ternary WithConnection(NetfilterPacket packet, Ternary answer, bool negated) => packet.State switch
    {
        PacketState.Invalid or PacketState.Untracked => Ternary.No,
        null => Ternary.Unknown,
        _ => answer.NotIf(negated),
    };

    private static Ternary InState(NetfilterPacket packet, string[] states)
    {
        var answer = packet.State is { } state ? TernaryLogic.Of(states.Contains(Name(state))) : Ternary.Unknown;
        // packets of no connection are not translated
        if (packet.State is PacketState.Invalid or PacketState.Untracked) return answer;
        if (states.Contains("DNAT")) answer = answer.Or(TernaryLogic.Of(packet.IsDestinationTranslated));
        if (states.Contains("SNAT")) answer = answer.Or(TernaryLogic.Of(packet.IsSourceTranslated));
        return answer;

        static string Name(PacketState state) => state switch
        {
            PacketState.New => "NEW",
            PacketState.Established => "ESTABLISHED",
            PacketState.Related => "RELATED",
            PacketState.Invalid => "INVALID",
            _ => "UNTRACKED",
        };
    }

    // xt_addrtype.c
    private static Condition[] AddressTypes(IptablesMatch match, IReadOnlyList<RuleOption> options)
    {
        var (isIn, isOut) = (options.Any(o => o.Name == "--limit-iface-in"), options.Any(o => o.Name == "--limit-iface-out"));
        return
        [
            .. options.Where(o => o.Name is not ("--limit-iface-in" or "--limit-iface-out")).Select(option =>
            {
                if (option.Name is not ("--src-type" or "--dst-type")) return Condition.Unknown(match.ToString());
                var types = option.Value.Split(',');
                var isSource = option.Name == "--src-type";
                return new Condition(options.Count > 1 ? match.ToString() : $"-m addrtype {option}", (p, context) =>
                {
                    if ((isSource ? p.Source : p.Destination) is not { } address || context.AddressType is not { } typeOf) return Ternary.Unknown;
                    var device = isIn ? p.InInterface : isOut ? p.OutInterface : null;
                    if (device is null && (isIn || isOut)) return Ternary.Unknown;
                    if (typeOf(address, device) is not { } type) return Ternary.Unknown;
                    // of IPv6 an address of the node is unicast too
                    var isOne = types.Contains(type) || (p.IsIPv6 && type == "LOCAL" && types is ["UNICAST"]);
                    return TernaryLogic.Of(isOne).NotIf(option.IsNegated);
                });
            }),
        ];
    }

    // xt_physdev.c
    private static Condition? Physical(RuleOption option)
    {
        var negated = option.IsNegated;
        return option.Name switch
        {
            "--physdev-in" => new(option.ToString(), (p, _) => IsInterface(p.PhysicalIn, option.Value).NotIf(negated)),
            "--physdev-out" => new(option.ToString(), (p, _) => IsInterface(p.PhysicalOut, option.Value).NotIf(negated)),
            "--physdev-is-in" => new(option.ToString(), (p, _) => Any(p.PhysicalIn).NotIf(negated)),
            "--physdev-is-out" or "--physdev-is-bridged" => new(option.ToString(), (p, _) => Any(p.PhysicalOut).NotIf(negated)),
            _ => null,
        };

        static Ternary Any(string? device) => TernaryLogic.Of(device is null ? null : device.Length > 0);
    }

    // xt_statistic.c; the n-th packet of a rule's own count is one of n as far as a single packet can tell
    private static Condition Statistic(IptablesMatch match, IReadOnlyList<RuleOption> options, int rulesLeft)
    {
        var negated = options.Any(o => o.IsNegated);
        Fraction? chance = null;
        if (match.Value("--mode") == "random" && double.TryParse(match.Value("--probability"), NumberStyles.Float, CultureInfo.InvariantCulture, out var p))
            chance = Fraction.Recover(p, negated ? 0 : rulesLeft);
        else if (match.Value("--mode") == "nth" && Digits(match.Value("--every") ?? "") is > 0 and var every)
            chance = Fraction.Of(1, every);
        if (chance is not { } share) return Condition.Unknown(match.ToString());
        return Condition.Unknown(match.ToString()) with { Chance = negated ? share.Complement() : share };
    }

    // --set adds the address and says yes; the others ask who came before (xt_recent.c)
    private static Condition Recent(IptablesMatch match, IReadOnlyList<RuleOption> options) =>
        options.FirstOrDefault(o => o.Name is "--set") is { } set ? Condition.Always(match.ToString(), !set.IsNegated) : Condition.Unknown(match.ToString());

    // xt_iprange.c
    private static Condition? Range(RuleOption option)
    {
        var ends = option.Value.Split('-');
        if (option.Name is not ("--src-range" or "--dst-range") || MaskedAddress.Parse(ends[0]) is not { } first || MaskedAddress.Parse(ends[^1]) is not { } last) return null;
        var isSource = option.Name == "--src-range";
        return new(option.ToString(), (p, _) => (isSource ? p.Source : p.Destination) is { } address && address.IsIPv6 == first.IsIPv6
            ? address.IsBetween(first.Bits, last.Bits).NotIf(option.IsNegated) : Ternary.Unknown);
    }

    private static Condition? Number(RuleOption option, string name, Func<NetfilterPacket, int?> field) =>
        option.Name == name && PortRange.Parse(option.Value) is { } range ? new(option.ToString(), (p, _) => range.Contains(field(p)).NotIf(option.IsNegated)) : null;

    private static Condition? Ttl(RuleOption option) => Digits(option.Value) is not { } ttl ? null : option.Name switch
    {
        "--ttl-eq" or "--ttl" or "--hl-eq" => new(option.ToString(), (p, _) => Is(p.Ttl, ttl).NotIf(option.IsNegated)),
        "--ttl-lt" or "--hl-lt" => new(option.ToString(), (p, _) => TernaryLogic.Of(p.Ttl is { } own ? own < ttl : null)),
        "--ttl-gt" or "--hl-gt" => new(option.ToString(), (p, _) => TernaryLogic.Of(p.Ttl is { } own ? own > ttl : null)),
        _ => null,
    };

    private static Ternary In(MaskedAddress? own, MaskedAddress pattern) => own is { } address ? address.IsIn(pattern) : pattern.Mask == 0 ? Ternary.Yes : Ternary.Unknown;

    private static Ternary Is(int? own, int wanted) => TernaryLogic.Of(own is { } known ? known == wanted : null);

    // eth+ is every name that begins with eth
    private static Ternary IsInterface(string? own, string pattern)
    {
        if (pattern is "+") return Ternary.Yes;
        if (own is null) return Ternary.Unknown;
        return TernaryLogic.Of(pattern.EndsWith('+') ? own.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1)) : own == pattern);
    }

    private static int? Digits(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
