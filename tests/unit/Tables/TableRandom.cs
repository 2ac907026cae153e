using System.Globalization;

namespace GravityNet.UnitTests.Tables;

/// <summary>
/// Records of the tables by chance, with fields that go together as the tools print them: the same for the same seed.
/// </summary>
internal sealed class TableRandom(int seed)
{
    private static readonly SourceLine Nowhere = new("", "", 0, "");
    private readonly Random _random = new(seed);

    public Route Route()
    {
        var isIPv6 = Maybe(0.4);
        var type = Maybe(0.7) ? "unicast" : Pick("local", "broadcast", "multicast", "blackhole", "unreachable", "prohibit", "throw");
        var leads = type is "unicast" or "local" or "broadcast" or "multicast";
        var route = new Route
        {
            Node = "n",
            Source = Nowhere,
            Type = type,
            Destination = Maybe(0.1) ? "default" : Network(isIPv6),
            From = isIPv6 && Maybe(0.1) ? Network(true) : "",
            NexthopId = Maybe(0.1) ? _random.Next() : null,
            Tos = Maybe(0.1) ? Pick("0x10", "lowdelay", "AF11") : "",
            Gateway = leads && Maybe(0.6) ? Address(isIPv6) : "",
            Interface = leads ? Interface() : "",
            Table = Maybe(0.6) ? "main" : Pick("local", "100", "4294967295"),
            Protocol = Maybe(0.5) ? Pick("kernel", "static", "dhcp", "186") : "",
            Scope = Maybe(0.5) ? Pick("link", "host", "nowhere") : "",
            PreferredSource = Maybe(0.3) ? Address(isIPv6) : "",
            Metric = Maybe(0.4) ? _random.NextInt64(0, 1L << 32) : null,
            Dead = Maybe(0.1),
            OnLink = Maybe(0.2),
            Pervasive = Maybe(0.05),
            Offload = Maybe(0.1),
            Trap = Maybe(0.1),
            LinkDown = Maybe(0.2),
            Unresolved = Maybe(0.05),
            RtOffload = Maybe(0.1),
            RtTrap = Maybe(0.1),
            RtOffloadFailed = Maybe(0.05),
            Realms = Maybe(0.1) ? Pick("7", "cosmos", "3/7") : "",
            ExpiresSeconds = Maybe(0.1) ? _random.Next(-9, 9999) : null,
            Error = Maybe(0.1) ? Maybe(0.5) ? -101 : 4294967195 : null,
            Users = Maybe(0.1) ? _random.Next() : null,
            Used = Maybe(0.1) ? _random.Next() : null,
            AgeSeconds = Maybe(0.1) ? _random.Next() : null,
            Metrics = Maybe(0.2) ? Metrics() : [],
            InputInterface = Maybe(0.05) ? Interface() : "",
            Preference = isIPv6 ? Pick("low", "medium", "high") : "",
        };
        return route with { GatewayFamily = route.Gateway.Length > 0 && !isIPv6 && Maybe(0.1) ? "inet6" : "" };
    }

