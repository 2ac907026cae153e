using GravityNet.Overlay;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>A pod's network from inside and outside, from recordings with one thing changed.</summary>
public sealed class PodNetworkTests
{
    private const string Inside = "pods/default_shell-node-1/";

    [Fact]
    public void Every_recorded_pod_is_plugged_into_its_bridge_and_fits()
    {
        foreach (var recording in Recordings.Names)
        {
            var cluster = new RecordedCluster(recording);
            foreach (var node in Recordings.Nodes(recording))
            {
                var networks = PodNetworks.Find(cluster.Node(node), cluster.Objects).ToList();
                Assert.Equal(cluster.Objects.Pods!.Where(p => p.Node == node && p.IsAlive).Select(p => p.Name).Order(), networks.Select(n => n.Pod).Order());
                Assert.All(networks.Where(n => !n.HostNetwork), n => Assert.Equal(("cni0", "veth", "eth0", n.BridgeAddress.Split('/')[0]), (n.Bridge, n.PairedBy, n.PodInterface, n.Gateway)));
                Assert.All(networks, n => Assert.Equal((n.ToString(), "ok"), (n.ToString(), n.Status)));
            }
        }
    }

    [Fact]
    public void Both_ends_of_the_cable_are_told()
    {
        var network = Pod(new RecordedCluster());
        Assert.Equal(("10.244.19.2", "eth0", 2, "da:d8:ee:0a:0d:6f", 1450), (network.Address, network.PodInterface, network.PodIndex!.Value, network.PodMac, network.PodMtu!.Value));
        Assert.Equal(("cni0", "vethd181c5c0", 5, "ba:13:a0:d6:bc:e3", 1450), (network.Bridge, network.Interface, network.Index!.Value, network.Mac, network.Mtu!.Value));
        Assert.Equal(("10.244.19.1", "ca:af:24:bc:c6:e0", "10.244.19.1/24", "ca:af:24:bc:c6:e0"), (network.Gateway, network.GatewayMac, network.BridgeAddress, network.BridgeMac));
        Assert.Equal(["lo", "eth0"], network.TypedLinks.Select(l => l.Interface));
        Assert.Equal(12, network.Routes.Count);
        Assert.Equal(4, network.Neighbors.Count);
        Assert.StartsWith("node-1 pods/default_shell-node-1/ip-addr:7: 2: eth0@if5:", network.Evidence[0], StringComparison.Ordinal);
        Assert.Contains(network.Evidence, e => e.StartsWith("node-1 pods/default_shell-node-1/ip-route:1: unicast default via 10.244.19.1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ip-neighbor", "10.244.19.1 dev eth0 lladdr ca:af:24:bc:c6:e0 REACHABLE", "10.244.19.1 dev eth0 lladdr 02:00:00:00:00:01 STALE", "its neighbor entry for the gateway 10.244.19.1 has the MAC 02:00:00:00:00:01, and cni0 has ca:af:24:bc:c6:e0")]
    [InlineData("ip-neighbor", "10.244.19.1 dev eth0 lladdr ca:af:24:bc:c6:e0 REACHABLE", "10.244.19.1 dev eth0 FAILED", "its gateway 10.244.19.1 does not answer: the neighbor entry is FAILED")]
    [InlineData("ip-route", "default via 10.244.19.1", "default via 10.244.19.254", "its gateway 10.244.19.254 is not the address of cni0, which has 10.244.19.1/24")]
    [InlineData("ip-addr", "eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450", "eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500", "the MTU is 1500 on eth0 and 1450 on vethd181c5c0: larger packets than 1450 are lost between them")]
    [InlineData("ip-addr", "eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP>", "eth0@if5: <BROADCAST,MULTICAST>", "eth0 is down inside the pod")]
    [InlineData("ip-addr", "inet 10.244.19.2/24", "inet 10.244.19.22/24", "Kubernetes knows the pod by 10.244.19.2, and no interface inside has that address")]
    public void What_does_not_fit_is_said(string fact, string old, string @new, string problem)
    {
        var network = Pod(new RecordedCluster().Edit("node-1", Inside + fact, old, @new));
        Assert.Equal(("fault", problem), (network.Status, Assert.Single(network.Problems)));
    }

    [Fact]
    public void A_cable_that_is_no_bridges_port_still_leads_to_the_pod()
    {
        var cluster = new RecordedCluster().Edit("node-1", "ip-addr", "vethd181c5c0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0", "vethd181c5c0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue");
        var network = Pod(cluster);
        Assert.Equal(("vethd181c5c0", "", "veth"), (network.Interface, network.Bridge, network.PairedBy));
        Assert.Equal("vethd181c5c0, the node's end of its cable, is no port of a bridge", Assert.Single(network.Problems));
    }

    [Fact]
    public void A_pod_without_a_way_out_is_a_fault()
    {
        var cluster = new RecordedCluster().Edit("node-1", Inside + "ip-route", "unicast default via 10.244.19.1 dev eth0 table main proto boot scope global \n", "")
            .Edit("node-1", Inside + "ip-route", "unicast 10.244.0.0/16 via 10.244.19.1 dev eth0 table main proto boot scope global \n", "");
        var network = Pod(cluster);
        Assert.Equal(("", "no route inside leads to a gateway: the pod reaches its own subnet alone"), (network.Gateway, Assert.Single(network.Problems)));
    }

    [Fact]
    public void A_pod_on_the_hosts_network_has_none_of_its_own()
    {
        var cluster = new RecordedCluster();
        var host = cluster.Objects.Pods!.First(p => p is { HostNetwork: true, IsAlive: true });
        var network = Assert.Single(PodNetworks.Find(cluster.Node(host.Node), cluster.Objects), n => n.Pod == host.Name);
        Assert.True(network.HostNetwork);
        Assert.Equal((host.Address, "ok", 0), (network.Address, network.Status, network.Links.Count));
    }

    [Fact]
    public void What_was_not_read_inside_is_unknown_and_the_nodes_side_stays()
    {
        var without = Pod(new RecordedCluster().Without("nodes/node-1/pods/default_shell-node-1/"));
        Assert.Equal(("unknown", "vethd181c5c0", "cni0", "mac", "10.244.19.2"), (without.Status, without.Interface, without.Bridge, without.PairedBy, without.Address));
        Assert.Equal("inside: no network namespace that was read on node-1 has the address 10.244.19.2", Assert.Single(without.Unknown));

        var links = Pod(new RecordedCluster().Without("nodes/node-1/pods/default_shell-node-1/ip-addr"));
        Assert.Equal(("unknown", "vethd181c5c0", "mac", "10.244.19.1"), (links.Status, links.Interface, links.PairedBy, links.Gateway));
        Assert.Equal("interfaces: node-1: 'ip-addr' was not collected inside the pod", Assert.Single(links.Unknown));

        var node = Pod(new RecordedCluster().Without("nodes/node-1/ip-addr").Without("nodes/node-1/ip-link"));
        Assert.Equal(("unknown", "", "10.244.19.2", "10.244.19.1"), (node.Status, node.Interface, node.Address, node.Gateway));
    }

    [Fact]
    public void Without_kubernetes_the_recording_still_names_its_pods()
    {
        var networks = PodNetworks.Find(new RecordedCluster().Node("node-1"), KubeObjects.From([])).ToList();
        Assert.Equal(["coredns-6f4c59b8f7-2xk9p", "hostport-5c7bd", "shell-node-1", "web-7d9c6b5f44-4kxl2"], networks.Select(n => n.Pod).Order());
        Assert.All(networks, n => Assert.Equal("ok", n.Status));
    }

    private static PodNetwork Pod(RecordedCluster cluster) => Assert.Single(PodNetworks.Find(cluster.Node("node-1"), cluster.Objects), n => n.Pod == "shell-node-1");
}
