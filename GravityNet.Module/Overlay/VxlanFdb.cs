using GravityNet.Facts;

namespace GravityNet.Overlay;

/// <summary>
/// Joins, on one node, lease x FDB row x neighbor entry x route for every remote, and the node's own device with its own lease.
/// </summary>
internal static class VxlanFdb
{
    /// <summary>An Ethernet, IPv4, UDP and VXLAN header: what encapsulation takes from the underlay's MTU (RFC 7348).</summary>
    private const int Overhead = 50;

    /// <summary>What it needs of each node.</summary>
    public static FactRequest Request { get; } = new("ip-addr", "ip-route", "ip-neighbor", "bridge-fdb");

    /// <summary>What it needs of the nodes that others are compared with, as long as their devices are what their leases say.</summary>
    public static FactRequest DeviceRequest { get; } = new("ip-addr");

    /// <summary>Whether a node's device has another MAC than its lease says: then the others' entries tell which of the two is old.</summary>
    public static bool IsAgainstLease(NodeState node, LeaseTable leases) =>
        VxlanTables.Of(node).Device is { Mac.Length: > 0 } device && VxlanLeases.Of(leases).All.Any(l => l.VtepMAC.Length > 0 && l.VtepMAC != device.Mac && IsOwn(node, l));

    /// <summary>Compares one node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="leases">All leases.</param>
    /// <param name="others">The nodes that answered, this one too: a remote device's real MAC tells which side is old.</param>
    public static IEnumerable<VxlanFdbEntry> Compare(NodeState node, LeaseTable leases, IReadOnlyDictionary<string, NodeState> others)
    {
        var tables = VxlanTables.Of(node);
        var vxlan = VxlanLeases.Of(leases);
        if (vxlan.All.Count > 0 || leases.Leases.Count == 0) yield return Own(node, tables.Device, vxlan.All, leases, others);
        foreach (var lease in vxlan.All.Where(l => !IsOwn(node, l))) yield return Remote(node, tables, lease, vxlan, leases.Config, others);
        foreach (var entry in Leftovers(node, tables, vxlan, leases.IsKnown)) yield return entry;
    }

    /// <summary>The node's VXLAN device of flannel's; null where it has none or its links are unknown.</summary>
    public static Link? DeviceOf(NodeState node) =>
        node.Links.Records.FirstOrDefault(l => l.Interface.StartsWith("flannel.", StringComparison.Ordinal) && l.Kind is "vxlan" or "" && l.Interface != "flannel.null")
        ?? node.Links.Records.FirstOrDefault(l => l.Kind == "vxlan");

    private static bool IsOwn(NodeState node, OverlayLease lease) =>
        lease.Node == node.Node || (lease.Node.Length == 0 && lease.PublicIP.Length > 0
            && (lease.PublicIP == node.Address || node.Links.Records.Any(l => l.Inet.Any(a => a.Address == lease.PublicIP))));

    private static VxlanFdbEntry Own(NodeState node, Link? device, List<OverlayLease> leases, LeaseTable table, IReadOnlyDictionary<string, NodeState> others)
    {
        var checks = new Checks();
        var config = table.Config;
        var own = leases.Where(l => IsOwn(node, l)).ToList();
        var lease = own.FirstOrDefault(l => device?.Inet.Any(a => a.Address == l.Address) == true) ?? own.FirstOrDefault();
        if (device is null && !node.Links.IsKnown) checks.Add(OverlayStatus.Unknown, node.Links.Reason);
        else if (device is null) checks.Add(OverlayStatus.Missing, "the node has no flannel VXLAN device");
        if (lease is null && !table.IsKnown) checks.Add(OverlayStatus.Unknown, "the leases are unknown, so nothing can be compared");
        else if (lease is null && !node.Links.IsKnown) checks.Add(OverlayStatus.Unknown, "which lease is this node's is unknown, for its addresses are");
        else if (lease is null) checks.Add(OverlayStatus.Missing, "no lease has this node's address");
        foreach (var second in own.Where(l => l != lease && l.Home == lease?.Home))
        {
            checks.Add(OverlayStatus.Duplicate, $"a second lease, {second.Subnet}, has the same public address {second.PublicIP}", second.Source);
        }

        if (lease is not null) checks.Prove(lease.Source);
        if (device is not null)
        {
            checks.Prove(device.Source);
            if (!device.IsUp) checks.Add(OverlayStatus.Mismatch, $"{device.Interface} is down");
            if (device.Vxlan is { } vxlan)
            {
                checks.Prove(device.KindSource);
                var vni = lease?.Vni ?? config?.Vni;
                if (vni is { } wanted && vxlan.Vni is { } has && has != wanted) checks.Add(OverlayStatus.Mismatch, $"VNI is {has}, the network's is {wanted}");
                if (config is not null && vxlan.Port is { } port && port != config.Port) checks.Add(OverlayStatus.Mismatch, $"UDP port is {port}, the network's is {config.Port}");
                if (lease is not null && vxlan.Local.Length > 0 && vxlan.Local != lease.PublicIP) checks.Add(OverlayStatus.Mismatch, $"local address is {vxlan.Local}, the lease says {lease.PublicIP}");
                if (vxlan.Learning) checks.Add(OverlayStatus.Mismatch, "learning is on: the device may overwrite flannel's rows");
            }

            if (lease is not null) CompareWithLease(device, lease, others, checks);
            CheckMtu(node, device, checks);
            foreach (var twin in leases.Where(l => !IsOwn(node, l) && l.VtepMAC.Length > 0 && l.VtepMAC == device.Mac))
            {
                checks.Add(OverlayStatus.Duplicate, $"the lease {twin.Subnet} of {Name(twin)} has the same MAC {twin.VtepMAC}", twin.Source);
            }
        }

        return new VxlanFdbEntry
        {
            Node = node.Node,
            RemoteNode = node.Node,
            Interface = device?.Interface ?? "",
            Subnet = lease?.Subnet ?? "",
            Address = lease?.Address ?? device?.Inet.FirstOrDefault()?.Address ?? "",
            Mac = device?.Mac ?? "",
            Destination = device?.Vxlan?.Local ?? "",
            Lease = lease,
            Device = device,
            State = checks.Status,
            Reason = checks.Reason,
            Evidence = checks.Evidence,
        };
    }

