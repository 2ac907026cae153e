using GravityNet.Parsing;

namespace GravityNet.Netfilter;

/// <summary>
/// Whether a packet is in a set of the node (<c>-m set --match-set NAME src,dst</c>; xt_set.c and ip_set_*.c of the kernel, ipset(8)).
/// </summary>
internal static class SetMembership
{
    // sets of sets hold no further ones (ip_set_list_set.c)
    private const int MostNested = 2;

    /// <summary>The condition of the match.</summary>
    public static Condition Condition(IptablesMatch match, IReadOnlyList<RuleOption> options)
    {
        var wanted = options.FirstOrDefault(o => o.Name is "--match-set" or "--set" && o.Values.Count == 2);
        // counters of an entry and what becomes of them may decide too
        if (wanted is null || options.Any(o => o != wanted && o.Name is not ("--return-nomatch" or "--update-counters" or "--update-subcounters"))) return Netfilter.Condition.Unknown(match.ToString());
        var (name, ends, isNomatch) = (wanted.Value, wanted.Values[1].Split(','), options.Any(o => o.Name == "--return-nomatch" && !o.IsNegated));
        return new(match.ToString(), (p, context) =>
        {
            if (p.ChangedSets.Contains(name + " ", StringComparison.Ordinal) || context.Sets is not { } sets) return Ternary.Unknown;
            return (sets.GetValueOrDefault(name) is { } set ? Holds(p, set, sets, ends, isNomatch, 0) : Ternary.Unknown).NotIf(wanted.IsNegated);
        });
    }

    private static Ternary Holds(NetfilterPacket packet, Ipset set, IReadOnlyDictionary<string, Ipset> sets, string[] ends, bool isNomatch, int depth)
    {
        if (set.Type == "list:set")
        {
            if (depth >= MostNested) return Ternary.Unknown;
            var any = Ternary.No;
            foreach (var entry in set.Entries)
                any = any.Or(sets.GetValueOrDefault(entry.Element) is { } inner ? Holds(packet, inner, sets, ends, isNomatch, depth + 1) : Ternary.Unknown);
            return any;
        }

        var colon = set.Type.IndexOf(':', StringComparison.Ordinal);
        // some sets cut addresses before they look them up
        if (colon < 0 || OptionWords.Has(set.Options, "netmask") || OptionWords.Has(set.Options, "bitmask")) return Ternary.Unknown;
        // a set of addresses holds none of the other family
        if (set.Family.Length > 0 && set.Family == "inet6" != packet.IsIPv6) return Ternary.No;
        var kinds = set.Type[(colon + 1)..].Split(',');
        var (most, answer, isUnsure) = (-1, Ternary.No, false);
        foreach (var entry in set.Entries)
        {
            var parts = entry.Element.Split(',');
            if (parts.Length != kinds.Length || ends.Length < kinds.Length) return Ternary.Unknown;
            var (fits, bits) = (Ternary.Yes, 0);
            for (var i = 0; i < kinds.Length && fits != Ternary.No; i++)
                fits = fits.And(Fits(packet, kinds[i], parts[i], i < ends.Length && ends[i] == "src", ref bits));
            if (fits == Ternary.Unknown) isUnsure = true;
            if (fits != Ternary.Yes || bits < most) continue;
            // of nested networks the smallest decides (hash:net is searched from the longest prefix down); --return-nomatch turns the meaning of entries round
            answer = TernaryLogic.Of(entry.IsExcluded == isNomatch).Or(bits == most ? answer : Ternary.No);
            most = bits;
        }

        return isUnsure ? Ternary.Unknown : answer;
    }

    private static Ternary Fits(NetfilterPacket packet, string kind, string text, bool isSource, ref int bits)
    {
        var address = isSource ? packet.Source : packet.Destination;
        switch (kind)
        {
            case "ip" or "net":
                var dash = text.IndexOf('-', StringComparison.Ordinal);
                if (MaskedAddress.Parse(dash < 0 ? text : text.AsSpan(0, dash)) is not { } network) return Ternary.Unknown;
                bits += (int)UInt128.PopCount(network.Mask);
                if (address is not { } own) return Ternary.Unknown;
                if (dash < 0) return own.IsIn(network);
                return MaskedAddress.Parse(text.AsSpan(dash + 1)) is { } last ? own.IsBetween(network.Bits, last.Bits) : Ternary.Unknown;
            case "port":
                // 80, tcp:80, udp:1000-2000, icmp:8/0
                var colon = text.LastIndexOf(':');
                var protocol = colon < 0 ? (int?)null : IpProtocol.Number(text[..colon]);
                if (colon >= 0 && protocol is null) return Ternary.Unknown;
                var ofProtocol = protocol is null ? Ternary.Yes : TernaryLogic.Of(packet.Protocol is { } given ? given == protocol : null);
                if (ofProtocol == Ternary.No || PortRange.Parse(text.AsSpan(colon + 1)) is not { } range) return ofProtocol.And(Ternary.Unknown);
                return ofProtocol.And(packet.IsLaterFragment == true ? Ternary.No : range.Contains(isSource ? packet.SourcePort : packet.DestinationPort));
            case "mark":
                return MarkValue.Parse(text) is { } mark ? packet.Mark.Is(mark.Value, mark.Mask) : Ternary.Unknown;
            case "iface":
                // physdev:NAME asks for the bridge's port
                return text.StartsWith("physdev:", StringComparison.Ordinal) ? Ternary.Unknown
                    : TernaryLogic.Of((isSource ? packet.InInterface : packet.OutInterface) is { } device ? device == text : null);
            default:
                return Ternary.Unknown;
        }
    }
}
