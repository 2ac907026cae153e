namespace GravityNet.Labs.Faults;

/// <summary>All faults by name. A new fault is one class and one line here.</summary>
internal static class FaultTable
{
    /// <summary>The faults, in the order in which they are listed.</summary>
    public static IReadOnlyList<IFault> All { get; } =
    [
        new ForwardingOff(),
        new FdbMissing(),
        new ArpWrong(),
        new RouteMissing(),
        new UdpDropped(),
        new LeaseMacStale(),
        new LeaseMissing(),
        new LeaseMacShared(),
        new FdbWrong(),
        new VniDiffers(),
        new PortDiffers(),
        new MtuLarge(),
        new UnderlayDropsLarge(),
        new IpForwardOff(),
        new RpFilterStrict(),
        new ForwardDropped(),
        new ForwardRejected(),
        new VethOffBridge(),
        new BridgeNfOff(),
        new ServiceJumpMissing(),
        new SepDead(),
        new ServiceGhost(),
        new ServiceRuleDoubled(),
        new ServiceRuleMissing(),
        new ConntrackStale(),
        new DnsStopped(),
    ];

    /// <summary>The fault of this name.</summary>
    /// <exception cref="LabException">There is none; the message lists the names.</exception>
    public static IFault Get(string name) =>
        All.FirstOrDefault(f => f.Name == name)
        ?? throw new LabException($"no fault '{name}'; the faults are\n{List}");

    /// <summary>The names with what is broken, one line a fault.</summary>
    public static string List => string.Join('\n', All.Select(f => $"  {f.Name,-20} {f.Summary}"));
}
