namespace GravityNet.Netfilter;

/// <summary>In what a node's rules for a service port differ.</summary>
internal enum ServiceNodeDifferenceKind
{
    /// <summary>The rules lead to an endpoint that the API does not have, or that is not ready.</summary>
    StaleEndpoint,

    /// <summary>No rule leads to a ready endpoint that the API has.</summary>
    MissingEndpoint,

    /// <summary>The rules do not take the service's traffic, or refuse it.</summary>
    MissingJump,

    /// <summary>Clients keep their endpoint for another time than the API says.</summary>
    Affinity,

    /// <summary>The rules are of a service port that the API does not have.</summary>
    StaleService,

    /// <summary>A problem of the chains: see <see cref="ServiceNatChain.Problems"/>.</summary>
    Problem,

    /// <summary>Who is right is not known: the rules lead to an endpoint that those of other nodes do not lead to.</summary>
    OtherEndpoint,

    /// <summary>Who is right is not known: clients keep their endpoint for another time than on other nodes.</summary>
    OtherAffinity,

    /// <summary>Who is right is not known: the node has rules for a service port that other nodes have none for.</summary>
    OtherService,

    /// <summary>kube-proxy works in another mode than on other nodes.</summary>
    OtherMode,
}
