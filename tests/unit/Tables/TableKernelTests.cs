using GravityNet.Parsing;
using GravityNet.UnitTests.Probing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests.Tables;

/// <summary>
/// The kernel and its tools as the judge of what is printed: records are read from a namespace, a field of each is changed, the printed line is given to
/// <c>ip -batch</c> or <c>bridge -batch</c>, and what the namespace has then must be the printed line again.
/// </summary>
public sealed class TableKernelTests
{
    private const string Interfaces = """
        ip link add eth0 type veth peer name eth0p
        ip link add eth1 type veth peer name eth1p
        for i in eth0 eth0p eth1 eth1p; do ip link set $i up; done
        ip addr add 192.168.33.11/24 dev eth0
        ip addr add 10.0.2.15/24 dev eth1
        ip addr add 10.0.2.16/24 dev eth1
        ip addr add fd00:33::11/64 dev eth0 nodad
        ip addr add fd00:2::15/64 dev eth1 nodad
        """;

    [Fact]
    public async Task A_changed_route_is_the_kernels_route()
    {
        await using var space = await SpaceAsync(Interfaces);
        await space.SetUpAsync("""
            ip route add 10.1.0.0/16 via 192.168.33.1 dev eth0
            ip route add 10.2.0.0/16 proto bird metric 32 nexthop via 192.168.33.1 dev eth0 weight 10 nexthop via 10.0.2.2 dev eth1 weight 1 onlink
            ip route add 10.3.0.0/16 via 192.168.33.1 dev eth0 mtu lock 1400 advmss 1360 initcwnd 10 congctl cubic
            ip route add blackhole 10.4.0.0/16 metric 7
            ip route add 10.244.65.0/24 via 10.244.65.0 dev eth0 onlink
            ip -6 route add fd00:1::/64 via fd00:33::1 dev eth0 metric 5 pref high
            ip -6 route add fd00:2:2::/64 nexthop via fd00:33::1 dev eth0 nexthop via fd00:2::1 dev eth1 weight 4
            """);
        var routes = await RoutesAsync(space);
        var changed = new List<Route>();
        var one = Find("10.1.0.0/16");
        Add(one with { Gateway = "192.168.33.2" });
        Add(one with { Gateway = "10.0.2.3", Interface = "eth1" });
        Add(one with { Gateway = "", Scope = "link" });
        Add(one with { Table = "100" });
        Add(one with { Table = "2000000" });
        Add(one with { Metric = 4278198272 });
        Add(one with { Protocol = "static" });
        Add(one with { Gateway = "10.0.2.3", Interface = "eth1", PreferredSource = "10.0.2.16" });
        Add(one with { Tos = "0x10" });
        Add(one with { OnLink = true, Gateway = "172.31.0.1" });
        Add(one with { Realms = "7" });
        Add(one with { GatewayFamily = "inet6", Gateway = "fe80::1" });
        Add(one with { Metrics = [new("mtu", "1300", true), new("window", "8192", false), new("features", "ecn", false)] });
        foreach (var type in new[] { "blackhole", "unreachable", "prohibit", "throw" }) Add(one with { Type = type, Gateway = "", Interface = "" });
        var metrics = Find("10.3.0.0/16");
        Add(metrics with { Metrics = [.. metrics.Metrics.Where(m => m.Name != "mtu")] });
        Add(metrics with { Metrics = [.. metrics.Metrics.Select(m => m with { Value = m.Name == "mtu" ? "1280" : m.Value, IsLocked = false })] });
        Add(Find("10.4.0.0/16") with { Type = "unicast", Gateway = "192.168.33.9", Interface = "eth0", Metric = null });
        Add(Find("10.244.65.0/24") with { Gateway = "10.244.65.9", Interface = "eth1" });
        var several = Find("10.2.0.0/16");
        Add(several with { Metric = 33, Nexthops = [several.Nexthops[0] with { Weight = 7 }, several.Nexthops[1] with { Gateway = "10.0.2.9", OnLink = false }] });
        Add(several with { Nexthops = [several.Nexthops[1], several.Nexthops[0] with { Weight = 255 }] });
        var six = Find("fd00:1::/64");
        Add(six with { Gateway = "fd00:2::9", Interface = "eth1", Metric = 6, Preference = "low" });
        Add(six with { From = "fd00:99::/64" });
        // a route that leads nowhere has no router to prefer
        Add(six with { Type = "unreachable", Gateway = "", Interface = "lo", Preference = "medium" });
        Add(six with { Table = "100", Metrics = [new("mtu", "1300", false)] });
        var sixes = Find("fd00:2:2::/64");
        Add(sixes with { Nexthops = [.. sixes.Nexthops.Select(h => h with { Weight = h.Weight + 5 })] });

        // a route's ways are words of one command
        await BatchAsync(space, "ip", changed.Select(r => "route add " + r.Print().Replace('\n', ' ')));

        AssertHas(changed.Select(r => r.Print()), (await RoutesAsync(space)).Select(r => r.Print()));

        Route Find(string destination) => routes.Single(r => r.Destination == destination);

        // each to a network of its own, so that none is another's
        void Add(Route route) => changed.Add(route with { Destination = route.Destination.Contains(':', StringComparison.Ordinal) ? $"fd00:ff:{changed.Count}::/64" : $"10.200.{changed.Count}.0/24" });
    }

