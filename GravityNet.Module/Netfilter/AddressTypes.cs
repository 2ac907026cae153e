namespace GravityNet.Netfilter;

/// <summary>
/// The types of addresses as a node's local routes have them (fib_frontend.c, <c>inet_dev_addr_type</c>; xt_addrtype.c): what no local route names is UNICAST.
/// </summary>
internal sealed class AddressTypes
{
    private static readonly (MaskedAddress Network, string Type)[] Fixed =
    [
        (MaskedAddress.Parse("0.0.0.0/8")!.Value, "BROADCAST"),
        (MaskedAddress.Parse("255.255.255.255")!.Value, "BROADCAST"),
        (MaskedAddress.Parse("224.0.0.0/4")!.Value, "MULTICAST"),
        (MaskedAddress.Parse("ff00::/8")!.Value, "MULTICAST"),
    ];

    // the longest prefix first
    private readonly List<(MaskedAddress Network, string Type, string Device)> _local;

    private AddressTypes(IEnumerable<(MaskedAddress Network, string Type, string Device)> local) =>
        _local = [.. local.OrderByDescending(l => UInt128.PopCount(l.Network.Mask))];

    /// <summary>What a node's routes tell, or where table local is not in them its addresses; null where neither is known.</summary>
    public static AddressTypes? Of(NodeState node)
    {
        var routes = node.Routes.Records.Where(r => r.Table == "local").ToList();
        if (routes.Count > 0) return new(Read(routes.Select(r => (r.Destination, r.Type.ToUpperInvariant(), r.Interface))));
        if (!node.Links.IsKnown) return null;
        return new(Read(node.Links.Records.SelectMany(link => link.Addresses.SelectMany(a => ((string, string, string)[])[(a.Address, "LOCAL", link.Interface), (a.Broadcast, "BROADCAST", link.Interface)]))
            .Append(("127.0.0.0/8", "LOCAL", "lo"))));
    }

    /// <summary>The type of an address; null where only a part of it is known, and that does not tell.</summary>
    /// <param name="address">The address.</param>
    /// <param name="device">The interface whose local routes alone count; null for all.</param>
    public string? Find(MaskedAddress address, string? device)
    {
        foreach (var (network, type) in Fixed)
        {
            if (address.IsIn(network) is var answer && answer != Ternary.No) return answer == Ternary.Yes ? type : null;
        }

        foreach (var (network, type, on) in _local)
        {
            if (address.IsIn(network) is var answer && answer == Ternary.No) continue;
            return answer == Ternary.Unknown ? null : device is null || device == on ? type : "UNICAST";
        }

        return "UNICAST";
    }

    private static IEnumerable<(MaskedAddress, string, string)> Read(IEnumerable<(string Network, string Type, string Device)> routes)
    {
        foreach (var (text, type, device) in routes)
        {
            if (MaskedAddress.Parse(text) is { } network) yield return (network, type, device);
        }
    }
}
