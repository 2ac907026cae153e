using GravityNet.Facts;
using GravityNet.Overlay;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class LeaseReaderTests
{
    private const string Value = """{"PublicIP":"192.0.2.1","BackendType":"vxlan","BackendData":{"VtepMAC":"02:00:00:00:00:01"}}""";
    private static readonly Dictionary<string, string> Nodes = new() { ["node-1"] = "192.0.2.1", ["nameless"] = "" };

    [Fact]
    public void Etcd_v2_gives_leases_with_their_time_to_live_and_the_configuration()
    {
        var table = new RecordedCluster().Leases;

        Assert.Equal(["node-1 10.244.19.0/24", "node-2 10.244.65.0/24", "node-3 10.244.92.0/24"], table.Leases.Select(l => $"{l.Node} {l.Subnet}"));
        var lease = table.Leases[0];
        Assert.Equal(("10.244.19.0", "192.168.33.11", "c2:a1:c2:6e:82:bf", "vxlan", "etcd-v2"), (lease.Address, lease.PublicIP, lease.VtepMAC, lease.BackendType, lease.Home));
        Assert.Equal((85891, "/coreos.com/network/subnets/10.244.19.0-24"), (lease.Ttl, lease.Key));
        Assert.Equal("2026-11-24 01:21:01", $"{lease.Expires:yyyy-MM-dd HH:mm:ss}");
        Assert.Null(lease.Vni);
        Assert.Equal(("10.244.0.0/16", 24, "vxlan", 1, 8472, "etcd-v2"), (table.Config!.Network, table.Config.SubnetLength, table.Config.BackendType, table.Config.Vni, table.Config.Port, table.Config.Home));
        Assert.Equal((true, "etcd-v2"), (table.IsKnown, string.Join(',', table.Homes)));
        Assert.Empty(table.Problems);
    }

    [Fact]
    public void Kubernetes_annotations_are_leases_without_an_end()
    {
        var table = new RecordedCluster("healthy-kubesubnet").Leases;

        Assert.Equal(["node-1", "node-2", "node-3"], table.Leases.Select(l => l.Node));
        Assert.All(table.Leases, l => Assert.True(l is { Home: "kubernetes", Expires: null, Ttl: null, VtepMAC.Length: 17, Vni: 1 } && l.Key == $"node/{l.Node}"));
        Assert.Equal("kubernetes", Assert.Single(table.Homes));
        Assert.Null(table.Config);
    }

    [Fact]
    public void Etcd_v3_gives_leases_with_the_vni_of_newer_flannel()
    {
        var table = Read(V3(("/coreos.com/network/subnets/10.1.2.0-24", Value.Replace("\"VtepMAC\"", "\"VNI\":7,\"VtepMAC\"", StringComparison.Ordinal)),
            ("/coreos.com/network/config", """{"Network":"10.1.0.0/16","SubnetLen":26,"Backend":{"Type":"vxlan","VNI":"7","Port":4789,"DirectRouting":true}}""")));

        var lease = Assert.Single(table.Leases);
        Assert.Equal(("node-1", "10.1.2.0/24", 7, "etcd-v3"), (lease.Node, lease.Subnet, lease.Vni, lease.Home));
        Assert.Equal((26, 7, 4789, true), (table.Config!.SubnetLength, table.Config.Vni, table.Config.Port, table.Config.DirectRouting));
    }

    [Fact]
    public void The_trainings_configuration_has_the_vni_that_flannel_takes_when_none_is_set()
    {
        var config = Read(V3(("/coreos.com/network/config", Training.Text("config.json")))).Config!;
        Assert.Equal(("10.244.0.0/16", 24, "vxlan", 1, 8472, false), (config.Network, config.SubnetLength, config.BackendType, config.Vni, config.Port, config.DirectRouting));
    }

    [Fact]
    public void Leases_of_two_homes_at_once_are_all_there_with_their_homes()
    {
        var v2 = new RecordedCluster().Leases.Leases[0];
        var nodes = new RecordedCluster("healthy-kubesubnet").Objects.Nodes;
        var table = LeaseReader.Read([new FactResult("etcd-v2", Recordings.Text("healthy", "cluster/etcd-v2.json")), V3(("/coreos.com/network/subnets/10.1.2.0-24", Value))], nodes, RecordedCluster.Addresses);

        Assert.Equal(["etcd-v2", "etcd-v3", "kubernetes"], table.Homes);
        Assert.Equal(7, table.Leases.Count);
        // the three hold other subnets and MACs, which is a split of its own
        Assert.Contains(v2, table.Leases.Select(l => l with { Split = "" }));
        Assert.Equal(3, table.Splits.Count);
    }

    [Fact]
    public void Two_homes_that_do_not_agree_are_a_split_that_each_lease_shows()
    {
        const string Key = "/coreos.com/network/subnets/10.1.";
        var moved = Value.Replace("00:01", "00:09", StringComparison.Ordinal);
        FactResult[] facts = [V2((Key + "2.0-24", Value), (Key + "3.0-24", Value), (Key + "4.0-24", Value)), V3((Key + "2.0-24", Value), (Key + "3.0-24", moved), (Key + "5.0-24", Value))];
        var table = LeaseReader.Read(facts, null, Nodes);

        Assert.Equal(
            "etcd-v2 and etcd-v3 both hold leases and do not agree: 10.1.3.0/24 not the same in both; 10.1.4.0/24 only in etcd-v2; 10.1.5.0/24 only in etcd-v3",
            Assert.Single(table.Splits));
        Assert.Equal(
            ["10.1.2.0/24 etcd-v2 ", "10.1.2.0/24 etcd-v3 ", "10.1.3.0/24 etcd-v2 etcd-v3 has VtepMAC 02:00:00:00:00:09", "10.1.3.0/24 etcd-v3 etcd-v2 has VtepMAC 02:00:00:00:00:01", "10.1.4.0/24 etcd-v2 not in etcd-v3", "10.1.5.0/24 etcd-v3 not in etcd-v2"],
            table.Leases.Select(l => $"{l.Subnet} {l.Home} {l.Split}"));

        // homes that say the same are no split, nor is one whose writer tells more or writes the MAC in capitals; an empty one proves nothing
        var newer = Value.Replace("\"VtepMAC\"", "\"VNI\":7,\"VtepMAC\"", StringComparison.Ordinal);
        Assert.Empty(LeaseReader.Read([V2((Key + "2.0-24", Value)), V3((Key + "2.0-24", newer))], null, Nodes).Splits);
        Assert.Empty(LeaseReader.Read([V2((Key + "2.0-24", Value)), V3()], [], Nodes).Splits);
    }

    [Theory]
    [InlineData(LeaseSource.Auto, "etcd-v2,etcd-v3,kubernetes")]
    [InlineData(LeaseSource.EtcdV2, "etcd-v2")]
    [InlineData(LeaseSource.EtcdV3, "etcd-v3")]
    [InlineData(LeaseSource.Kubernetes, "kubernetes")]
    public void One_home_can_be_asked_for(LeaseSource home, string homes)
    {
        const string Key = "/coreos.com/network/subnets/10.1.2.0-24";
        var table = LeaseReader.Read([V2((Key, Value)), V3((Key, Value))], new RecordedCluster("healthy-kubesubnet").Objects.Nodes, Nodes, home);
        Assert.Equal(homes, string.Join(',', table.Homes));
        Assert.Equal(home == LeaseSource.Auto, table.Splits.Count > 0);

        // why etcd did not answer matters to its stores alone
        var silent = LeaseReader.Read([new FactResult("etcd", "") { ExitCode = -1, Error = "refused" }], [], Nodes, home);
        Assert.Equal(home == LeaseSource.Kubernetes, silent.IsKnown);
    }

    [Fact]
    public void A_home_that_was_not_heard_is_told_apart_from_a_key_that_cannot_be_read()
    {
        var table = LeaseReader.Read([new FactResult("etcd-v2", "") { ExitCode = 1, Error = "refused" }, V3(("/coreos.com/network/subnets/10.1.2.0-24", "no lease"))], [], Nodes);
        Assert.Equal(["etcd-v2: refused"], table.Unheard);
        Assert.Equal(["etcd-v2: refused", "etcd-v3: /coreos.com/network/subnets/10.1.2.0-24 is not a lease of flannel's: no lease"], table.Problems);
        Assert.Equal(["etcd was not asked: leases may be kept there"], LeaseReader.Read([], [], Nodes).Unheard);
    }

    [Fact]
    public void A_key_of_two_families_gives_the_subnet_of_ipv4() =>
        Assert.Equal("10.1.2.0/24", Assert.Single(Read(V3(("/coreos.com/network/subnets/10.1.2.0-24&fd00::-64", Value))).Leases).Subnet);

    [Fact]
    public void A_public_address_that_no_node_has_leaves_the_lease_without_a_node()
    {
        Assert.Equal("", Assert.Single(Read(V3(("/coreos.com/network/subnets/10.1.2.0-24", Value.Replace("192.0.2.1", "192.0.2.9", StringComparison.Ordinal)))).Leases).Node);
        // nor does a lease without an address belong to a node without one
        Assert.Equal("", Assert.Single(Read(V3(("/coreos.com/network/subnets/10.1.2.0-24", "{}"))).Leases).Node);
    }

    [Theory]
    [InlineData("/coreos.com/network/subnets/10.1.2.0-24", "not json", "is not a lease of flannel's")]
    [InlineData("/coreos.com/network/subnets/10.1.2.0-24", "[]", "is not a lease of flannel's")]
    [InlineData("/coreos.com/network/subnets/10.1.2.0-24", "7", "is not a lease of flannel's")]
    [InlineData("/coreos.com/network/subnets/10.1.2.0", "{}", "is not a lease of flannel's")]
    [InlineData("/coreos.com/network/subnets/-24", "{}", "is not a lease of flannel's")]
    [InlineData("/coreos.com/network/subnets/10.1.2.0-x", "{}", "is not a lease of flannel's")]
    [InlineData("/coreos.com/network/config", "\"vxlan\"", "is not flannel's configuration")]
    [InlineData("/coreos.com/network/config", "", "is not flannel's configuration")]
    public void A_value_that_is_not_flannels_is_a_problem_and_the_others_are_read(string key, string value, string problem)
    {
        var table = Read(V3((key, value), ("/coreos.com/network/subnets/10.1.3.0-24", Value), ("/coreos.com/other", "x")));

        Assert.Equal("10.1.3.0/24", Assert.Single(table.Leases).Subnet);
        Assert.Equal($"etcd-v3: {key} {problem}: {value}", Assert.Single(table.Problems));
    }

    [Fact]
    public void Odd_backend_data_leaves_a_lease_without_a_mac()
    {
        foreach (var data in new[] { "null", "5", "[1]", "{\"VtepMAC\":7,\"VNI\":1e99}" })
        {
            var lease = Assert.Single(Read(V3(("/coreos.com/network/subnets/10.1.2.0-24", $"{{\"PublicIP\":\"192.0.2.1\",\"BackendData\":{data}}}"))).Leases);
            Assert.Equal(("node-1", "", null), (lease.Node, lease.VtepMAC, lease.Vni));
        }
    }

    [Fact]
    public void No_keys_are_an_answer_and_an_error_is_a_problem()
    {
        const string NoKey = """{"errorCode":100,"message":"Key not found","cause":"/coreos.com","index":4}""";
        var none = LeaseReader.Read([new FactResult("etcd-v2", NoKey)], [], Nodes);
        Assert.Equal((true, 0), (none.IsKnown, none.Leases.Count));

        var denied = LeaseReader.Read([new FactResult("etcd-v2", NoKey.Replace("100", "110", StringComparison.Ordinal))], [], Nodes);
        Assert.Equal((false, "etcd-v2: etcd answered error 110: Key not found"), (denied.IsKnown, Assert.Single(denied.Problems)));

        var failed = LeaseReader.Read([new FactResult("etcd-v2", "") { ExitCode = 1, Error = "connection refused" }], [], Nodes);
        Assert.Equal((false, "etcd-v2: connection refused"), (failed.IsKnown, Assert.Single(failed.Problems)));
    }

    [Fact]
    public void An_empty_home_proves_nothing_while_another_was_not_heard()
    {
        var noEtcd = LeaseReader.Read([], [], Nodes);
        Assert.Equal((false, "etcd was not asked: leases may be kept there"), (noEtcd.IsKnown, Assert.Single(noEtcd.Problems)));

        var noNodes = Read(V3());
        Assert.Equal((false, "the Kubernetes nodes are unknown: leases may be kept as their annotations"), (noNodes.IsKnown, Assert.Single(noNodes.Problems)));
    }

    private static LeaseTable Read(params FactResult[] facts) => LeaseReader.Read(facts, null, Nodes);

    private static FactResult V2(params (string Key, string Value)[] keys) => new("etcd-v2", System.Text.Json.JsonSerializer.Serialize(new
    {
        action = "get",
        node = new { key = "/coreos.com/network", dir = true, nodes = keys.Select(k => new { key = k.Key, value = k.Value }) },
    }));

    private static FactResult V3(params (string Key, string Value)[] keys) => new("etcd-v3", System.Text.Json.JsonSerializer.Serialize(new
    {
        header = new { revision = 1 },
        kvs = keys.Select(k => new { key = System.Text.Encoding.UTF8.GetBytes(k.Key), value = System.Text.Encoding.UTF8.GetBytes(k.Value) }),
    }));
}
