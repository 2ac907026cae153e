namespace GravityNet.Overlay;

/// <summary>
/// The leases of a cluster, wherever they live.
/// </summary>
/// <param name="Leases">All leases of all homes.</param>
/// <param name="Configs">The network configuration of each home that has one.</param>
/// <param name="Problems">What a home did not answer or what could not be read, one sentence each.</param>
public sealed record LeaseTable(IReadOnlyList<OverlayLease> Leases, IReadOnlyList<OverlayConfig> Configs, IReadOnlyList<string> Problems)
{
    /// <summary>The configuration; null where no home has one (leases kept as node annotations: it is in a ConfigMap there).</summary>
    public OverlayConfig? Config => Configs.Count > 0 ? Configs[0] : null;

    /// <summary>Whether leases could be read at all. No leases and no problems means that there are none.</summary>
    public bool IsKnown => Leases.Count > 0 || Problems.Count == 0;

    /// <summary>Those of the problems that are no unreadable key: a home did not answer, or was not asked, and what it holds is unknown.</summary>
    public IReadOnlyList<string> Unheard { get; init; } = [];

    /// <summary>Two homes that hold leases and do not agree, one sentence a pair. Flannel reads one home alone: the other is old, or another's.</summary>
    public IReadOnlyList<string> Splits { get; init; } = [];

    /// <summary>The homes that hold leases.</summary>
    public IEnumerable<string> Homes => Leases.Select(l => l.Home).Distinct().Order(StringComparer.Ordinal);
}
