namespace GravityNet.Netfilter;

/// <summary>The five places where the kernel shows IP packets to rules.</summary>
internal enum NetfilterHook
{
    /// <summary>A packet arrived, before routing.</summary>
    Prerouting,

    /// <summary>Routing found that it is for the node itself.</summary>
    Input,

    /// <summary>Routing found that it goes on to somewhere else.</summary>
    Forward,

    /// <summary>A packet of the node's own, after routing.</summary>
    Output,

    /// <summary>A packet is about to leave.</summary>
    Postrouting,
}
