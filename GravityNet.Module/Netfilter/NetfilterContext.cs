namespace GravityNet.Netfilter;

/// <summary>
/// What rules ask for beside the packet: the node's addresses and sets. Null is unknown.
/// </summary>
internal sealed record NetfilterContext
{
    /// <summary>Nothing is known.</summary>
    public static NetfilterContext Unknown { get; } = new();

    /// <summary>
    /// The type of an address in the node's local routes (addrtype: <c>LOCAL</c>, <c>UNICAST</c>, <c>BROADCAST</c>, <c>MULTICAST</c>), on one interface alone where the
    /// second argument names one. Gives null where it is not known.
    /// </summary>
    public Func<MaskedAddress, string?, string?>? AddressType { get; init; }

    /// <summary>The node's sets by name.</summary>
    public IReadOnlyDictionary<string, Ipset>? Sets { get; init; }

    /// <summary>The address that MASQUERADE gives a packet that leaves by an interface, and REDIRECT one that comes in by it. Gives null where it is not known.</summary>
    public Func<string, bool, MaskedAddress?>? InterfaceAddress { get; init; }
}