    private static void CompareWithLease(Link device, OverlayLease lease, IReadOnlyDictionary<string, NodeState> others, Checks checks)
    {
        if (lease.VtepMAC.Length > 0 && device.Mac.Length > 0 && lease.VtepMAC != device.Mac)
        {
            // what the others are programmed with tells whether it matters already
            var entries = others.Values.SelectMany(o => o.Neighbors.Records).Where(n => n.Address == lease.Address && n.IsUsable).ToList();
            var lost = entries.Where(n => n.Mac != device.Mac).Select(n => n.Node).Distinct().ToList();
            var (status, verdict) = (entries.Count, lost.Count) switch
            {
                (0, _) => (OverlayStatus.Mismatch, "what is sent by the lease is not for this device"),
                (_, 0) => (OverlayStatus.Stale, "the others still send to the device's MAC, so the lease is old"),
                _ => (OverlayStatus.Mismatch, $"what comes from {string.Join(", ", lost)} is not for this device"),
            };
            checks.Add(status, $"the device's MAC is {device.Mac}, the lease says {lease.VtepMAC}: {verdict}", device.LayerSource);
            checks.Prove([.. entries.Take(3).Select(n => n.Source)]);
        }

        // 'ip link' prints no addresses, and then nothing can be said of them
        if (device.Source.Fact == "ip-addr" && !device.Inet.Any(a => a.Address == lease.Address))
        {
            var has = string.Join(", ", device.Inet);
            checks.Add(OverlayStatus.Mismatch, has.Length > 0 ? $"{device.Interface} has the address {has}, not the lease's {lease.Address}" : $"{device.Interface} has no address, the lease gives {lease.Address}");
        }
    }

    private static void CheckMtu(NodeState node, Link device, Checks checks)
    {
        if (device.Mtu is not { } mtu) return;
        var underlay = device.Vxlan?.Interface is { Length: > 0 } name ? node.Link(name) : node.Links.Records.FirstOrDefault(l => l.Inet.Any(a => a.Address == node.Address));
        if (underlay?.Mtu is { } below && mtu > below - Overhead)
        {
            checks.Add(OverlayStatus.Mismatch, $"MTU {mtu} is too large for {underlay.Interface} (MTU {below}): at most {below - Overhead}", underlay.Source);
        }
    }

