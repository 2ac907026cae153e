namespace GravityNet.Netfilter;

/// <summary>Where a packet to a service begins, as a node sees it.</summary>
internal enum ServiceSenderKind
{
    /// <summary>In a pod with a network of its own.</summary>
    Pod,

    /// <summary>On the node itself, or in a pod on the host's network.</summary>
    Node,

    /// <summary>Anywhere else.</summary>
    Outside,
}
