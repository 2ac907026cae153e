namespace GravityNet.Overlay;

/// <summary>
/// Compares the homes that hold leases. A home without any is none of flannel's and proves nothing; two that hold leases must say the same, for
/// some nodes may read one and some the other (as in an upgrade from etcd's v2 store to v3 that stopped half way).
/// </summary>
internal static class LeaseHomes
{
    /// <summary>The home's name in leases and facts.</summary>
    public static string NameOf(LeaseSource home) => home switch
    {
        LeaseSource.EtcdV2 => "etcd-v2",
        LeaseSource.EtcdV3 => "etcd-v3",
        LeaseSource.Kubernetes => "kubernetes",
        _ => "",
    };

    /// <summary>The leases, each with what another home says otherwise, and one sentence for each pair of homes that do not agree.</summary>
    public static (IReadOnlyList<OverlayLease> Leases, IReadOnlyList<string> Splits) Compare(IReadOnlyList<OverlayLease> leases)
    {
        var homes = leases.GroupBy(l => l.Home, StringComparer.Ordinal).OrderBy(h => h.Key, StringComparer.Ordinal).ToList();
        if (homes.Count < 2) return (leases, []);
        var bySubnet = homes.ToDictionary(h => h.Key, h => h.GroupBy(l => l.Subnet).ToDictionary(g => g.Key, g => g.First()));
        var splits = new List<string>();
        for (var one = 0; one < homes.Count; one++)
        {
            for (var other = one + 1; other < homes.Count; other++)
            {
                if (Describe(homes[one].Key, homes[other].Key) is { Length: > 0 } split) splits.Add(split);
            }
        }

        return ([.. leases.Select(l => l with { Split = SplitOf(l) })], splits);

        string SplitOf(OverlayLease lease) => string.Join("; ", homes.Where(h => h.Key != lease.Home).Select(h =>
            !bySubnet[h.Key].TryGetValue(lease.Subnet, out var twin) ? $"not in {h.Key}"
            : Difference(lease, twin) is { Length: > 0 } difference ? $"{h.Key} has {difference}" : "").Where(s => s.Length > 0));

        string Describe(string one, string other)
        {
            var parts = new List<string>();
            var differing = bySubnet[one].Values.Where(l => bySubnet[other].TryGetValue(l.Subnet, out var twin) && Difference(l, twin).Length > 0).Select(l => l.Subnet).ToList();
            if (differing.Count > 0) parts.Add($"{Names(differing)} not the same in both");
            if (bySubnet[one].Keys.Except(bySubnet[other].Keys).ToList() is { Count: > 0 } onlyOne) parts.Add($"{Names(onlyOne)} only in {one}");
            if (bySubnet[other].Keys.Except(bySubnet[one].Keys).ToList() is { Count: > 0 } onlyOther) parts.Add($"{Names(onlyOther)} only in {other}");
            return parts.Count == 0 ? "" : $"{one} and {other} both hold leases and do not agree: {string.Join("; ", parts)}";
        }
    }

    private static string Names(List<string> subnets)
    {
        subnets.Sort(StringComparer.Ordinal);
        return string.Join(", ", subnets.Take(5)) + (subnets.Count > 5 ? $" and {subnets.Count - 5} more" : "");
    }

    // what the other says, for the values that both know: older flannel writes no VNI
    private static string Difference(OverlayLease lease, OverlayLease other)
    {
        var parts = new List<string>();
        if (lease.PublicIP != other.PublicIP) parts.Add($"PublicIP {Shown(other.PublicIP)}");
        if (!lease.VtepMAC.Equals(other.VtepMAC, StringComparison.OrdinalIgnoreCase)) parts.Add($"VtepMAC {Shown(other.VtepMAC)}");
        if (!lease.BackendType.Equals(other.BackendType, StringComparison.OrdinalIgnoreCase)) parts.Add($"BackendType {Shown(other.BackendType)}");
        if (lease.Vni is { } vni && other.Vni is { } otherVni && vni != otherVni) parts.Add($"VNI {otherVni}");
        return string.Join(", ", parts);
    }

    private static string Shown(string value) => value.Length > 0 ? value : "none";
}