    private static VxlanFdbEntry Remote(NodeState node, VxlanTables tables, OverlayLease lease, VxlanLeases all, OverlayConfig? config, IReadOnlyDictionary<string, NodeState> others)
    {
        var checks = new Checks();
        checks.Prove(lease.Source);
        var (device, deviceName) = (tables.Device, tables.Name);
        var route = tables.Routes[lease.Subnet].FirstOrDefault(r => r.Interface == deviceName) ?? tables.Routes[lease.Subnet].FirstOrDefault();
        var neighbor = tables.NeighborsByAddress[lease.Address].FirstOrDefault();
        // the frame is sent to the neighbor entry's MAC: the row for that MAC is the one in effect
        var fdb = (neighbor is null ? null : tables.RowsByMac[neighbor.Mac].FirstOrDefault())
            ?? tables.RowsByMac[lease.VtepMAC].FirstOrDefault()
            ?? tables.RowsByDestination[lease.PublicIP].FirstOrDefault();
        checks.Prove(fdb?.Source, neighbor?.Source, route?.Source);

        var direct = config?.DirectRouting == true && route?.Gateway == lease.PublicIP;
        if (route is null && !node.Routes.IsKnown) checks.Add(OverlayStatus.Unknown, node.Routes.Reason);
        else if (route is null) checks.Add(OverlayStatus.Missing, $"no route to {lease.Subnet}: it goes where the default route leads");
        else if (!direct) CheckRoute(route, lease, deviceName, checks);

        if (!direct)
        {
            if (neighbor is null && !node.Neighbors.IsKnown) checks.Add(OverlayStatus.Unknown, node.Neighbors.Reason);
            else if (neighbor is null || !neighbor.IsUsable) checks.Add(OverlayStatus.Missing, $"no neighbor entry for {lease.Address} on {deviceName}");
            if (!node.Fdb.IsKnown && (fdb is null || fdb.Mac != neighbor?.Mac)) checks.Add(OverlayStatus.Unknown, node.Fdb.Reason);
            else CheckFdb(fdb, neighbor, tables, lease, deviceName, checks);
            CheckMac(fdb, neighbor, lease, others, checks);
        }

        foreach (var twin in all.BySubnet[lease.Subnet].Concat(lease.VtepMAC.Length > 0 ? all.ByMac[lease.VtepMAC] : []).Concat(all.ByPublicIP[lease.PublicIP]).Where(l => !ReferenceEquals(l, lease) && l.Home == lease.Home).Distinct())
        {
            if (twin.Subnet == lease.Subnet) checks.Add(OverlayStatus.Duplicate, $"the subnet is leased twice, also by {Name(twin)}", twin.Source);
            if (twin.VtepMAC == lease.VtepMAC && lease.VtepMAC.Length > 0) checks.Add(OverlayStatus.Duplicate, $"the lease {twin.Subnet} of {Name(twin)} has the same MAC {lease.VtepMAC}", twin.Source);
            if (twin.PublicIP == lease.PublicIP) checks.Add(OverlayStatus.Duplicate, $"the lease {twin.Subnet} has the same public address {lease.PublicIP}", twin.Source);
        }

        return new VxlanFdbEntry
        {
            Node = node.Node,
            RemoteNode = lease.Node,
            Interface = deviceName,
            Subnet = lease.Subnet,
            Address = lease.Address,
            Mac = fdb?.Mac ?? "",
            Destination = fdb?.Destination ?? "",
            Fdb = fdb,
            Neighbor = neighbor,
            Route = route,
            Lease = lease,
            Device = device,
            State = checks.Status,
            Reason = checks.Reason,
            Evidence = checks.Evidence,
        };
    }

    private static void CheckRoute(Route route, OverlayLease lease, string device, Checks checks)
    {
        if (route.Interface != device) checks.Add(OverlayStatus.Mismatch, $"the route to {lease.Subnet} leads out of {route.Interface}, not {device}");
        else if (route.Gateway != lease.Address) checks.Add(OverlayStatus.Mismatch, $"the route's gateway is {(route.Gateway.Length > 0 ? route.Gateway : "not set")}, not {lease.Address}");
        else if (!route.OnLink) checks.Add(OverlayStatus.Mismatch, "the route is not onlink");
    }

    private static void CheckFdb(FdbEntry? fdb, Neighbor? neighbor, VxlanTables tables, OverlayLease lease, string device, Checks checks)
    {
        if (fdb is null)
        {
            checks.Add(OverlayStatus.Missing, $"no FDB row on {device} sends to {lease.PublicIP}");
            return;
        }

        if (neighbor is { IsUsable: true } && fdb.Mac != neighbor.Mac)
        {
            // frames go to the neighbor entry's MAC, and no row has that
            checks.Add(OverlayStatus.Mismatch, $"the neighbor entry says {neighbor.Mac}, which no FDB row has: the row to {fdb.Destination} is for {fdb.Mac}");
        }

        if (fdb.Destination != lease.PublicIP) checks.Add(OverlayStatus.Mismatch, $"the FDB row sends to {fdb.Destination}, the lease says {lease.PublicIP}");
        foreach (var second in tables.RowsByMac[fdb.Mac].Where(r => r != fdb))
        {
            checks.Add(OverlayStatus.Duplicate, $"a second FDB row for {second.Mac} sends to {second.Destination}", second.Source);
        }
    }