    [Fact]
    public async Task A_changed_rule_is_the_kernels_rule()
    {
        await using var space = await SpaceAsync(Interfaces);
        await space.SetUpAsync("""
            ip rule add from 10.0.0.0/8 to 192.168.0.0/16 table 100 priority 100
            ip rule add fwmark 0x1 blackhole priority 101
            ip rule add iif eth0 goto 32766 priority 102
            ip rule add uidrange 1000-1999 ipproto tcp dport 80 table 7 priority 103
            """);
        var rules = await RulesAsync(space);
        var changed = new List<PolicyRule>();
        var one = Find(100);
        Add(one with { From = "all" });
        Add(one with { From = "10.1.2.3", To = "" });
        Add(one with { IsInverted = true });
        Add(one with { Tos = "0x10" });
        Add(one with { Mark = 0x4000, MarkMask = 0x4000 });
        Add(one with { Mark = 0, MarkMask = 0xff00 });
        Add(one with { InputInterface = "eth0" });
        Add(one with { OutputInterface = "eth1" });
        Add(one with { InputInterface = "lo", OutputInterface = "eth0" });
        Add(one with { Table = "main", SuppressPrefixLength = 0 });
        Add(one with { Table = "main", SuppressInterfaceGroup = "default" });
        Add(one with { IpProtocol = "udp", SourcePort = "53", DestinationPort = "1000-2000" });
        Add(one with { Realms = "3/7" });
        Add(one with { TunnelId = 42 });
        Add(one with { Protocol = "static" });
        Add(one with { Table = "", Action = "goto", GotoPriority = 32766 });
        foreach (var action in new[] { "blackhole", "unreachable", "prohibit", "nop" }) Add(one with { Table = "", Action = action });
        Add(Find(101) with { Action = "lookup", Table = "200", Mark = 2 });
        Add(Find(102) with { GotoPriority = 32767, InputInterface = "eth1" });
        Add(Find(103) with { UidRange = "0-0", IpProtocol = "sctp", DestinationPort = "" });

        await BatchAsync(space, "ip", changed.Select(r => "rule add priority " + r.Print().Replace(":\t", " ", StringComparison.Ordinal)));

        AssertHas(changed.Select(r => r.Print()), (await RulesAsync(space)).Select(r => r.Print()));

        PolicyRule Find(long priority) => rules.Single(r => r.Priority == priority);

        void Add(PolicyRule rule) => changed.Add(rule with { Priority = 1000 + changed.Count });
    }

    [Fact]
    public async Task A_changed_neighbor_is_the_kernels_neighbor()
    {
        await using var space = await SpaceAsync(Interfaces);
        await space.SetUpAsync("""
            ip neigh add 192.168.33.20 lladdr 02:00:00:00:00:20 nud permanent dev eth0
            ip neigh add fd00:33::20 lladdr 02:00:00:00:01:20 router nud permanent dev eth0
            """);
        var entries = await ReadAsync(space, "ip neigh show", "ip-neighbor", IpNeighbors.Parse);
        var changed = new List<Neighbor>();
        var one = entries.Single(n => n.Address == "192.168.33.20");
        Add(one with { Mac = "02:00:00:00:00:99" });
        Add(one with { Interface = "eth1" });
        Add(one with { State = "NOARP" });
        Add(one with { State = "STALE" });
        Add(one with { State = "STALE", ExternLearn = true });
        Add(one with { Protocol = "zebra" });
        var six = entries.Single(n => n.Address == "fd00:33::20");
        Add(six with { Router = false });
        Add(six with { Mac = "02:00:00:00:01:99", State = "STALE" });

        await BatchAsync(space, "ip", changed.Select(n => "neigh replace " + n.Print().TrimEnd().Replace(n.State, "nud " + n.State.ToLowerInvariant(), StringComparison.Ordinal).Replace("proto ", "protocol ", StringComparison.Ordinal)));

        AssertHas(changed.Select(n => n.Print()), (await ReadAsync(space, "ip neigh show nud all", "ip-neighbor", IpNeighbors.Parse)).Select(n => n.Print()));

        void Add(Neighbor entry) => changed.Add(entry with { Address = entry.Address.Contains(':', StringComparison.Ordinal) ? $"fd00:33::1:{changed.Count}" : $"192.168.33.{100 + changed.Count}" });
    }

