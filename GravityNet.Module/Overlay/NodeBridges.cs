using GravityNet.Facts;

namespace GravityNet.Overlay;

/// <summary>
/// Finds the bridges of a node and the pod behind each of their ports.
/// </summary>
internal static class NodeBridges
{
    /// <summary>What it needs of each node.</summary>
    public static FactRequest Request { get; } =
        new(["ip-addr", "ip-neighbor", "bridge-fdb", "brctl-show", "brctl-showmacs"], ["ip-addr"]);

    /// <summary>The bridges of one node.</summary>
    public static IEnumerable<NodeBridge> Find(NodeState node, KubeObjects objects)
    {
        if (!node.Links.IsKnown) yield break;
        var ports = node.Links.Records.Where(l => l.Master.Length > 0).ToLookup(l => l.Master);
        foreach (var bridge in LinksOf(node))
        {
            var neighbors = node.Neighbors.Records.Where(n => n.Interface == bridge.Interface).ToList();
            var paired = ports[bridge.Interface].Select(port => Port(node, bridge, port, neighbors, objects)).ToList();
            yield return new NodeBridge
            {
                Node = node.Node,
                Interface = bridge.Interface,
                Address = bridge.Inet.FirstOrDefault()?.ToString() ?? "",
                Mac = bridge.Mac,
                Mtu = bridge.Mtu,
                State = bridge.State,
                Ports = paired,
                Macs = [.. Stations(node, bridge, paired)],
                Neighbors = [.. neighbors.Select(n => Named(n, objects))],
                Unknown = [.. Unknown(node, objects)],
                Link = bridge,
            };
        }
    }

    /// <summary>The links of a node that are bridges: by their kind, by brctl's list, or because others are ports of them.</summary>
    public static IEnumerable<Link> LinksOf(NodeState node)
    {
        var masters = node.Links.Records.Select(l => l.Master).ToHashSet();
        var named = node.Bridges.Records.Select(b => b.Interface).ToHashSet();
        return node.Links.Records.Where(l => l.Kind == "bridge" || named.Contains(l.Interface) || (l.Kind.Length == 0 && masters.Contains(l.Interface)));
    }

    private static IEnumerable<string> Unknown(NodeState node, KubeObjects objects)
    {
        if (!node.Neighbors.IsKnown) yield return $"neighbors: {node.Neighbors.Reason}";
        if (!node.Fdb.IsKnown && !node.BridgeMacs.IsKnown) yield return $"learned MACs: {node.Fdb.Reason}";
        else if (!node.Fdb.IsKnown) yield return $"ports of learned MACs: {node.Fdb.Reason}";
        else if (!node.BridgeMacs.IsKnown) yield return $"ages of MACs: {node.BridgeMacs.Reason}";
        if (node.Facts.PodsUnknown.Length > 0) yield return $"inside of pods: {node.Facts.PodsUnknown}";
        if (node.Namespaces.FirstOrDefault(n => n.LinksUnknown.Length > 0) is { } dark) yield return $"inside of pods: {dark.LinksUnknown}";
        if (objects.Pods is null) yield return $"names of pods: {objects.Unknown.GetValueOrDefault("kube-pods")}";
    }

    private static BridgeNeighbor Named(Neighbor neighbor, KubeObjects objects)
    {
        var pod = objects.PodAt(neighbor.Address);
        return new(neighbor.Address, neighbor.Mac, neighbor.State, pod?.Namespace ?? "", pod?.Name ?? "");
    }

