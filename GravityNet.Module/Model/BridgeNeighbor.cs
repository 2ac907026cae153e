namespace GravityNet;

/// <summary>
/// A node's neighbor entry on a bridge, with the pod that has the address.
/// </summary>
/// <param name="Address">The neighbor's IP address.</param>
/// <param name="Mac">Its MAC; empty for none.</param>
/// <param name="State">REACHABLE, STALE, FAILED, ... as <c>ip neighbor</c> prints it.</param>
/// <param name="Namespace">The pod's namespace; empty where unknown.</param>
/// <param name="Pod">The pod; empty where unknown.</param>
public sealed record BridgeNeighbor(string Address, string Mac, string State, string Namespace, string Pod);
