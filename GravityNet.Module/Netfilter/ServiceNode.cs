using System.Collections.Concurrent;
using GravityNet.Routing;

namespace GravityNet.Netfilter;

/// <summary>
/// What of a node, beside its rules, decides what becomes of a packet to a service: its addresses, its pods' bridge and network, its routes. What was not collected is
/// unknown, and so is what depends on it.
/// </summary>
internal sealed class ServiceNode
{
    // of the networks that no host has (RFC 5737, RFC 3849): somebody outside whom no rule names
    private static readonly (string IPv4, string IPv6) Stranger = ("198.51.100.1", "2001:db8::1");

    private readonly NodeState? _state;
    private readonly KubeObjects? _objects;
    private readonly Lazy<RouteLookup?> _routes;
    private readonly ConcurrentDictionary<MaskedAddress, string?> _ways = [];
    private readonly ConcurrentDictionary<MaskedAddress, bool?> _own = [];

    public ServiceNode(string name, bool isIPv6, NodeState? state, KubeObjects? objects)
    {
        (Name, IsIPv6, _state, _objects) = (name, isIPv6, state, objects);
        _routes = new(() => _state is { Routes.Records.Count: > 0 } known && (IsIPv6 ? known.Rules6 : known.Rules).Records.Count > 0 ? RouteLookup.Of(known) : null);
        Address = OwnAddress();
        var links = state?.Links.Records ?? [];
        var bridge = links.FirstOrDefault(l => l.Interface is "cni0") ?? links.FirstOrDefault(l => l.Interface is "cbr0" or "docker0");
        Bridge = bridge?.Interface;
        if (_state?.Sysctl($"net.bridge.bridge-nf-call-ip{(isIPv6 ? "6" : "")}tables") is { } calls)
            BridgePort = calls.Value == "0" ? "" : links.FirstOrDefault(l => l.Master == Bridge && Bridge is not null)?.Interface;
        PodNetwork = bridge?.Addresses.Where(a => a.Family == Family && a.Scope == "global").Select(a => Network(a.Address, a.PrefixLength)).FirstOrDefault()
            ?? (objects?.Nodes?.FirstOrDefault(n => n.Name == name) is { PodCidr.Length: > 0 } node && MaskedAddress.Parse(node.PodCidr) is { } cidr && cidr.IsIPv6 == isIPv6 ? cidr : null);
        Uplink = links.FirstOrDefault(l => Address.Length > 0 && l.Addresses.Any(a => a.Address == Address))?.Interface;
        var context = state is null ? NetfilterContext.Unknown : NetfilterContext.Of(state);
        // without the node's own addresses the API still knows many
        Context = context with { AddressType = (address, device) => context.AddressType?.Invoke(address, device) ?? ByApi(address) };
    }

    /// <summary>The node's name, as the API knows it.</summary>
    public string Name { get; }

    /// <summary>The family that is looked at.</summary>
    public bool IsIPv6 { get; }

    /// <summary>The node's own address, which node ports are asked at; empty where unknown.</summary>
    public string Address { get; }

    /// <summary>The bridge of the node's pods; null where unknown.</summary>
    public string? Bridge { get; }

    /// <summary>A port of that bridge, as rules see it behind a packet of a pod; empty where bridged packets are not shown to iptables; null where unknown.</summary>
    public string? BridgePort { get; }

    /// <summary>The network of the node's pods; null where unknown.</summary>
    public MaskedAddress? PodNetwork { get; }

    /// <summary>The interface with the node's own address; null where unknown.</summary>
    public string? Uplink { get; }

    /// <summary>What rules ask for beside the packet.</summary>
    public NetfilterContext Context { get; }

    /// <summary>Whether an address is one of the node's; null where unknown.</summary>
    public bool? IsLocal(MaskedAddress? address) => address is { } known
        ? _own.GetOrAdd(known, static (at, context) => context.AddressType!(at, null) is { } type ? type == "LOCAL" : null, Context) : null;

    /// <summary>The interface that a packet to an address leaves by; null where unknown.</summary>
    public string? Towards(MaskedAddress address)
    {
        if (_ways.TryGetValue(address, out var known)) return known;
        if (Bridge is not null && PodNetwork is { } own && address.IsIn(own) == Ternary.Yes) return _ways[address] = Bridge;
        if (!address.IsWhole || _routes.Value is not { } routes) return _ways[address] = null;
        // a lookup makes tables as it needs them
        lock (routes) return _ways[address] = routes.Find(new(address.ToString())) is { Interface.Length: > 0 } found ? found.Interface : null;
    }

