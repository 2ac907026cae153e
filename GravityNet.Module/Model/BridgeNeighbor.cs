namespace GravityNet;

/// <summary>
/// A node's neighbor entry on a bridge, with the pod that has the address.
/// </summary>
/// <param name="Address">The neighbor's IP address.</param>
/// <param name="Mac">Its MAC; empty for none.</param>
/// <param name="State">REACHABLE, STALE, FAILED, ... as <c>ip neighbor</c> prints it.</param>
/// <param name="Namespace">The pod's namespace; empty where unknown.</param>
/// <param name="Pod">The pod; empty where unknown.</param>
public sealed record BridgeNeighbor(string Address, string Mac, string State, string Namespace, string Pod)
{
    /// <summary>One line, in the words of <c>ip neighbor</c>, and the pod: <c>10.244.19.2 lladdr da:d8:ee:0a:0d:6f REACHABLE default/shell-node-1</c>.</summary>
    public override string ToString() => $"{Address}{(Mac.Length > 0 ? $" lladdr {Mac}" : "")} {State}{(Pod.Length > 0 ? $" {Namespace}/{Pod}" : "")}";
}