    [Fact]
    public async Task A_changed_row_is_the_forwarding_databases_row()
    {
        await using var space = await SpaceAsync(Interfaces);
        await space.SetUpAsync("""
            ip link add cni0 type bridge
            ip link add veth1 type veth peer name pod1
            ip link add veth2 type veth peer name pod2
            for i in veth1 veth2; do ip link set $i master cni0; done
            for i in cni0 veth1 pod1 veth2 pod2; do ip link set $i up; done
            ip link add flannel.1 type vxlan id 1 local 192.168.33.11 dev eth0 dstport 8472 nolearning
            ip link add vx7 type vxlan external dstport 4789
            bridge fdb append 4a:6c:67:96:7e:83 dev flannel.1 dst 192.168.33.12
            bridge fdb add 4a:6c:67:96:7e:88 dev vx7 dst 192.168.33.15 src_vni 42 vni 43
            bridge fdb add 0a:00:00:00:00:01 dev veth1 master static
            """);
        var rows = await FdbAsync(space);
        var changed = new List<FdbEntry>();
        var remote = Find("4a:6c:67:96:7e:83");
        Add(remote with { Destination = "192.168.33.99" });
        Add(remote with { Port = 4790, Vni = 7, Via = "eth1" });
        Add(remote with { Router = true });
        Add(remote with { ExternLearn = true });
        Add(remote with { State = "static" });
        Add(Find("4a:6c:67:96:7e:88") with { SourceVni = 44, Vni = 45, Destination = "192.168.33.98" });
        var station = Find("0a:00:00:00:00:01");
        Add(station with { Interface = "veth2" });
        Add(station with { State = "permanent" });
        Add(station with { State = "" });
        Add(station with { Sticky = true });
        Add(station with { State = "", ExternLearn = true });

        // the bridge is that of the port, and a learned row is asked for with a word that is not printed
        await BatchAsync(space, "bridge", changed.Select(f => "fdb append " + f.Print().Replace("master cni0", "master", StringComparison.Ordinal) + (f is { Master.Length: > 0, State: "" } ? " dynamic" : "")));

        AssertHas(changed.Select(f => f.Print()), (await FdbAsync(space)).Select(f => f.Print()));

        FdbEntry Find(string mac) => rows.Single(r => r.Mac == mac);

        void Add(FdbEntry row) => changed.Add(row with { Mac = $"0a:00:00:00:01:{changed.Count:x2}" });

        static Task<IReadOnlyList<FdbEntry>> FdbAsync(NamespaceShell space) => ReadAsync(space, "bridge fdb show", "bridge-fdb", BridgeFdb.Parse);
    }

