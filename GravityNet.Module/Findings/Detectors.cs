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

    /// <summary>
    /// The facts that a node did not tell and that nothing else tells: netconf and sysctl have the same switches, and the rules are asked of several tools.
    /// </summary>
    public static IEnumerable<string> MissingOf(NodeState node)
    {
        string[][] alike = [["ip-addr"], ["ip-route"], ["ip-neighbor"], ["bridge-fdb"], ["ip-netconf", "sysctl"], [.. FactCatalog.IptablesFacts]];
        return from facts in alike where facts.All(f => node.Facts.Get(f) is null) select facts[0];
    }

    /// <summary>Runs all of them.</summary>
    public static IReadOnlyList<Finding> Run(ClusterState state) => [.. All.SelectMany(d => d.Find(state))];
}
