namespace GravityNet.Netfilter;

/// <summary>How a rule's endpoint stands in the API.</summary>
internal enum EndpointState
{
    /// <summary>The API's endpoints are not known.</summary>
    Unknown,

    /// <summary>Among the service's ready endpoints.</summary>
    Live,

    /// <summary>A rule sends traffic to it, and the service has no such endpoint.</summary>
    Stale,

    /// <summary>An endpoint of the service that is not ready.</summary>
    NotReady,

    /// <summary>An endpoint whose pod is being deleted.</summary>
    Terminating,

    /// <summary>A ready endpoint of the service without a rule.</summary>
    Missing,
}
