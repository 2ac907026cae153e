using GravityNet.Facts;
using GravityNet.Overlay;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class NodeBridgesTests
{
    public static TheoryData<string> AllRecordings => [.. Recordings.Names];

    [Fact]
    public void Ports_are_paired_by_the_two_ends_of_their_veth()
    {
        var bridge = Find(new RecordedCluster());

        Assert.Equal(("cni0", "10.244.19.1/24", "ca:af:24:bc:c6:e0", 1450, "UP"), (bridge.Interface, bridge.Address, bridge.Mac, bridge.Mtu, bridge.State));
        Assert.Equal(
            ["vethd181c5c0 default/shell-node-1 10.244.19.2", "veth63421a69 default/hostport-5c7bd 10.244.19.5", "veth74c76658 default/web-7d9c6b5f44-4kxl2 10.244.19.6"],
            bridge.Ports.Where(p => p.Namespace == "default").Select(p => p.ToString()));
        Assert.Equal(("kube-system", "10.244.19.3"), bridge.Ports.Where(p => p.Interface == "veth5f85643a").Select(p => (p.Namespace, p.Address)).Single());
        Assert.All(bridge.Ports, p => Assert.Equal(("veth", "eth0"), (p.PairedBy, p.PodInterface)));
        Assert.Equal(("da:d8:ee:0a:0d:6f", 1.77), (bridge.Ports[0].PodMac, bridge.Ports[0].AgeSeconds));
        // the bridge's own, four ports and four pods
        Assert.Equal((9, 5), (bridge.Macs.Count, bridge.Neighbors.Count));
        Assert.Empty(bridge.Unknown);
    }

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public void Without_the_pods_own_facts_the_macs_give_the_same_pairs(string recording)
    {
        foreach (var node in RecordedCluster.Addresses.Keys)
        {
            var byVeth = Find(new(recording), node);
            var byMac = Find(new RecordedCluster(recording).Without($"nodes/{node}/pods/"), node);

            Assert.NotEmpty(byVeth.Ports);
            foreach (var (certain, guessed) in byVeth.Ports.Zip(byMac.Ports).Where(p => p.Second.PairedBy.Length > 0))
            {
                Assert.Equal("mac", guessed.PairedBy);
                Assert.Equal((certain.Interface, certain.Namespace, certain.Pod, certain.Address, certain.PodMac), (guessed.Interface, guessed.Namespace, guessed.Pod, guessed.Address, guessed.PodMac));
            }
        }

        Assert.All(Find(new RecordedCluster().Without("nodes/node-1/pods/")).Ports, p => Assert.Equal("mac", p.PairedBy));
    }

    [Fact]
    public void Without_bridge_fdb_the_table_of_brctl_pairs_by_mac()
    {
        var bridge = Find(new RecordedCluster().Without("nodes/node-1/pods/").Without("nodes/node-1/bridge-fdb"));
        Assert.All(bridge.Ports, p => Assert.True(p is { PairedBy: "mac", Address.Length: > 0, Pod.Length: > 0 }));
    }

    [Fact]
    public void Without_kubernetes_the_addresses_remain_and_the_missing_names_are_said()
    {
        var bridge = Find(new RecordedCluster().Without("nodes/node-1/pods/").Without("cluster/kube-pods"));

        Assert.Equal(["10.244.19.2", "10.244.19.3", "10.244.19.5", "10.244.19.6"], bridge.Ports.Select(p => p.Address));
        Assert.All(bridge.Ports, p => Assert.Equal("", p.Pod));
        Assert.StartsWith("names of pods: 'kube-pods' was not collected", Assert.Single(bridge.Unknown), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_collected_is_said_with_its_reason()
    {
        Assert.Equal("ages of MACs: node-1: 'brctl-showmacs' was not collected", Assert.Single(Find(new RecordedCluster().Without("nodes/node-1/brctl-showmacs")).Unknown));
        Assert.Equal("neighbors: node-1: 'ip-neighbor' was not collected", Assert.Single(Find(new RecordedCluster().Without("nodes/node-1/ip-neighbor")).Unknown));
        Assert.Equal("learned MACs: node-1: 'bridge-fdb' was not collected", Assert.Single(Find(new RecordedCluster().Without("nodes/node-1/brctl-showmacs").Without("nodes/node-1/bridge-fdb")).Unknown));
        var cluster = new RecordedCluster().Without("nodes/node-1/ip-addr").Without("nodes/node-1/ip-link");
        Assert.Empty(NodeBridges.Find(cluster.Node("node-1"), cluster.Objects));
    }

    [Fact]
    public void Namespaces_whose_links_have_the_same_indexes_are_not_confused()
    {
        // a container inside another pod: its eth0@if5 is as good a fit for port 5 by its indexes, and its MAC was never heard there
        var inner = Recordings.Text("healthy", "nodes/node-1/pods/default_shell-node-1/ip-addr.txt")
            .Replace("da:d8:ee:0a:0d:6f", "02:00:00:00:00:99", StringComparison.Ordinal).Replace("10.244.19.2/", "172.17.0.2/", StringComparison.Ordinal);
        var pod = Find(With(inner, new())).Ports.Single(p => p.Interface == "vethd181c5c0");
        Assert.Equal(("veth", "shell-node-1", "10.244.19.2"), (pod.PairedBy, pod.Pod, pod.Address));

        // where nothing was heard, two that fit are no pair
        var silent = new RecordedCluster().Without("nodes/node-1/bridge-fdb").Without("nodes/node-1/brctl-showmacs");
        Assert.Equal(("", "", ""), Find(With(inner, silent)).Ports.Where(p => p.Interface == "vethd181c5c0").Select(p => (p.PairedBy, p.Pod, p.Address)).Single());

        // and one end alone that names the other is none: the port's peer has index 2, this link has 3
        var foreign = new RecordedCluster().Edit("node-1", "pods/default_shell-node-1/ip-addr", "2: eth0@if5", "3: eth0@if5");
        Assert.Equal("mac", Find(foreign).Ports.Single(p => p.Interface == "vethd181c5c0").PairedBy);

        static (NodeState, KubeObjects) With(string text, RecordedCluster cluster)
        {
            var facts = cluster.Node("node-1").Facts;
            var stray = new NamespaceFacts("a_inner", new Dictionary<string, FactResult> { ["ip-addr"] = new("ip-addr", text) });
            return (new NodeState(facts with { Pods = [stray, .. facts.Pods] }), cluster.Objects);
        }
    }

    [Fact]
    public void A_pod_is_named_by_its_routable_address_and_not_by_its_link_local_one()
    {
        var cluster = new RecordedCluster().Without("nodes/node-1/pods/")
            .Edit("node-1", "ip-neighbor", "10.244.19.2 dev", "fe80::d8d8:eeff:fe0a:d6f dev cni0 lladdr da:d8:ee:0a:0d:6f STALE \n10.244.19.2 dev");
        Assert.Equal("10.244.19.2", Find(cluster).Ports[0].Address);
    }

    [Fact]
    public void The_trainings_ports_are_paired_with_their_pods_addresses_by_mac()
    {
        // 'ip neighbor show dev cni0' leaves out the interface that it was asked for
        var neighbors = Training.Text("ip-neighbor-cni0").Replace(" lladdr", " dev cni0 lladdr", StringComparison.Ordinal);
        var node = new NodeState(new NodeFacts("kevin-test1", "10.162.0.7", new[]
        {
            new FactResult("ip-link", Training.Text("ip-link")),
            new FactResult("ip-neighbor", neighbors),
            new FactResult("brctl-show", Training.Text("brctl-show")),
            new FactResult("brctl-showmacs", Training.Text("brctl-showmacs")),
        }.ToDictionary(f => f.Fact), []));

        var bridges = NodeBridges.Find(node, KubeObjects.From([])).ToList();

        Assert.Equal(["docker0", "cni0"], bridges.Select(b => b.Interface));
        var ports = bridges[1].Ports;
        Assert.Equal(17, ports.Count);
        // the pod whose own print says eth0@if33, 10.244.73.3
        Assert.Equal(("mac", "10.244.73.3", "7e:c2:98:18:3d:c4", 0.18), ports.Where(p => p.Index == 33).Select(p => (p.PairedBy, p.Address, p.PodMac, p.AgeSeconds)).Single());
        // port 1 was silent
        Assert.Equal("veth99e981de", Assert.Single(ports, p => p.PairedBy.Length == 0).Interface);
    }

    private static NodeBridge Find(RecordedCluster cluster, string node = "node-1") => Find((cluster.Node(node), cluster.Objects));

    private static NodeBridge Find((NodeState Node, KubeObjects Objects) known) => Assert.Single(NodeBridges.Find(known.Node, known.Objects));
}