    /// <summary>A route with several ways.</summary>
    public Route Multipath() => Route() with { Type = "unicast", Gateway = "", GatewayFamily = "", Interface = "", Nexthops = [.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ => Way())] };

    public BridgeLink Link()
    {
        // without -d none of the settings is printed, and with it the first is
        var hasSettings = Maybe(0.7);
        return new()
        {
            Node = "n",
            Source = Nowhere,
            Index = _random.Next(1, 100_000),
            Interface = Interface(),
            Peer = Maybe(0.7) ? Pick("if2", "eth0", "NONE") : "",
            Flags = [.. new[] { "NO-CARRIER", "BROADCAST", "MULTICAST", "UP", "LOWER_UP" }.Where(_ => Maybe(0.7)).Append("M-DOWN")],
            Mtu = _random.Next(68, 9001),
            Master = Maybe(0.9) ? "cni0" : "",
            State = Pick("disabled", "listening", "learning", "forwarding", "blocking"),
            Priority = _random.Next(64),
            Cost = _random.Next(1, 65536),
            Hairpin = hasSettings ? Maybe(0.5) : null,
            Guard = hasSettings ? Switch() : null,
            Learning = hasSettings ? Switch() : null,
            Flood = hasSettings ? Switch() : null,
            McastRouter = hasSettings && Maybe(0.5) ? _random.Next(4) : null,
            BackupPort = hasSettings && Maybe(0.2) ? Interface() : "",
            BackupNexthopId = hasSettings && Maybe(0.2) ? _random.Next() : null,
            Isolated = hasSettings ? Switch() : null,
            Mab = hasSettings ? Switch() : null,
            McastMaxGroups = hasSettings && Maybe(0.5) ? _random.Next() : null,
        };
    }

    public BridgeVlan Vlan()
    {
        var first = _random.Next(1, 4000);
        return new() { Node = "n", Source = Nowhere, Interface = Interface(), Vlan = first, LastVlan = Maybe(0.3) ? _random.Next(first + 1, 4095) : null, Pvid = Maybe(0.3), Untagged = Maybe(0.4) };
    }

    public Bridge Bridge() => new("n", Interface(), $"8000.{Mac().Replace(":", "", StringComparison.Ordinal)}", Maybe(0.3), [.. Enumerable.Range(0, _random.Next(5)).Select(i => $"veth{i}")]) { Source = Nowhere };

    public BridgeMac Station() => new(_random.Next(1, 1024), Mac(), Maybe(0.4), _random.Next(30_000) / 100.0) { Source = Nowhere };

    private RouteNexthop Way()
    {
        var isIPv6 = Maybe(0.3);
        return new()
        {
            Source = Nowhere,
            Gateway = Maybe(0.9) ? Address(isIPv6) : "",
            Interface = Interface(),
            Weight = _random.Next(1, 257),
            Realms = Maybe(0.1) ? Pick("7", "3/7") : "",
            Dead = Maybe(0.1),
            OnLink = Maybe(0.2),
            Offload = Maybe(0.1),
            Trap = Maybe(0.1),
            LinkDown = Maybe(0.2),
        };
    }

    public PolicyRule Rule(bool forKernel = false)
    {
        var action = Maybe(0.6) ? "lookup" : Pick("blackhole", "unreachable", "prohibit", "nop", forKernel ? "nop" : "goto");
        var isMarked = Maybe(0.4);
        var isForPorts = Maybe(0.3);
        var rule = new PolicyRule
        {
            Node = "n",
            Source = Nowhere,
            Priority = _random.NextInt64(0, 1L << 32),
            IsInverted = Maybe(0.2),
            From = Maybe(0.5) ? "all" : Network(false),
            To = Maybe(0.3) ? Network(false) : "",
            Tos = Maybe(0.1) ? Pick("0x08", "0x10", "0x04") : "",
            Mark = isMarked ? (uint)_random.NextInt64(1, 1L << 32) : null,
            InputInterface = Maybe(0.2) ? Pick("eth0", "eth1", "lo") : "",
            OutputInterface = Maybe(0.2) ? Pick("eth0", "eth1") : "",
            UidRange = Maybe(0.1) ? "1000-1999" : "",
            IpProtocol = isForPorts || Maybe(0.1) ? Pick("tcp", "udp") : "",
            SourcePort = isForPorts && Maybe(0.5) ? Port() : "",
            DestinationPort = isForPorts && Maybe(0.5) ? Port() : "",
            TunnelId = Maybe(0.1) ? _random.Next(1, int.MaxValue) : null,
            Action = action,
            Table = action == "lookup" ? Pick("main", "local", "7", "100000") : "",
            Realms = Maybe(0.1) ? "3/7" : "",
            GotoPriority = action == "goto" && Maybe(0.8) ? _random.Next() : null,
            Protocol = Maybe(0.2) ? "static" : "",
        };
        if (isMarked && Maybe(0.5)) rule = rule with { MarkMask = (uint)_random.NextInt64(1, (1L << 32) - 1), Mark = Maybe(0.2) ? 0 : rule.Mark };
        // the kernel keeps the masked bits alone
        if (rule is { Mark: { } mark, MarkMask: { } mask }) rule = rule with { Mark = mark & mask };
        if (action == "lookup" && Maybe(0.2)) rule = rule with { SuppressPrefixLength = _random.Next(0, 33), SuppressInterfaceGroup = Maybe(0.5) ? "default" : "" };
        if (forKernel) return rule;
        return rule with
        {
            InputDetached = rule.InputInterface.Length > 0 && Maybe(0.3),
            OutputDetached = rule.OutputInterface.Length > 0 && Maybe(0.3),
            L3mdev = action == "lookup" && Maybe(0.1),
            Unresolved = action == "goto" && Maybe(0.5),
            Dscp = Maybe(0.1) ? Pick("AF11", "0x10/0x30") : "",
            FlowLabel = Maybe(0.1) ? Pick("0x12345", "0x100/0xf00") : "",
        };
    }

    public Neighbor Neighbor() => new()
    {
        Node = "n",
        Source = Nowhere,
        Address = Address(Maybe(0.5)),
        Interface = Maybe(0.9) ? Interface() : "",
        Mac = Maybe(0.8) ? Mac() : "",
        Router = Maybe(0.2),
        Proxy = Maybe(0.1),
        Managed = Maybe(0.1),
        ExternLearn = Maybe(0.2),
        Offload = Maybe(0.1),
        ExternValid = Maybe(0.1),
        State = Pick("PERMANENT", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "INCOMPLETE", "NOARP", ""),
        Protocol = Maybe(0.2) ? "zebra" : "",
    };

    public FdbEntry Row()
    {
        var isRemote = Maybe(0.5);
        return new()
        {
            Node = "n",
            Source = Nowhere,
            Mac = Mac(),
            Interface = Interface(),
            Destination = isRemote && Maybe(0.8) ? Address(Maybe(0.3)) : "",
            Vlan = Maybe(0.2) ? _random.Next(1, 4095) : null,
            Port = isRemote && Maybe(0.2) ? _random.Next(1, 65536) : null,
            Vni = isRemote && Maybe(0.2) ? _random.Next(1 << 24) : null,
            SourceVni = isRemote && Maybe(0.2) ? _random.Next(1 << 24) : null,
            Via = isRemote && Maybe(0.2) ? Interface() : "",
            NexthopId = isRemote && Maybe(0.1) ? _random.Next() : null,
            LinkNetNsId = Maybe(0.1) ? _random.Next(9) : null,
            ActivityNotify = Maybe(0.1),
            Inactive = Maybe(0.1),
            Self = isRemote,
            Router = Maybe(0.1),
            ExternLearn = Maybe(0.2),
            Offload = Maybe(0.1),
            Sticky = Maybe(0.1),
            Locked = Maybe(0.1),
            Master = isRemote ? "" : "cni0",
            State = Pick("", "permanent", "static", "stale"),
        };
    }

    public NexthopObject Nexthop()
    {
        var isGroup = Maybe(0.4);
        var isResilient = isGroup && Maybe(0.4);
        return new()
        {
            Node = "n",
            Source = Nowhere,
            Id = _random.NextInt64(1, 1L << 32),
            Members = isGroup ? [.. Enumerable.Range(0, _random.Next(1, 9)).Select(_ => new NexthopMember(_random.Next(), _random.Next(1, 257)))] : [],
            Type = isResilient ? "resilient" : "",
            Buckets = isResilient ? _random.Next(1, 65536) : null,
            IdleTimer = isResilient ? _random.Next(1, 9999) / 4m : null,
            UnbalancedTimer = isResilient ? 0.5m : null,
            UnbalancedTime = isResilient ? 0m : null,
            Gateway = !isGroup && Maybe(0.8) ? Address(Maybe(0.5)) : "",
            Interface = isGroup ? "" : Interface(),
            Scope = Maybe(0.5) ? "link" : "",
            Blackhole = !isGroup && Maybe(0.1),
            Protocol = Maybe(0.5) ? Pick("bird", "zebra") : "",
            Dead = Maybe(0.1),
            OnLink = Maybe(0.1),
            Offload = Maybe(0.1),
            Trap = Maybe(0.1),
            LinkDown = Maybe(0.1),
            Fdb = Maybe(0.1),
            HardwareStatistics = isGroup && Maybe(0.2) ? Maybe(0.5) : null,
            HardwareStatisticsUsed = isGroup && Maybe(0.2) ? Maybe(0.5) : null,
        };
    }

    public InterfaceForwarding Forwarding() => new()
    {
        Node = "n",
        Source = Nowhere,
        Family = Pick("inet", "inet6"),
        Interface = Pick("all", "default", "eth0", "flannel.1"),
        Forwarding = Switch(),
        RpFilter = Pick("", "off", "strict", "loose"),
        McForwarding = Switch(),
        ProxyNeigh = Switch(),
        IgnoreRoutesWithLinkdown = Switch(),
        Input = Switch(),
    };

    private IReadOnlyList<RouteMetric> Metrics() =>
        [.. new[] { "mtu", "window", "rtt", "advmss", "hoplimit", "initcwnd", "features", "quickack", "congctl" }.Where(_ => Maybe(0.4))
            .Select(n => new RouteMetric(n, n switch { "rtt" => "20ms", "features" => "ecn", "congctl" => "cubic", _ => _random.Next(1, 9000).ToString(CultureInfo.InvariantCulture) }, Maybe(0.3)))];

    private bool? Switch() => Maybe(0.2) ? null : Maybe(0.5);

    private string Network(bool isIPv6) => isIPv6 ? $"fd00:{_random.Next(1, 65536):x}::/{Pick("32", "48")}" : _random.Next(3) switch
    {
        0 => $"10.{_random.Next(256)}.0.0/16",
        1 => $"172.16.{_random.Next(256)}.0/24",
        _ => Address(false),
    };

    private string Address(bool isIPv6) => isIPv6 ? $"fd00::{_random.Next(1, 65536):x}" : $"192.168.{_random.Next(256)}.{_random.Next(1, 255)}";

    private string Mac() => string.Join(':', Enumerable.Range(0, 6).Select(_ => _random.Next(256).ToString("x2", CultureInfo.InvariantCulture)));

    // the kernel takes no rule for port 65535
    private string Port() => _random.Next(2) == 0 ? _random.Next(1, 65535).ToString(CultureInfo.InvariantCulture) : $"{_random.Next(1, 1000)}-{_random.Next(1000, 65535)}";

    private string Interface() => Pick("eth0", "eth1", "flannel.1", "cni0", "veth131bfd8c", "bond0.7", "lo");

    private bool Maybe(double chance) => _random.NextDouble() < chance;

    private string Pick(params string[] words) => words[_random.Next(words.Length)];
}
