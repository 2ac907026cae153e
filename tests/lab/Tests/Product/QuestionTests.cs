using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>What the questions tell of a healthy cluster, compared with what the lab knows of itself.</summary>
public sealed class QuestionTests(LabFixture fixture, ConnectedShell connected) : IClassFixture<ConnectedShell>
{
    private ModuleShell Shell => connected.Shell;

    [Fact]
    public void Leases_are_those_that_the_nodes_hold()
    {
        var expected = fixture.Status.Nodes.Select(n => $"{n.Name} {n.Subnet} {n.VtepAddress} {n.Address} {n.VtepMac} vxlan etcd-v2").ToList();
        Assert.Equal(expected, Shell.Lines("Get-OverlayLease | ForEach-Object { \"$($_.Node) $($_.Subnet) $($_.Address) $($_.PublicIP) $($_.VtepMAC) $($_.BackendType) $($_.Home)\" }"));
    }

    [Fact]
    public void A_lease_ends_within_a_day()
    {
        _ = fixture.Lab;
        var ttl = Assert.IsType<long>(Assert.Single(Shell.Run("(Get-OverlayLease node-2).Ttl")).BaseObject);
        Assert.InRange(ttl, 80000, 86400);
        var expires = Assert.IsType<DateTimeOffset>(Assert.Single(Shell.Run("(Get-OverlayLease node-2).Expires")).BaseObject);
        Assert.InRange(expires - DateTimeOffset.UtcNow, TimeSpan.FromHours(22), TimeSpan.FromHours(24.01));
    }

    [Fact]
    public void The_network_config_is_flannels()
    {
        _ = fixture.Lab;
        Assert.Equal(["10.244.0.0/16 vxlan 1 8472"], Shell.Lines("Get-OverlayLease -Config | ForEach-Object { \"$($_.Network) $($_.BackendType) $($_.Vni) $($_.Port)\" }"));
    }

    [Fact]
    public void Every_pod_is_behind_its_veth()
    {
        var truth = fixture.Status.Pods.Select(p => $"{p.Node} cni0 {p.HostInterface} {p.Namespace}/{p.Name} {p.Ip} {p.Mac} eth0 veth").Order().ToList();
        Assert.Equal(truth, Shell.Lines("(Get-NodeBridge).Ports | ForEach-Object { \"$($_.Node) $($_.Bridge) $($_.Interface) $($_.Namespace)/$($_.Pod) $($_.Address) $($_.PodMac) $($_.PodInterface) $($_.PairedBy)\" }").Order());
    }

    [Fact]
    public async Task A_bridge_has_its_address_and_the_macs_that_it_learned()
    {
        Assert.True(await fixture.PingsAsync("shell-node-1", "web-7d9c6b5f44-4kxl2"));
        var mac = fixture.Status.Pod("shell-node-1").Mac;
        Assert.Equal(["10.244.19.1/24 1450 UP"], Shell.Lines("Get-NodeBridge node-1 cni0 | ForEach-Object { \"$($_.Address) $($_.Mtu) $($_.State)\" }"));
        Assert.Equal([mac], Shell.Lines($"(Get-NodeBridge node-1 cni0).Macs | Where-Object Mac -eq '{mac}' | ForEach-Object Mac"));
    }

