namespace GravityNet.Netfilter;

/// <summary>How the nodes' rules for a service port stand to each other and to the API.</summary>
internal enum ServiceNodeStatus
{
    /// <summary>All nodes' rules are what the API has.</summary>
    Ok,

    /// <summary>The nodes agree, and what the API has is not known; or too little of a node is known to compare it.</summary>
    Unknown,

    /// <summary>The nodes' rules differ, and who is right is not known.</summary>
    Differing,

    /// <summary>Some nodes' rules are not what the API has.</summary>
    Lagging,
}
