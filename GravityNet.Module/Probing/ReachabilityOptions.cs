namespace GravityNet.Probing;

/// <summary>What is tested, and how.</summary>
internal sealed record ReachabilityOptions
{
    /// <summary>The pairs.</summary>
    public IReadOnlyList<ProbeSelection> Selections { get; init; } = [ProbeSelection.All];

    /// <summary>The nodes that probes start from; none means all.</summary>
    public IReadOnlyCollection<string> Nodes { get; init; } = [];

    /// <summary>What is sent.</summary>
    public ProbeProtocols Protocols { get; init; }

    /// <summary>Echo requests a probe, 1 to 20. A single one that is lost is sent once more.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Seconds to wait for an answer, 1 to 10.</summary>
    public int TimeoutSeconds { get; init; } = 1;

    /// <summary>Whether failing pairs are looked into.</summary>
    public bool Isolate { get; init; } = true;
}
