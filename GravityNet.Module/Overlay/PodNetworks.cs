using GravityNet.Facts;

namespace GravityNet.Overlay;

/// <summary>
/// Finds the network of each pod of a node: what is inside its namespace, and the cable to the bridge, by <see cref="NodeBridges"/>.
/// </summary>
internal static class PodNetworks
{
    /// <summary>What it needs of each node.</summary>
    public static FactRequest Request { get; } = NodeBridges.Request.With(new([], ["ip-addr", "ip-route", "ip-neighbor"]));

    /// <summary>The pods of one node, and the network namespaces that no pod is known for and that a cable leads to.</summary>
    public static IEnumerable<PodNetwork> Find(NodeState node, KubeObjects objects)
    {
        var bridges = NodeBridges.Find(node, objects).ToList();
        var seen = new HashSet<(string, string)>();
        foreach (var inside in node.Namespaces)
        {
            var network = Inside(node, inside, bridges, objects);
            if (network is null) continue;
            seen.Add((network.Namespace, network.Pod));
            yield return network;
        }

        foreach (var pod in (objects.Pods ?? []).Where(p => p.Node == node.Node && p.IsAlive && !seen.Contains((p.Namespace, p.Name)))) yield return Outside(node, pod, bridges);
    }

    // a pod that only Kubernetes tells of: it has no network of its own, or its inside was not seen
    private static PodNetwork Outside(NodeState node, Pod pod, List<NodeBridge> bridges)
    {
        var network = new PodNetwork { Node = node.Node, Namespace = pod.Namespace, Pod = pod.Name, Address = pod.Address, HostNetwork = pod.HostNetwork, Evidence = [pod.Source.ToString()] };
        if (pod.HostNetwork) return network;
        if (pod.Address.Length == 0) return network with { Unknown = [$"inside: the pod is {pod.Phase} and has no address yet"] };
        var reason = node.Facts.PodsUnknown.Length > 0 ? node.Facts.PodsUnknown : $"no network namespace that was read on {node.Node} has the address {pod.Address}";
        network = network with { Unknown = [$"inside: {reason}"] };
        var found = bridges.SelectMany(b => b.Ports.Select(p => (Bridge: b, Port: p))).FirstOrDefault(p => p.Port.Pod == pod.Name && p.Port.Namespace == pod.Namespace);
        return found.Port is null ? network : Plugged(network, found.Bridge, found.Port.Link!) with { PodMac = found.Port.PodMac, PairedBy = found.Port.PairedBy };
    }

    private static PodNetwork? Inside(NodeState node, NamespaceState inside, List<NodeBridge> bridges, KubeObjects objects)
    {
        var known = inside.Addresses.Select(objects.PodAt).FirstOrDefault(p => p is not null);
        var (ns, name) = inside.Facts.Pod ?? (known is null ? ("", "") : (known.Namespace, known.Name));
        var ports = bridges.SelectMany(b => b.Ports.Select(p => (Bridge: b, Port: p))).ToList();
        var found = ports.Find(p => p.Port.Inside == inside);
        // an inside of which the interfaces are unknown is found by what the bridge heard
        if (found.Port is null && name.Length > 0 && inside.LinksUnknown.Length > 0) found = ports.Find(p => p.Port.Pod == name && p.Port.Namespace == ns);
        // unplugged from every bridge, the cable still leads to the node
        var host = found.Port?.Link ?? node.Links.Records.FirstOrDefault(l => l.Master.Length == 0 && NodeBridges.Inside(node, l, null)?.State == inside);
        // other namespaces of the node are nobody's question
        if (name.Length == 0 && host is null) return null;
        var end = host is null ? inside.Links.FirstOrDefault(l => l.LinkLayer == "ether") : inside.Links.FirstOrDefault(l => l.PeerIndex == host.Index);
        var network = new PodNetwork
        {
            Node = node.Node,
            Namespace = ns,
            Pod = name,
            Address = end?.Inet.FirstOrDefault()?.Address ?? end?.Addresses.FirstOrDefault(a => a.Scope == "global")?.Address ?? known?.Address ?? "",
            PodInterface = end?.Interface ?? "",
            PodIndex = end?.Index,
            PodMac = end?.Mac ?? found.Port?.PodMac ?? "",
            PodMtu = end?.Mtu,
            PairedBy = found.Port?.PairedBy ?? (host is null ? "" : "veth"),
            TypedLinks = inside.Links,
            TypedRoutes = inside.Routes.Records,
            TypedNeighbors = inside.Neighbors.Records,
        };
        if (host is not null) network = Plugged(network, found.Bridge, host);
        return Checked(network, node, inside, end, objects.Pods?.FirstOrDefault(p => p.Namespace == ns && p.Name == name));
    }

