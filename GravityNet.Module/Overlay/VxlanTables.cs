using System.Runtime.CompilerServices;

namespace GravityNet.Overlay;

/// <summary>
/// What of a node's tables is the VXLAN device's, by what it is looked for: in a cluster of a thousand nodes each has a thousand rows in each table.
/// </summary>
internal sealed class VxlanTables
{
    private static readonly ConditionalWeakTable<NodeState, VxlanTables> Known = [];
    private readonly Lazy<ILookup<string, Route>> _routes;
    private readonly Lazy<ILookup<string, Neighbor>> _neighborsByAddress;
    private readonly Lazy<ILookup<string, Neighbor>> _neighborsByMac;
    private readonly Lazy<List<FdbEntry>> _rows;
    private readonly Lazy<ILookup<string, FdbEntry>> _rowsByMac;
    private readonly Lazy<ILookup<string, FdbEntry>> _rowsByDestination;

    private VxlanTables(NodeState node)
    {
        Device = VxlanFdb.DeviceOf(node);
        Name = Device?.Interface ?? "flannel.1";
        _routes = new(() => node.Routes.Records.Where(r => r.Table == "main" && r.Type == "unicast").ToLookup(r => r.Destination, StringComparer.Ordinal));
        _neighborsByAddress = new(() => node.Neighbors.Records.Where(n => n.Interface == Name).ToLookup(n => n.Address, StringComparer.Ordinal));
        _neighborsByMac = new(() => node.Neighbors.Records.Where(n => n.Interface == Name).ToLookup(n => n.Mac, StringComparer.Ordinal));
        _rows = new(() => [.. node.Fdb.Records.Where(f => f.Interface == Name && f.Destination.Length > 0)]);
        _rowsByMac = new(() => Rows.ToLookup(f => f.Mac, StringComparer.Ordinal));
        _rowsByDestination = new(() => Rows.ToLookup(f => f.Destination, StringComparer.Ordinal));
    }

    /// <summary>The node's VXLAN device; null where it has none.</summary>
    public Link? Device { get; }

    /// <summary>The device's name, or the one that it should have.</summary>
    public string Name { get; }

    /// <summary>The unicast routes of the main table by destination, those of other devices too.</summary>
    public ILookup<string, Route> Routes => _routes.Value;

    /// <summary>The device's neighbor entries by address.</summary>
    public ILookup<string, Neighbor> NeighborsByAddress => _neighborsByAddress.Value;

    /// <summary>The device's neighbor entries by MAC.</summary>
    public ILookup<string, Neighbor> NeighborsByMac => _neighborsByMac.Value;

    /// <summary>The device's rows that send to somebody.</summary>
    public IReadOnlyList<FdbEntry> Rows => _rows.Value;

    /// <summary>These by MAC.</summary>
    public ILookup<string, FdbEntry> RowsByMac => _rowsByMac.Value;

    /// <summary>These by whom they send to.</summary>
    public ILookup<string, FdbEntry> RowsByDestination => _rowsByDestination.Value;

    /// <summary>The tables of a node; made once.</summary>
    public static VxlanTables Of(NodeState node) => Known.GetValue(node, n => new(n));
}