    // The node's rows against the lease, and the remote device's real MAC as the judge where it is known.
    private static void CheckMac(FdbEntry? fdb, Neighbor? neighbor, OverlayLease lease, IReadOnlyDictionary<string, NodeState> others, Checks checks)
    {
        if (neighbor is { IsUsable: false }) neighbor = null;
        var programmed = neighbor?.Mac ?? fdb?.Mac;
        var remote = others.TryGetValue(lease.Node, out var state) ? VxlanTables.Of(state).Device : null;
        if (remote is { Mac.Length: > 0 }) checks.Prove(remote.LayerSource);
        if (programmed is null || lease.VtepMAC.Length == 0 || programmed == lease.VtepMAC)
        {
            if (programmed is not null && remote is { Mac.Length: > 0 } && remote.Mac != programmed)
            {
                checks.Add(OverlayStatus.Mismatch, $"{lease.Node}'s {remote.Interface} has the MAC {remote.Mac}, lease and entries say {programmed}: it drops what is sent to it");
            }

            return;
        }

        var (status, verdict) = remote?.Mac switch
        {
            { Length: > 0 } mac when mac == programmed => (OverlayStatus.Stale, $": {lease.Node}'s device has {mac}, so the lease is old"),
            { Length: > 0 } mac when mac == lease.VtepMAC => (neighbor is not null && fdb?.Mac == neighbor.Mac ? OverlayStatus.Stale : OverlayStatus.Mismatch, $": {lease.Node}'s device has {mac}, so this node's entry is wrong"),
            { Length: > 0 } mac => (OverlayStatus.Mismatch, $": {lease.Node}'s device has {mac}, so both are wrong"),
            _ => (fdb?.Mac == programmed ? OverlayStatus.Stale : OverlayStatus.Mismatch, ": one of the two is old"),
        };
        var entries = neighbor is null ? "the FDB row says" : fdb?.Mac == neighbor.Mac ? "FDB row and neighbor entry say" : "the neighbor entry says";
        checks.Add(status, $"{entries} {programmed}, the lease says {lease.VtepMAC}{verdict}");
    }

    // Rows of the device that belong to no lease: flannel leaves the old row when a lease changes, and a dead node's rows stay.
    private static IEnumerable<VxlanFdbEntry> Leftovers(NodeState node, VxlanTables tables, VxlanLeases leases, bool leasesKnown)
    {
        var (device, name) = (tables.Device, tables.Name);
        foreach (var row in tables.Rows)
        {
            if (leases.ByMac.Contains(row.Mac) || leases.ByPublicIP.Contains(row.Destination)) continue;
            var entries = tables.NeighborsByMac[row.Mac];
            if (entries.Any(n => leases.ByAddress.Contains(n.Address))) continue;
            var neighbor = entries.FirstOrDefault();
            var route = neighbor is null ? null : node.Routes.Records.FirstOrDefault(r => r.Gateway == neighbor.Address && r.Interface == name);
            var checks = new Checks();
            checks.Prove(row.Source, neighbor?.Source, route?.Source);
            if (leasesKnown) checks.Add(OverlayStatus.Stale, $"no lease has the MAC {row.Mac} or the address {row.Destination}");
            else checks.Add(OverlayStatus.Unknown, "the leases are unknown, so nothing can be compared");
            yield return new VxlanFdbEntry
            {
                Node = node.Node,
                Interface = name,
                Subnet = route?.Destination ?? "",
                Address = neighbor?.Address ?? "",
                Mac = row.Mac,
                Destination = row.Destination,
                Fdb = row,
                Neighbor = neighbor,
                Route = route,
                Device = device,
                State = checks.Status,
                Reason = checks.Reason,
                Evidence = checks.Evidence,
            };
        }
    }

    private static string Name(OverlayLease lease) => lease.Node.Length > 0 ? lease.Node : lease.PublicIP;

    // collects what is wrong; the worst part gives the status
    private sealed class Checks
    {
        private readonly List<string> _reasons = [];
        private readonly List<SourceLine> _evidence = [];

        public OverlayStatus Status { get; private set; }

        public string Reason => string.Join("; ", _reasons);

        public IReadOnlyList<string> Evidence => new Proofs(_evidence);

        public void Add(OverlayStatus status, string reason, SourceLine? proof = null)
        {
            if (status > Status) Status = status;
            _reasons.Add(reason);
            Prove(proof);
        }

        public void Prove(params ReadOnlySpan<SourceLine?> lines)
        {
            foreach (var line in lines)
            {
                if (line is not null) _evidence.Add(line);
            }
        }
    }
}
