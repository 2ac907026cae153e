namespace GravityNet.Probing;

/// <summary>
/// Which pairs are wanted: every origin of the one list to every target of the other.
/// </summary>
/// <param name="From">Origins; none means the nodes and one pod a node.</param>
/// <param name="To">Targets; none means each node's flannel.1, cni0 and one pod, and the DNS service with its pods.</param>
internal sealed record ProbeSelection(IReadOnlyList<NamePattern> From, IReadOnlyList<NamePattern> To)
{
    /// <summary>All that is tested when nothing is named.</summary>
    public static ProbeSelection All { get; } = new([], []);

    /// <summary>The protocols of this selection; null for those of the options.</summary>
    public ProbeProtocols? Protocols { get; init; }

    /// <summary>The one port that is wanted; 0 for those that the target has.</summary>
    public int Port { get; init; }

    /// <summary>The probe of a result, once more.</summary>
    public static ProbeSelection Again(ReachabilityResult result) =>
        new([NamePattern.Literal(result.From)], [NamePattern.Literal(result.Address)])
        {
            Protocols = Enum.Parse<ProbeProtocols>(result.Protocol, ignoreCase: true),
            Port = result.Port ?? 0,
        };
}
