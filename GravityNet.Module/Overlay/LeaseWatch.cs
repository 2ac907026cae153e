using GravityNet.Facts;
using GravityNet.Sources;

namespace GravityNet.Overlay;

/// <summary>
/// Makes changes of what the watched homes tell: keeps the leases of each home and compares. The first list of a home is where it starts from.
/// </summary>
/// <param name="nodes">The Kubernetes nodes, to name the holders; null where unknown.</param>
/// <param name="addresses">The underlay address of each known node.</param>
internal sealed class LeaseWatch(IReadOnlyList<KubeNode>? nodes, IReadOnlyDictionary<string, string> addresses)
{
    private readonly Dictionary<LeaseSource, Dictionary<string, OverlayLease>> _homes = [];
    private readonly Lock _gate = new();

    /// <summary>The changes that an event means; none for the first list, and for a value that is written again.</summary>
    public IReadOnlyList<OverlayLeaseChange> Apply(LeaseStoreEvent told, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (told.Kind is not (LeaseStoreEventKind.Listed or LeaseStoreEventKind.Set or LeaseStoreEventKind.Deleted or LeaseStoreEventKind.Expired)) return [];
            var first = !_homes.TryGetValue(told.Home, out var known);
            if (known is null) _homes[told.Home] = known = new(StringComparer.Ordinal);
            var read = told.Kind is LeaseStoreEventKind.Listed or LeaseStoreEventKind.Set ? Read(told) : [];
            var gone = told.Kind == LeaseStoreEventKind.Listed ? known.Keys.Except(read.Select(l => l.Key)).ToList()
                : read.Count == 0 && known.ContainsKey(told.Key) ? [told.Key] : [];
            var changes = new List<OverlayLeaseChange>();
            foreach (var key in gone)
            {
                known.Remove(key, out var before);
                changes.Add(Change(told.Kind == LeaseStoreEventKind.Expired ? "Expired" : "Removed", null, before!));
            }

            foreach (var lease in read)
            {
                var word = !known.TryGetValue(lease.Key, out var before) ? "Added" : Same(before, lease) ? Renewed(told, before, lease) : "Changed";
                known[lease.Key] = lease;
                if (word.Length > 0) changes.Add(Change(word, lease, before));
            }

            return first ? [] : changes;
        }

        OverlayLeaseChange Change(string word, OverlayLease? lease, OverlayLease? before) => new()
        {
            Time = now,
            Change = word,
            Node = (lease ?? before)!.Node,
            Subnet = (lease ?? before)!.Subnet,
            Lease = lease,
            Before = before,
            Home = (lease ?? before)!.Home,
        };
    }

    private IReadOnlyList<OverlayLease> Read(LeaseStoreEvent told)
    {
        if (told.Home != LeaseSource.Kubernetes) return LeaseReader.Read([new FactResult(LeaseHomes.NameOf(told.Home), told.Text)], nodes, addresses, told.Home).Leases;
        return LeaseReader.Read([], KubeObjects.From([new FactResult("kube-nodes", told.Text)]).Nodes, addresses, told.Home).Leases;
    }

    private static bool Same(OverlayLease one, OverlayLease other) =>
        (one.Subnet, one.PublicIP, one.VtepMAC, one.Vni, one.BackendType) == (other.Subnet, other.PublicIP, other.VtepMAC, other.Vni, other.BackendType);

    // a node is written every few seconds for other reasons, and has no end; the v3 store hides the end, so each writing is taken for a renewal
    private static string Renewed(LeaseStoreEvent told, OverlayLease before, OverlayLease lease) =>
        told.Kind == LeaseStoreEventKind.Set && (told.Home == LeaseSource.EtcdV3 || before.Expires != lease.Expires) ? "Renewed" : "";
}