    [Fact]
    public async Task A_changed_nexthop_is_the_kernels_nexthop()
    {
        await using var space = await SpaceAsync(Interfaces);
        if ((await space.RunAsync("ip nexthop add id 1 via 192.168.33.1 dev eth0", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).ExitCode != 0) Assert.Skip("this kernel or iproute2 has no nexthop objects");
        await space.SetUpAsync("""
            ip nexthop add id 2 via 10.0.2.2 dev eth1
            ip nexthop add id 3 blackhole
            ip nexthop add id 4 group 1,3/2,7
            """);
        var nexthops = await ReadAsync(space, "ip nexthop show", "ip-nexthop", IpNexthops.Parse);
        var changed = new List<NexthopObject>();
        Add(Find(1) with { Gateway = "192.168.33.9" });
        Add(Find(1) with { Gateway = "10.0.2.9", Interface = "eth1" });
        Add(Find(1) with { Protocol = "bird" });
        Add(Find(1) with { OnLink = true, Gateway = "172.31.0.1" });
        Add(Find(3) with { Protocol = "zebra" });
        Add(Find(4) with { Members = [new(1, 1), new(2, 250)] });
        Add(Find(4) with { Members = [new(2, 9)], Protocol = "static" });

        // the kernel finds the scope itself
        await BatchAsync(space, "ip", changed.Select(n => "nexthop add " + (n with { Scope = "" }).Print()));

        AssertHas(changed.Select(n => n.Print()), (await ReadAsync(space, "ip nexthop show", "ip-nexthop", IpNexthops.Parse)).Select(n => n.Print()));

        NexthopObject Find(long id) => nexthops.Single(n => n.Id == id);

        void Add(NexthopObject nexthop) => changed.Add(nexthop with { Id = 100 + changed.Count });
    }

    [Fact]
    public async Task A_changed_setting_is_the_ports_setting()
    {
        await using var space = await SpaceAsync("""
            ip link add cni0 type bridge
            ip link add veth1 type veth peer name pod1
            ip link set veth1 master cni0
            """);
        var port = (await LinksAsync(space)).Single(l => l.Interface == "veth1");
        var changed = port with { Priority = 7, Cost = 77, Hairpin = true, Learning = false, Flood = false, McastFlood = false, Guard = true, RootBlock = true, FastLeave = true };

        // of the line, 'bridge link set' takes what may be changed
        var settings = changed.Print().Split('\n')[1].Trim();
        var end = settings.IndexOf(" mcast_router", StringComparison.Ordinal);
        await BatchAsync(space, "bridge", [$"link set dev {changed.Interface} priority {changed.Priority} cost {changed.Cost} {(end < 0 ? settings : settings[..end])}"]);

        AssertHas([changed.Print()], (await LinksAsync(space)).Select(l => l.Print()));

        static Task<IReadOnlyList<BridgeLink>> LinksAsync(NamespaceShell space) => ReadAsync(space, "bridge -d link show", "bridge-link", BridgeLinks.Parse);
    }

    [Fact]
    public async Task Rules_made_up_are_the_kernels_rules()
    {
        var seed = Seed.Now;
        var random = new TableRandom(seed);
        // each of its own place; a table or an action there must be
        var made = Enumerable.Range(0, 200).Select(i => random.Rule(forKernel: true) with { Priority = 1000 + i }).ToList();
        await using var space = await SpaceAsync(Interfaces);

        await BatchAsync(space, "ip", made.Select(r => "rule add priority " + r.ToString().Replace(": ", " ", StringComparison.Ordinal).Replace("[detached] ", "", StringComparison.Ordinal)));

        var read = (await ReadAsync(space, "ip rule show", "ip-rule", IpRules.Parse)).Where(r => r.Priority >= 1000).ToDictionary(r => r.Priority);
        Assert.All(made, r => Assert.Equal($"seed {seed}: {r}", $"seed {seed}: {read.GetValueOrDefault(r.Priority)}"));
    }

    private static Task<IReadOnlyList<Route>> RoutesAsync(NamespaceShell space) => ReadAsync(space, "ip -d route show table all", "ip-route", IpRoutes.Parse);

    private static Task<IReadOnlyList<PolicyRule>> RulesAsync(NamespaceShell space) => ReadAsync(space, "ip -d rule show", "ip-rule", IpRules.Parse);

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(NamespaceShell space, string command, string fact, Func<string, string, string, Parsed<T>> parse)
    {
        var result = await space.RunAsync(command, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.Error);
        var parsed = parse("n", fact, result.Output);
        Assert.Empty(parsed.Unread);
        return parsed.Records;
    }

    private static async Task BatchAsync(NamespaceShell space, string tool, IEnumerable<string> commands)
    {
        var text = string.Join('\n', commands);
        var result = await space.RunAsync($"{tool} -force -batch - <<'end of commands'\n{text}\nend of commands\n", TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"{result.Error}\n{text}");
    }

    private static void AssertHas(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var lines = actual.Select(Plain).ToHashSet();
        Assert.All(expected, line => Assert.True(lines.Contains(Plain(line)), $"{Plain(line)}\nis not in\n{string.Join('\n', lines)}"));
    }

    // one blank or two, before a word that was not there before or at the line's end: the tool's affair
    private static string Plain(string text) => string.Join('\n', text.Split('\n').Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    private static async Task<NamespaceShell> SpaceAsync(string script)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("network namespaces need root on Linux");
        var space = await NamespaceShell.CreateAsync();
        await space.SetUpAsync(script);
        return space;
    }
}
