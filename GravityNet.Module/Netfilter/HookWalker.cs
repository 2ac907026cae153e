namespace GravityNet.Netfilter;

/// <summary>
/// Follows a packet through all tables of a hook, in the order of their priorities (uapi/linux/netfilter_ipv4.h): raw, mangle, nat before routing, filter, security, nat
/// after it. The rules of both flavours are at the same places.
/// </summary>
internal sealed class HookWalker(IReadOnlyList<IptablesRuleset> rulesets, NetfilterContext context)
{
    // by hook, in the order of the enum
    private static readonly string[][] Tables =
        [["raw", "mangle", "nat"], ["mangle", "filter", "security", "nat"], ["mangle", "filter", "security"], ["raw", "mangle", "nat", "filter", "security"], ["mangle", "nat"]];

    /// <summary>The name of a hook's built-in chains.</summary>
    public static string ChainOf(NetfilterHook hook) => hook switch
    {
        NetfilterHook.Prerouting => "PREROUTING",
        NetfilterHook.Input => "INPUT",
        NetfilterHook.Forward => "FORWARD",
        NetfilterHook.Output => "OUTPUT",
        _ => "POSTROUTING",
    };

    /// <summary>The tables that have a chain at a hook, in the kernel's order.</summary>
    public static IReadOnlyList<string> TablesOf(NetfilterHook hook) => Tables[(int)hook];

    /// <summary>All ways of a packet through a hook.</summary>
    public WalkNode Walk(NetfilterHook hook, NetfilterPacket packet)
    {
        // there is no outgoing interface before routing and none to the node itself, and no incoming one for its own packets
        if (hook is NetfilterHook.Prerouting or NetfilterHook.Input) packet = packet with { OutInterface = "" };
        if (hook is NetfilterHook.Output) packet = packet with { InInterface = "" };
        WalkNode way = new WalkNode.End(NetfilterVerdict.Accept, packet, "", ChainOf(hook), null);
        foreach (var name in TablesOf(hook))
        {
            var tables = rulesets.Where(r => r.IsIPv6 == packet.IsIPv6).Select(r => r.Table(name)).Where(t => t?.Chain(ChainOf(hook)) is not null).ToList();
            if (tables.Count > 0) way = Then(way, end => Table(name, tables!, hook, end));
        }

        return way;
    }

    private WalkNode Table(string name, IReadOnlyList<IptablesTable> tables, NetfilterHook hook, WalkNode.End end)
    {
        if (name == "raw") return Raw(tables, hook, end.Packet);
        if (name != "nat") return InOrder(tables, hook, end);
        // a translation is found for the first packet of a connection, and kept for the others (nf_nat_core.c, nf_nat_inet_fn)
        return end.Packet switch
        {
            { State: PacketState.New } => Nat(tables, hook, end),
            { State: PacketState.Related, Protocol: not (IpProtocol.Icmp or IpProtocol.Icmpv6 or null) } => Nat(tables, hook, end),
            { State: null } or { State: PacketState.Related, Protocol: null } => new WalkNode.Fork(null, "-m conntrack --ctstate NEW", null, Nat(tables, hook, end), end),
            _ => end,
        };
    }

    // Connection tracking looks at packets behind table raw, but for those that it has seen on the loopback.
    private WalkNode Raw(IReadOnlyList<IptablesTable> tables, NetfilterHook hook, NetfilterPacket packet)
    {
        var state = packet.State;
        PacketState? before = hook == NetfilterHook.Output || packet.InInterface is not ("lo" or null) ? PacketState.Invalid : null;
        var way = InOrder(tables, hook, new(NetfilterVerdict.Accept, packet with { State = before }, "raw", ChainOf(hook), null));
        return Then(way, end => end.Packet.State == PacketState.Untracked ? end
            : new WalkNode.End(end.Verdict, end.Packet with { State = state }, end.Table, end.Chain, end.Rule));
    }

    // Two flavours have nothing to tell which of them was loaded last: that one the kernel asks first (netfilter/core.c, nf_hook_entries_grow). It matters where one
    // translates, because the other is not asked then.
    private WalkNode Nat(IReadOnlyList<IptablesTable> tables, NetfilterHook hook, WalkNode.End end)
    {
        if (tables.Count < 2 || tables.Any(t => LeavesAlone(t, hook, end))) return InOrder(tables, hook, end);
        return new WalkNode.Fork(null, $"table nat of {tables[0].Name} is asked before that of the other flavour", null, InOrder(tables, hook, end), InOrder([.. tables.Reverse()], hook, end));
    }

    private bool LeavesAlone(IptablesTable table, NetfilterHook hook, WalkNode.End end) => InOrder([table], hook, end).Ends().All(e => e.Verdict == NetfilterVerdict.Accept && e.Packet == end.Packet);

    private WalkNode InOrder(IReadOnlyList<IptablesTable> tables, NetfilterHook hook, WalkNode.End start)
    {
        WalkNode way = start;
        foreach (var table in tables)
            way = Then(way, end => table.Name == "nat" && IsTranslated(end.Packet, start.Packet) ? end : new ChainWalker(table.Walked, context).Walk(table.Walked.Chain(ChainOf(hook))!, end.Packet));
        return way;
    }

    private static bool IsTranslated(NetfilterPacket after, NetfilterPacket before) =>
        after.IsDestinationTranslated != before.IsDestinationTranslated || after.IsSourceTranslated != before.IsSourceTranslated
        || after.Destination != before.Destination || after.Source != before.Source;

    // ways that come with the same packet go on together
    private static WalkNode Then(WalkNode way, Func<WalkNode.End, WalkNode> next)
    {
        var known = new Dictionary<NetfilterPacket, WalkNode>();
        return way.Replace(NetfilterVerdict.Accept, end => known.TryGetValue(end.Packet, out var done) ? done : known[end.Packet] = next(end));
    }
}
