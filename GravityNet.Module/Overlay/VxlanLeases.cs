using System.Runtime.CompilerServices;

namespace GravityNet.Overlay;

/// <summary>The leases of the vxlan backend, by what two of them must not share.</summary>
internal sealed class VxlanLeases
{
    private static readonly ConditionalWeakTable<LeaseTable, VxlanLeases> Known = [];

    private VxlanLeases(LeaseTable table)
    {
        // other backends (host-gw) have no VTEP and no rows
        All = [.. table.Leases.Where(l => l.BackendType is "vxlan" or "")];
        BySubnet = All.ToLookup(l => l.Subnet, StringComparer.Ordinal);
        ByMac = All.ToLookup(l => l.VtepMAC, StringComparer.Ordinal);
        ByPublicIP = All.ToLookup(l => l.PublicIP, StringComparer.Ordinal);
        ByAddress = All.ToLookup(l => l.Address, StringComparer.Ordinal);
    }

    /// <summary>All of them, in the table's order.</summary>
    public List<OverlayLease> All { get; }

    /// <summary>By subnet.</summary>
    public ILookup<string, OverlayLease> BySubnet { get; }

    /// <summary>By the device's MAC; those without one under an empty text.</summary>
    public ILookup<string, OverlayLease> ByMac { get; }

    /// <summary>By the node's address.</summary>
    public ILookup<string, OverlayLease> ByPublicIP { get; }

    /// <summary>By the subnet's first address, which is the device's.</summary>
    public ILookup<string, OverlayLease> ByAddress { get; }

    /// <summary>The leases of a table; made once.</summary>
    public static VxlanLeases Of(LeaseTable table) => Known.GetValue(table, t => new(t));
}