    private static PodNetwork Plugged(PodNetwork network, NodeBridge? bridge, Link host) => network with
    {
        Bridge = bridge?.Interface ?? "",
        BridgeAddress = bridge?.Address ?? "",
        BridgeMac = bridge?.Mac ?? "",
        Interface = host.Interface,
        Index = host.Index,
        Mac = host.Mac,
        Mtu = host.Mtu,
        HostLink = host,
        BridgeLink = bridge?.Link,
    };

    private static PodNetwork Checked(PodNetwork network, NodeState node, NamespaceState inside, Link? end, Pod? pod)
    {
        var problems = new List<string>();
        var unknown = new List<string>();
        var proof = new List<SourceLine?> { end?.Source, network.HostLink?.Source };
        if (inside.LinksUnknown.Length > 0) unknown.Add($"interfaces: {inside.LinksUnknown}");
        else if (end is null) problems.Add("there is no interface but lo inside the pod");
        if (!inside.Routes.IsKnown) unknown.Add($"routes: {inside.Routes.Reason}");
        if (!inside.Neighbors.IsKnown) unknown.Add($"neighbors: {inside.Neighbors.Reason}");
        if (end is { IsUp: false }) problems.Add($"{end.Interface} is down inside the pod");
        if (pod is { Address.Length: > 0 } && end is not null && !inside.Addresses.Contains(pod.Address))
        {
            problems.Add($"Kubernetes knows the pod by {pod.Address}, and no interface inside has that address");
            proof.Add(pod.Source);
        }

        if (network.HostLink is { } host)
        {
            if (!host.IsUp) problems.Add($"{host.Interface}, the node's end of its cable, is down");
            // a packet that is larger than the other end takes is dropped on the way into it, without a word to the sender
            if (end?.Mtu is { } own && host.Mtu is { } others && own != others) problems.Add($"the MTU is {own} on {end.Interface} and {others} on {host.Interface}: larger packets than {Math.Min(own, others)} are lost between them");
            if (host.Master.Length == 0) problems.Add($"{host.Interface}, the node's end of its cable, is no port of a bridge");
        }
        else if (end is not null)
        {
            unknown.Add(node.Links.IsKnown ? $"the node's end of {end.Interface}: no link of {node.Node} is its peer" : $"the node's end of {end.Interface}: {node.Links.Reason}");
        }

        var route = inside.Routes.Records.FirstOrDefault(r => r is { Destination: "default", Table: "main" or "" } && r.Gateway.Contains('.', StringComparison.Ordinal));
        proof.Add(route?.Source);
        var gateway = route?.Gateway ?? "";
        if (route is null && inside.Routes.IsKnown && !inside.Routes.Records.Any(r => r.Gateway.Length > 0)) problems.Add("no route inside leads to a gateway: the pod reaches its own subnet alone");
        var neighbor = gateway.Length == 0 ? null : inside.Neighbors.Records.FirstOrDefault(n => n.Address == gateway && (n.Interface.Length == 0 || n.Interface == route!.Interface));
        proof.Add(neighbor?.Source);
        if (network.BridgeLink is { } bridge)
        {
            proof.Add(bridge.LayerSource);
            if (gateway.Length > 0 && !bridge.Inet.Any(a => a.Address == gateway))
            {
                var has = bridge.Inet.Any() ? string.Join(", ", bridge.Inet) : "no address";
                problems.Add($"its gateway {gateway} is not the address of {bridge.Interface}, which has {has}");
            }

            proof.AddRange(bridge.Inet.Select(a => a.Source));
            if (neighbor is { Mac.Length: > 0 } && bridge.Mac.Length > 0 && neighbor.Mac != bridge.Mac) problems.Add($"its neighbor entry for the gateway {gateway} has the MAC {neighbor.Mac}, and {bridge.Interface} has {bridge.Mac}");
        }

        if (neighbor is { State: "FAILED" or "INCOMPLETE" }) problems.Add($"its gateway {gateway} does not answer: the neighbor entry is {neighbor.State}");
        return network with
        {
            Gateway = gateway,
            GatewayMac = neighbor?.Mac ?? "",
            Problems = problems,
            Unknown = unknown,
            Evidence = [.. proof.OfType<SourceLine>().Distinct().Select(p => p.ToString())],
        };
    }
}