    /// <summary>The packet that begins a connection of a sender.</summary>
    public NetfilterPacket First(ServiceSender sender, MaskedAddress? destination, int port, string protocol, IEnumerable<ServiceEndpoint> endpoints)
    {
        var kind = sender.Kind;
        // a pod of another node comes over the overlay, and what it met there is not looked at here
        var isRemote = kind == ServiceSenderKind.Pod && sender.Host.Length > 0 && sender.Host != Name;
        return new()
        {
            IsIPv6 = IsIPv6,
            Protocol = IpProtocol.Number(protocol),
            Source = Source(sender, endpoints),
            Destination = destination,
            DestinationPort = port,
            InInterface = kind == ServiceSenderKind.Node ? "" : kind == ServiceSenderKind.Pod ? (isRemote ? null : Bridge) : Uplink,
            PhysicalIn = kind == ServiceSenderKind.Pod && !isRemote ? BridgePort : "",
            PhysicalOut = "",
            Mark = KnownBits.Of(0),
            ConnectionMark = KnownBits.Of(0),
            State = PacketState.New,
            IsDestinationTranslated = false,
            IsSourceTranslated = false,
            TcpFlags = KnownBits.Of(2),
            IsFragment = false,
        };
    }

    private string Family => IsIPv6 ? "inet6" : "inet";

    private MaskedAddress? Source(ServiceSender sender, IEnumerable<ServiceEndpoint> endpoints)
    {
        if (MaskedAddress.Parse(sender.Address) is { } given && given.IsIPv6 == IsIPv6) return given;
        return sender.Kind switch
        {
            ServiceSenderKind.Node => MaskedAddress.Parse(Address),
            ServiceSenderKind.Outside => MaskedAddress.Parse(IsIPv6 ? Stranger.IPv6 : Stranger.IPv4),
            _ => AnyPod(endpoints),
        };
    }

    // The last address of the pods' network that no endpoint has. Where the network is not known, a pod's.
    private MaskedAddress? AnyPod(IEnumerable<ServiceEndpoint> endpoints)
    {
        var taken = endpoints.Select(e => e.Address).ToHashSet(StringComparer.Ordinal);
        if (PodNetwork is { } network)
        {
            var hosts = (IsIPv6 ? UInt128.MaxValue : uint.MaxValue) & ~network.Mask;
            for (var host = hosts - 1; host > 1 && hosts - host < 64; host--)
            {
                var address = new MaskedAddress(IsIPv6, network.Bits | host, IsIPv6 ? UInt128.MaxValue : uint.MaxValue);
                if (!taken.Contains(address.ToString())) return address;
            }
        }

        return _objects?.Pods?.Where(p => p.Node == Name && p is { HostNetwork: false, IsAlive: true })
            .SelectMany(p => p.Addresses).Where(a => Addresses.IsIPv6(a) == IsIPv6 && !taken.Contains(a)).Select(a => MaskedAddress.Parse(a)).FirstOrDefault();
    }

    private static MaskedAddress? Network(string address, int length) =>
        MaskedAddress.Parse(address) is { } parsed ? MaskedAddress.Of(parsed.IsIPv6, parsed.Bits, length) : null;

    private string OwnAddress()
    {
        var told = _objects?.Nodes?.FirstOrDefault(n => n.Name == Name)?.InternalIP ?? "";
        if (told.Length > 0 && Addresses.IsIPv6(told) == IsIPv6) return told;
        if (_state is not { } state) return "";
        if (state.Address.Length > 0 && Addresses.IsIPv6(state.Address) == IsIPv6) return state.Address;
        var uplinks = state.Links.Records.Where(l => l is { Interface: not ("cni0" or "cbr0" or "docker0" or "lo"), Vxlan: null, Master: "" });
        return uplinks.SelectMany(l => l.Addresses).FirstOrDefault(a => a.Family == Family && a.Scope == "global")?.Address ?? "";
    }

    private string? ByApi(MaskedAddress address)
    {
        if (!address.IsWhole) return null;
        var text = address.ToString();
        if (_objects?.Nodes?.FirstOrDefault(n => n.InternalIP == text) is { } node) return node.Name == Name ? "LOCAL" : "UNICAST";
        return IsServiceOrPod(text) ? "UNICAST" : null;
    }

    private bool IsServiceOrPod(string address) => _objects is not null
        && (_objects.PodAt(address) is not null || _objects.ServiceAt(address) is not null);
}
