using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>
/// What targets other than chains do (iptables(8), iptables-extensions(8); the kernel's xt_*.c and nf_nat_*.c).
/// </summary>
internal static class Targets
{
    /// <summary>Whether a target is a word of iptables that can be no chain's call here.</summary>
    public static bool IsKnown(string target) => target is "" or "ACCEPT" or "DROP" or "REJECT" or "RETURN" or "MARK" or "CONNMARK" or "DNAT" or "SNAT" or "MASQUERADE" or "REDIRECT"
        or "NETMAP" or "NOTRACK" or "CT" or "TTL" or "HL" or "SET" or "QUEUE" or "NFQUEUE" or "HMARK" || IsPassing(target);

    // after these the next rule is looked at, and nothing of the packet changes that a rule here asks for
    private static bool IsPassing(string target) => target is "LOG" or "NFLOG" or "ULOG" or "TRACE" or "AUDIT" or "TCPMSS" or "TOS" or "DSCP" or "ECN" or "CHECKSUM" or "CLASSIFY"
        or "RATEEST" or "SECMARK" or "CONNSECMARK" or "TEE" or "TCPOPTSTRIP" or "IDLETIMER" or "LED" or "ACCOUNT";

    /// <summary>What the target of a rule does with a packet.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="options">Its target's options.</param>
    /// <param name="packet">The packet that it matches.</param>
    /// <param name="context">What else is known.</param>
    /// <param name="hook">The built-in chain that the packet came through; null where the walk began elsewhere.</param>
    public static TargetAction Apply(IptablesRule rule, IReadOnlyList<RuleOption> options, NetfilterPacket packet, NetfilterContext context, NetfilterHook? hook)
    {
        switch (rule.Target)
        {
            case "ACCEPT": return new TargetAction.End(NetfilterVerdict.Accept, packet);
            case "DROP": return new TargetAction.End(NetfilterVerdict.Drop, packet);
            case "REJECT": return new TargetAction.End(NetfilterVerdict.Reject, packet);
            case "RETURN": return new TargetAction.Return();
            case "QUEUE" or "NFQUEUE":
                return new TargetAction.End(NetfilterVerdict.Unknown, packet) { Reason = "a program that reads the queue decides" };
            case "MARK": return GoOn(packet with { Mark = Marked(packet, packet.Mark, options) });
            case "CONNMARK": return GoOn(ConnectionMarked(packet, options));
            case "HMARK": return GoOn(packet with { Mark = KnownBits.Unknown });
            case "NOTRACK": return GoOn(packet with { State = PacketState.Untracked });
            case "CT": return GoOn(options.Any(o => o.Name == "--notrack") ? packet with { State = PacketState.Untracked } : packet);
            case "TTL" or "HL": return GoOn(packet with { Ttl = Ttl(packet.Ttl, options) });
            case "SET": return GoOn(packet with { ChangedSets = Changed(packet.ChangedSets, options) });
            case "DNAT": return Translated(WithDestination(packet, options.FirstOrDefault(o => o.Name == "--to-destination"), options));
            case "SNAT": return Translated(WithSource(packet, options.FirstOrDefault(o => o.Name == "--to-source"), options));
            case "MASQUERADE":
                return Translated(Source(packet, packet.OutInterface is { Length: > 0 } device ? context.InterfaceAddress?.Invoke(device, packet.IsIPv6) : null, Ports(options, packet.SourcePort)));
            case "REDIRECT": return Translated(Redirected(packet, options, context, hook));
            case "NETMAP": return Mapped(packet, options, hook);
            default:
                return IsPassing(rule.Target) || rule.Target.Length == 0 ? GoOn(packet) : new TargetAction.Unknown($"what target {rule.Target} does is not known");
        }

        static TargetAction GoOn(NetfilterPacket after) => new TargetAction.GoOn(after);

        static TargetAction Translated(NetfilterPacket after) => new TargetAction.End(NetfilterVerdict.Accept, after);
    }

    // xt_mark.c; the short forms are those of older tools
    private static KnownBits Marked(NetfilterPacket packet, KnownBits mark, IReadOnlyList<RuleOption> options)
    {
        foreach (var option in options)
        {
            if (MarkValue.Parse(option.Value) is not var (value, mask)) continue;
            switch (option.Name)
            {
                case "--set-xmark": return mark.SetXmark(value, mask);
                case "--set-mark": return mark.SetXmark(value, value | mask);
                case "--and-mark": return mark.SetXmark(0, ~value);
                case "--or-mark": return mark.SetXmark(value, value);
                case "--xor-mark": return mark.SetXmark(value, 0);
            }
        }

        return KnownBits.Unknown;
    }

    // xt_connmark.c
    private static NetfilterPacket ConnectionMarked(NetfilterPacket packet, IReadOnlyList<RuleOption> options)
    {
        // without a connection it does nothing
        if (packet.State is PacketState.Invalid or PacketState.Untracked) return packet;
        if (packet.State is null) return packet with { ConnectionMark = KnownBits.Unknown, Mark = options.Any(o => o.Name == "--restore-mark") ? KnownBits.Unknown : packet.Mark };
        var (isSaved, isRestored) = (options.Any(o => o.Name == "--save-mark"), options.Any(o => o.Name == "--restore-mark"));
        if (!isSaved && !isRestored) return packet with { ConnectionMark = Marked(packet, packet.ConnectionMark, options) };
        uint? Mask(string name) => options.FirstOrDefault(o => o.Name == name) is not { } option ? null : MarkValue.Parse(option.Value)?.Value ?? 0;
        var both = Mask("--mask");
        var (ofPacket, ofConnection) = (Mask("--nfmask") ?? both ?? uint.MaxValue, Mask("--ctmask") ?? both ?? uint.MaxValue);
        if (options.Any(o => o.Name is "--left-shift-mark" or "--right-shift-mark"))
            return isSaved ? packet with { ConnectionMark = KnownBits.Unknown } : packet with { Mark = KnownBits.Unknown };
        return isSaved
            ? packet with { ConnectionMark = packet.ConnectionMark.Take(packet.Mark, ofConnection, ofPacket) }
            : packet with { Mark = packet.Mark.Take(packet.ConnectionMark, ofPacket, ofConnection) };
    }

