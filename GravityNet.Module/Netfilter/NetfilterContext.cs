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

    /// <summary>What a node's facts tell. They are looked at when a rule first asks.</summary>
    public static NetfilterContext Of(NodeState node)
    {
        var types = new Lazy<AddressTypes?>(() => AddressTypes.Of(node));
        return new()
        {
            AddressType = (address, device) => types.Value?.Find(address, device),
            Sets = node.Ipsets.IsKnown ? node.Ipsets.Records.DistinctBy(s => s.Name).ToDictionary(s => s.Name) : null,
            InterfaceAddress = (device, isIPv6) => AddressOf(node, device, isIPv6),
        };
    }

    // Of several addresses the kernel takes one by the next hop (inet_select_addr), which is not known here.
    private static MaskedAddress? AddressOf(NodeState node, string device, bool isIPv6)
    {
        var addresses = node.Link(device)?.Addresses.Where(a => a.Family == (isIPv6 ? "inet6" : "inet") && a.Scope == "global" && !a.Flags.Contains("secondary")).Take(2).ToList();
        return addresses is [var only] ? MaskedAddress.Parse(only.Address) : null;
    }
}