    // The bridge's own FDB names ports; brctl, which was asked about cni0 alone, counts seconds.
    private static IEnumerable<BridgeStation> Stations(NodeState node, Link bridge, List<BridgePort> ports)
    {
        var ages = (bridge.Interface == "cni0" ? node.BridgeMacs.Records : []).DistinctBy(m => m.Mac).ToDictionary(m => m.Mac);
        var rows = node.Fdb.Records.Where(f => f.Master == bridge.Interface && f.Vlan is null or 1).DistinctBy(f => f.Mac).ToList();
        if (!node.Fdb.IsKnown)
        {
            var portOf = ages.Values.Where(m => m.IsLocal).DistinctBy(m => m.PortNumber).ToDictionary(m => m.PortNumber, m => ports.Find(p => p.Mac == m.Mac)?.Interface ?? "");
            foreach (var mac in ages.Values) yield return Station(mac.Mac, portOf.GetValueOrDefault(mac.PortNumber, ""), mac.IsLocal, mac.AgeSeconds);
            yield break;
        }

        foreach (var row in rows) yield return Station(row.Mac, row.Interface, !row.IsLearned, ages.GetValueOrDefault(row.Mac)?.AgeSeconds);

        BridgeStation Station(string mac, string port, bool isLocal, double? age)
        {
            var pod = isLocal ? null : ports.Find(p => p.PodMac == mac);
            return new(mac, port, isLocal, age, pod?.Namespace ?? "", pod?.Pod ?? "");
        }
    }

    private static BridgePort Port(NodeState node, Link bridge, Link port, List<Neighbor> neighbors, KubeObjects objects)
    {
        var result = new BridgePort
        {
            Node = node.Node,
            Bridge = bridge.Interface,
            Interface = port.Interface,
            Index = port.Index,
            Mtu = port.Mtu,
            State = port.State,
            Mac = port.Mac,
            Link = port,
        };

        var learned = LearnedMac(node, bridge, port);
        if (Inside(node, port, learned) is ({ } found, { } end))
        {
            result = result with { PairedBy = "veth", Inside = found, PodInterface = end.Interface, PodMac = end.Mac, Address = end.Inet.FirstOrDefault()?.Address ?? "" };
            if (found.Facts.Pod is { } pod) result = result with { Namespace = pod.Namespace, Pod = pod.Name };
        }
        else if (learned is { } mac)
        {
            // a pod also has a link-local address of IPv6, which names nobody
            var neighbor = neighbors.Where(n => n.Mac == mac).OrderBy(n => n.Address.Contains(':', StringComparison.Ordinal)).FirstOrDefault();
            result = result with { PodMac = mac, Address = neighbor?.Address ?? "", PairedBy = neighbor is null ? "" : "mac" };
        }

        if (result.Pod.Length == 0 && result.Address.Length > 0 && objects.PodAt(result.Address) is { } known)
        {
            result = result with { Namespace = known.Namespace, Pod = known.Name };
        }

        var age = node.BridgeMacs.Records.FirstOrDefault(m => !m.IsLocal && m.Mac == result.PodMac);
        return age is null ? result : result with { AgeSeconds = age.AgeSeconds };
    }

    /// <summary>
    /// The other end of a link of the node, in a pod: each end's name carries the other's index, which is certain. Indexes repeat between namespaces (a pod that runs
    /// containers of its own has such pairs too), so where several fit, only the one that the bridge has heard on the port is it.
    /// </summary>
    public static (NamespaceState State, Link End)? Inside(NodeState node, Link port, string? learned)
    {
        var fitting = (from state in node.Namespaces
                       from link in state.Links
                       where link.PeerIndex == port.Index && (port.PeerIndex is null || port.PeerIndex == link.Index) && link.Kind is "veth" or ""
                       select (state, link)).ToList();
        if (fitting.Count > 1) fitting = [.. fitting.Where(f => f.link.Mac == learned)];
        return fitting.Count == 1 ? fitting[0] : null;
    }

    // The station's MAC behind a port: from the bridge's own FDB, or from brctl, where the port's number is known by the port's own MAC.
    private static string? LearnedMac(NodeState node, Link bridge, Link port)
    {
        var row = node.Fdb.Records.FirstOrDefault(f => f.Interface == port.Interface && f.Master == bridge.Interface && f.IsLearned);
        if (row is not null) return row.Mac;
        var local = node.BridgeMacs.Records.FirstOrDefault(m => m.IsLocal && m.Mac == port.Mac);
        return local is null ? null : node.BridgeMacs.Records.FirstOrDefault(m => !m.IsLocal && m.PortNumber == local.PortNumber)?.Mac;
    }
}
