using GravityNet.Facts;

namespace GravityNet.Findings;

/// <summary>All detectors. A new one is a class and a line here.</summary>
internal static class Detectors
{
    /// <summary>The detectors, in the order of a packet's path.</summary>
    public static IReadOnlyList<IDetector> All { get; } =
        [new ForwardingOff(), new ForwardBlocked(), new InterfaceDown(), new OverlayRow(), new ReversePath(), new OverlayPortBlocked(), new ServiceTranslation(), new TwoFlavors(), new TwoModes()];

    /// <summary>What tells of a cause only where it is there: a node without the tool has none of it.</summary>
    public static IReadOnlyList<string> Optional { get; } = [FactCatalog.NftKubeProxy, "ipvs"];

    /// <summary>What they need of each node.</summary>
    public static FactRequest Request { get; } = new(["ip-addr", "ip-route", "ip-neighbor", "bridge-fdb", "ip-netconf", "sysctl", .. FactCatalog.IptablesFacts, .. Optional], []);

    /// <summary>Runs all of them.</summary>
    public static IReadOnlyList<Finding> Run(ClusterState state) => [.. All.SelectMany(d => d.Find(state))];
}