    private static int? Ttl(int? ttl, IReadOnlyList<RuleOption> options)
    {
        foreach (var option in options)
        {
            if (!int.TryParse(option.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) continue;
            switch (option.Name)
            {
                case "--ttl-set" or "--hl-set": return number;
                case "--ttl-dec" or "--hl-dec": return ttl is { } from ? Math.Max(from - number, 0) : null;
                case "--ttl-inc" or "--hl-inc": return ttl is { } to ? Math.Min(to + number, 255) : null;
            }
        }

        return null;
    }

    private static string Changed(string sets, IReadOnlyList<RuleOption> options)
    {
        foreach (var option in options)
        {
            if (option.Name is "--add-set" or "--del-set" && !sets.Contains(option.Value + " ", StringComparison.Ordinal)) sets += option.Value + " ";
        }

        return sets;
    }

    private static NetfilterPacket WithDestination(NetfilterPacket packet, RuleOption? to, IReadOnlyList<RuleOption> options)
    {
        var (hasAddress, address, port) = Place(to?.Value ?? "", packet.DestinationPort);
        if (options.Count(o => o.Name == "--to-destination") > 1) (hasAddress, address) = (true, null);
        return packet with
        {
            Destination = hasAddress ? address : packet.Destination,
            DestinationPort = port,
            IsDestinationTranslated = true,
        };
    }

    private static NetfilterPacket WithSource(NetfilterPacket packet, RuleOption? to, IReadOnlyList<RuleOption> options)
    {
        var (hasAddress, address, port) = Place(to?.Value ?? "", packet.SourcePort);
        if (options.Count(o => o.Name == "--to-source") > 1) (hasAddress, address) = (true, null);
        return Source(packet, hasAddress ? address : packet.Source, options.Any(IsRandom) ? null : port);
    }

    private static NetfilterPacket Source(NetfilterPacket packet, MaskedAddress? address, int? port) =>
        packet with { Source = address, SourcePort = port, IsSourceTranslated = true };

    private static bool IsRandom(RuleOption option) => option.Name is "--random" or "--random-fully";

    private static int? Ports(IReadOnlyList<RuleOption> options, int? port) =>
        options.Any(IsRandom) ? null : options.FirstOrDefault(o => o.Name == "--to-ports") is { } to ? One(to.Value) : port;

    // to the address of the interface that the packet came in on, or to the loopback's for the node's own (nf_nat_redirect.c)
    private static NetfilterPacket Redirected(NetfilterPacket packet, IReadOnlyList<RuleOption> options, NetfilterContext context, NetfilterHook? hook)
    {
        MaskedAddress? to = hook == NetfilterHook.Output ? MaskedAddress.Parse(packet.IsIPv6 ? "::1" : "127.0.0.1")
            : packet.InInterface is { Length: > 0 } device ? context.InterfaceAddress?.Invoke(device, packet.IsIPv6) : null;
        return packet with { Destination = to, DestinationPort = Ports(options, packet.DestinationPort), IsDestinationTranslated = true };
    }

    // xt_NETMAP.c: the destination before routing and of the node's own packets, else the source
    private static TargetAction Mapped(NetfilterPacket packet, IReadOnlyList<RuleOption> options, NetfilterHook? hook)
    {
        var to = options.FirstOrDefault(o => o.Name == "--to") is { } option ? MaskedAddress.Parse(option.Value) : null;
        if (hook is null || to is not { } network) return new TargetAction.Unknown("which address NETMAP changes is not known");
        return new TargetAction.End(NetfilterVerdict.Accept, hook is NetfilterHook.Prerouting or NetfilterHook.Output
            ? packet with { Destination = (packet.Destination ?? default).MappedTo(network), IsDestinationTranslated = true }
            : packet with { Source = (packet.Source ?? default).MappedTo(network), IsSourceTranslated = true });
    }

    // 10.0.0.1:80, :80, 10.0.0.1-10.0.0.9:1024-2048, [fd00::1]:80; of a range it is not known which one is taken
    private static (bool HasAddress, MaskedAddress? Address, int? Port) Place(string text, int? port)
    {
        // with nothing the tool wrote no address and the kernel changes nothing; the address of one that cannot be read is unknown
        if (text.Length == 0) return (true, null, null);
        var isBracketed = text[0] == '[';
        var end = isBracketed ? text.IndexOf(']', StringComparison.Ordinal) : text.IndexOf(':', StringComparison.Ordinal);
        if (!isBracketed && end >= 0 && text.IndexOf(':', end + 1) >= 0) end = -1;
        var address = isBracketed ? text[1..Math.Max(end, 1)] : end < 0 ? text : text[..end];
        var colon = isBracketed ? text.IndexOf(':', Math.Max(end, 0)) : end;
        return (address.Length > 0, MaskedAddress.Parse(address), colon < 0 ? port : One(text[(colon + 1)..]));
    }

    private static int? One(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
}