    [Fact]
    public void Every_pods_network_is_what_its_namespace_and_its_cable_are()
    {
        var truth = fixture.Status.Pods.Select(p => $"{p.Node} {p.Namespace}/{p.Name} {p.Ip} {p.Mac} {p.HostInterface} cni0 veth ok").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(truth, Shell.Lines("Get-PodNetwork | Where-Object HostNetwork -eq $false | ForEach-Object { \"$($_.Node) $($_.Namespace)/$($_.Pod) $($_.Address) $($_.PodMac) $($_.Interface) $($_.Bridge) $($_.PairedBy) $($_.Status)\" }").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_indexes_and_macs_of_a_cable_are_those_that_both_ends_print()
    {
        var pod = fixture.Status.Pod("shell-node-1");
        var inside = (await fixture.InPodAsync("shell-node-1", "cat /sys/class/net/eth0/ifindex /sys/class/net/eth0/iflink /sys/class/net/eth0/address")).Output.Split('\n');
        var outside = (await fixture.OnNodeAsync("node-1", $"cat /sys/class/net/{pod.HostInterface}/ifindex /sys/class/net/{pod.HostInterface}/address")).Output.Split('\n');
        Assert.Equal(inside[1], outside[0]);
        Assert.Equal(
            [$"{inside[0]} {inside[2]} {outside[0]} {outside[1]}"],
            Shell.Lines("Get-PodNetwork default/shell-node-1 | ForEach-Object { \"$($_.PodIndex) $($_.PodMac) $($_.Index) $($_.Mac)\" }"));
    }

    [Fact]
    public async Task Forwarding_is_what_the_kernel_has()
    {
        var files = (await fixture.OnNodeAsync("node-2", "cd /proc/sys/net/ipv4/conf; grep -r . */forwarding | sort")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            files.Select(f => f.Replace("/forwarding:1", " True", StringComparison.Ordinal).Replace("/forwarding:0", " False", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            Shell.Lines("Get-NodeForwarding node-2 | Where-Object Family -eq inet | ForEach-Object { \"$($_.Interface) $($_.Forwarding)\" }").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Routes_are_those_that_the_node_prints()
    {
        var printed = (await fixture.OnNodeAsync("node-3", "ip route show")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd());
        Assert.Equal(printed, Shell.Lines("Get-NodeRoute node-3 -Table main | Where-Object Destination -notlike '*:*'"));
    }

    [Fact]
    public async Task The_route_to_a_packet_is_the_one_that_the_nodes_kernel_takes()
    {
        await fixture.OnNodeAsync("node-1", "ip rule add fwmark 0x7 lookup 77 pref 70; ip route add blackhole 10.244.65.0/24 table 77; ip -6 rule add to fd77::/16 prohibit pref 71; ip route add 10.66.0.0/16 nexthop via 192.168.33.12 nexthop via 192.168.33.13");
        try
        {
            foreach (var pod in fixture.Status.Pods)
            {
                // 10.244.65.2 via 10.244.65.0 dev flannel.1 src 10.244.19.0 uid 0
                var kernel = (await fixture.OnNodeAsync("node-1", $"ip route get {pod.Ip}")).Output.Split(" uid ", 2)[0].Trim();
                Assert.Equal([kernel], Shell.Lines($"Get-NodeRoute node-1 {pod.Ip}"));
            }

            Assert.Equal(["blackhole 70"], Shell.Lines("Get-NodeRoute node-1 10.244.65.2 -Mark 7 | ForEach-Object { \"$($_.Verdict) $($_.Rule.Priority)\" }"));
            Assert.Equal(["prohibit 71", "none "], Shell.Lines("Get-NodeRoute node-1 fd77::1, fd78::1 | ForEach-Object { \"$($_.Verdict) $($_.Rule.Priority)\" }"));
            Assert.Equal(["192.168.33.12", "192.168.33.13"], Shell.Lines("(Get-NodeRoute node-1 10.66.1.1).Nexthops | ForEach-Object Gateway"));
            Assert.Contains((await fixture.OnNodeAsync("node-1", "ip route get 10.66.1.1")).Output.Split(' ')[2], new[] { "192.168.33.12", "192.168.33.13" });
        }
        finally
        {
            await fixture.OnNodeAsync("node-1", "ip rule del pref 70; ip route flush table 77; ip -6 rule del pref 71; ip route del 10.66.0.0/16");
        }
    }

    [Fact]
    public void Every_nodes_overlay_entries_are_as_their_leases_say()
    {
        var expected = from a in fixture.Status.Nodes
                       from b in fixture.Status.Nodes
                       select $"{a.Name} {b.Name} {b.VtepMac} {b.Address} ok";
        Assert.Equal(expected.Order(), Shell.Lines("Get-VxlanFdb | ForEach-Object { \"$($_.Node) $($_.RemoteNode) $($_.Mac) $($_.Destination) $($_.Status)\" }").Order());
    }

    [Theory]
    [InlineData("kube-dns")]
    [InlineData("web")]
    public void A_service_shares_its_traffic_evenly_among_live_endpoints(string service)
    {
        var port = service == "web" ? 8080 : 53;
        var endpoints = fixture.Status.Pods.Where(p => p.App == service).Select(p => $"{p.Ip}:{port} 1/3 live").Order().ToList();
        var protocol = service == "web" ? "tcp" : "udp";
        foreach (var node in fixture.Status.Nodes)
        {
            Assert.Equal(["ok"], Shell.Lines($"Get-ServiceNatChain {service} {node.Name} -Protocol {protocol} | ForEach-Object Status"));
            Assert.Equal(endpoints, Shell.Lines($"(Get-ServiceNatChain {service} {node.Name} -Protocol {protocol}).Endpoints").Order());
        }
    }

    [Fact]
    public void A_service_without_endpoints_is_said_to_have_none_on_every_node()
    {
        _ = fixture.Lab;
        Assert.Equal(
            ["node-1 noendpoints", "node-2 noendpoints", "node-3 noendpoints"],
            Shell.Lines("Get-ServiceNatChain gravity-site | ForEach-Object { \"$($_.Node) $($_.Status)\" } | Sort-Object"));
    }

    [Fact]
    public void A_node_port_is_told()
    {
        _ = fixture.Lab;
        Assert.Equal(["10.100.45.9:3009 32009"], Shell.Lines("Get-ServiceNatChain web node-3 | ForEach-Object { \"$($_.Address):$($_.Port) $($_.NodePort)\" }"));
    }

    [Theory]
    [InlineData("Get-OverlayLease", "0 0 0")]
    [InlineData("Get-NodeBridge", "1 1 1")]
    [InlineData("Get-NodeBridge node-2", "0 1 0")]
    [InlineData("Get-NodeForwarding", "1 1 1")]
    [InlineData("Get-NodeRoute", "1 1 1")]
    [InlineData("Get-NodeRoute node-2 10.244.19.2, fd00::1", "0 1 0")]
    [InlineData("Get-PodNetwork", "1 1 1")]
    [InlineData("Get-PodNetwork -Node node-3", "0 0 1")]
    [InlineData("Get-VxlanFdb", "1 1 1")]
    [InlineData("Get-ServiceNatChain kube-dns", "1 1 1")]
    [InlineData("Get-ServiceNatChain kube-dns, web -Node node-1", "1 0 0")]
    [InlineData("Get-OverlayLease | Get-NodeBridge", "1 1 1")]
    // who is where must be known before anything is sent; then all of a node's probes go at once
    [InlineData("Test-PodReachability", "2 2 2")]
    [InlineData("Test-PodReachability -From node:node-1 -To pod:default/shell-node-3", "2 1 1")]
    public void A_question_is_one_command_on_each_node_that_it_asks(string question, string commands)
    {
        _ = fixture.Lab;
        _ = Shell;
        var before = fixture.CommandsRun();
        Assert.NotEmpty(Shell.Run(question));
        Assert.Equal(commands, string.Join(' ', fixture.CommandsRun().Zip(before, (after, then) => after - then)));
    }
}
