namespace GravityNet.Netfilter;

/// <summary>
/// One service port to be looked up in a node's rules, from the API or, where that is not known, from the rules themselves.
/// </summary>
internal sealed record ServicePortKey(string Namespace, string Service, string PortName, string Protocol)
{
    public string Address { get; init; } = "";

    public int Port { get; init; }

    public int? NodePort { get; init; }

    public IReadOnlyList<string> ExternalIPs { get; init; } = [];

    public IReadOnlyList<string> LoadBalancerIPs { get; init; } = [];

    /// <summary>Both.</summary>
    public IReadOnlyList<string> ExternalAddresses => LoadBalancerIPs.Count == 0 ? ExternalIPs : [.. ExternalIPs, .. LoadBalancerIPs];

    public string Type { get; init; } = "ClusterIP";

    /// <summary>The service in the API; null where it is not there, or not known.</summary>
    public Service? Of { get; init; }

    /// <summary>Whether traffic to the cluster address may go to endpoints of the node alone.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Whether the API has this service port; null where it is not known.</summary>
    public bool? InApi { get; init; }

    /// <summary><c>NAMESPACE/NAME:PORT</c> in its parts; empty parts for another text. Service names hold no colon.</summary>
    public static ServicePortKey Parse(string servicePort, string protocol)
    {
        var slash = servicePort.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return new("", "", "", protocol);
        var colon = servicePort.IndexOf(':', slash);
        return colon < 0
            ? new(servicePort[..slash], servicePort[(slash + 1)..], "", protocol)
            : new(servicePort[..slash], servicePort[(slash + 1)..colon], servicePort[(colon + 1)..], protocol);
    }
}
