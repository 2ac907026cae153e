namespace GravityNet.Netfilter;

/// <summary>What the comparison of a service port's rules with the API gave.</summary>
internal enum ServiceChainStatus
{
    /// <summary>Traffic goes to the service's ready endpoints and to no other.</summary>
    Ok,

    /// <summary>The rules or the endpoints are not known.</summary>
    Unknown,

    /// <summary>Traffic goes where it should, and the chains have something wrong.</summary>
    Flawed,

    /// <summary>A ready endpoint gets no traffic.</summary>
    Missing,

    /// <summary>Some traffic goes to an address that is no ready endpoint of the service.</summary>
    Stale,

    /// <summary>No endpoint: the node refuses or drops the traffic.</summary>
    NoEndpoints,

    /// <summary>The traffic does not come to the service's chain.</summary>
    NoJump,

    /// <summary>The service has no address of its own: no rule has a part in its traffic.</summary>
    Headless,

    /// <summary>The service is a name that DNS answers with another name: no rule has a part in its traffic.</summary>
    ExternalName,

    /// <summary>The API has no such service port, and chains of it are left.</summary>
    Ghost,
}
