namespace GravityNet;

/// <summary>
/// One address and port behind a service, from its EndpointSlices, or from its Endpoints where the API has no slices.
/// </summary>
/// <param name="Namespace">The service's namespace.</param>
/// <param name="Service">The service's name.</param>
/// <param name="Address">The endpoint's address.</param>
/// <param name="Port">The endpoint's port; 0 for a service without ports.</param>
public sealed record ServiceEndpoint(string Namespace, string Service, string Address, int Port)
{
    /// <summary>The service port's name; empty where it has none.</summary>
    public string PortName { get; init; } = "";

    /// <summary>tcp, udp or sctp.</summary>
    public string Protocol { get; init; } = "tcp";

    /// <summary>Whether it takes new connections. The API's missing value counts as true.</summary>
    public bool Ready { get; init; } = true;

    /// <summary>Whether it answers, terminating or not.</summary>
    public bool Serving { get; init; } = true;

    /// <summary>Whether its pod is being deleted.</summary>
    public bool Terminating { get; init; }

    /// <summary>The node of the endpoint; empty where the API does not tell (an address outside the cluster).</summary>
    public string Node { get; init; } = "";

    /// <summary>The pod, in the service's namespace; empty where the endpoint is no pod.</summary>
    public string Pod { get; init; } = "";

    /// <summary>
    /// When what made the API change the service's endpoints for the last time happened (the annotation <c>endpoints.kubernetes.io/last-change-trigger-time</c>); null where
    /// the API does not tell.
    /// </summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>What this was read from.</summary>
    public required SourceLine Source { get; init; }
}
