using GravityNet.Facts;
using GravityNet.Overlay;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>
/// node-1 (10.244.19.0/24, MAC c2:a1:c2:6e:82:bf) looks at node-2 (10.244.65.0/24, MAC 4a:6c:67:96:7e:83, 192.168.33.12), with one thing wrong.
/// </summary>
public sealed class VxlanFdbTests
{
    private const string Fdb = "4a:6c:67:96:7e:83 dev flannel.1 dst 192.168.33.12 self permanent\n";
    private const string Arp = "10.244.65.0 dev flannel.1 lladdr 4a:6c:67:96:7e:83 PERMANENT \n";
    private const string Way = "unicast 10.244.65.0/24 via 10.244.65.0 dev flannel.1 table main proto boot scope global onlink \n";
    private const string Mac = "4a:6c:67:96:7e:83";
    private const string OtherMac = "02:00:00:00:00:99";

    public static TheoryData<string> AllRecordings => [.. Recordings.Names];

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public void Only_what_was_broken_in_a_recording_is_flagged(string recording)
    {
        var cluster = new RecordedCluster(recording);
        var rows = RecordedCluster.Addresses.Keys.SelectMany(n => cluster.Compare(n)).ToList();

        // each node: its own device and the two others
        Assert.Equal(9, rows.Count);
        var flagged = rows.Where(r => r.Status != "ok").Select(r => $"{r.Node} -> {r.RemoteNode} {r.Status}: {r.Reason}");
        Assert.Equal(recording switch
        {
            "b-fdb-missing" => ["node-1 -> node-2 missing: no FDB row on flannel.1 sends to 192.168.33.12"],
            "d-route-missing" => ["node-2 -> node-3 missing: no route to 10.244.92.0/24: it goes where the default route leads"],
            "h-mtu-1500" => ["node-1 -> node-1 mismatch: MTU 1500 is too large for eth0 (MTU 1500): at most 1450"],
            _ => Array.Empty<string>(),
        }, flagged);
        Assert.All(rows, r => Assert.Equal(r.RemoteNode == r.Node, r.IsOwn));
        Assert.All(rows, r => Assert.True(r.Evidence.Count >= 3));
    }

    [Fact]
    public void A_row_that_is_right_shows_its_four_parts_and_their_lines()
    {
        var row = Remote(new());

        Assert.Equal(("ok", "", "10.244.65.0/24", "10.244.65.0", Mac, "192.168.33.12", Mac), (row.Status, row.Reason, row.Subnet, row.Address, row.Mac, row.Destination, row.LeaseMac));
        Assert.StartsWith("etcd-v2: {\"PublicIP\":\"192.168.33.12\"", row.Evidence[0], StringComparison.Ordinal);
        Assert.Equal(
            [$"node-1 bridge-fdb:5: {Fdb.Trim()}", $"node-1 ip-neighbor:7: {Arp.Trim()}", $"node-1 ip-route:3: {Way.Trim()}"],
            row.Evidence.Skip(1).Take(3));
        Assert.Contains($"node-2 ip-addr:", row.Evidence[4], StringComparison.Ordinal);
        Assert.Equal("node-1 -> node-2 10.244.65.0/24 ok", row.ToString());
    }

    public static TheoryData<string, string, string, string, string> Remotes => new()
    {
        { "bridge-fdb", Fdb, "", "missing", "no FDB row on flannel.1 sends to 192.168.33.12" },
        { "ip-neighbor", Arp, "", "missing", "no neighbor entry for 10.244.65.0 on flannel.1" },
        { "ip-neighbor", Arp, "10.244.65.0 dev flannel.1  FAILED \n", "missing", "no neighbor entry for 10.244.65.0 on flannel.1" },
        { "ip-route", Way, "", "missing", "no route to 10.244.65.0/24" },
        { "ip-route", Way, Way.Replace("unicast 10", "blackhole 10", StringComparison.Ordinal), "missing", "no route to 10.244.65.0/24" },
        { "ip-neighbor", Arp, Arp.Replace(Mac, OtherMac, StringComparison.Ordinal), "mismatch", $"the neighbor entry says {OtherMac}, which no FDB row has: the row to 192.168.33.12 is for {Mac}" },
        { "bridge-fdb", Fdb, Fdb.Replace("33.12", "33.99", StringComparison.Ordinal), "mismatch", "the FDB row sends to 192.168.33.99, the lease says 192.168.33.12" },
        { "bridge-fdb", Fdb, Fdb.Replace(Mac, OtherMac, StringComparison.Ordinal), "mismatch", $"the neighbor entry says {Mac}, which no FDB row has: the row to 192.168.33.12 is for {OtherMac}" },
        { "bridge-fdb", Fdb, Fdb + Fdb.Replace("33.12", "33.98", StringComparison.Ordinal), "duplicate", $"a second FDB row for {Mac} sends to 192.168.33.98" },
        { "ip-route", Way, Way.Replace("via 10.244.65.0", "via 10.244.65.7", StringComparison.Ordinal), "mismatch", "the route's gateway is 10.244.65.7, not 10.244.65.0" },
        { "ip-route", Way, Way.Replace("via 10.244.65.0 ", "", StringComparison.Ordinal), "mismatch", "the route's gateway is not set, not 10.244.65.0" },
        { "ip-route", Way, Way.Replace(" onlink", "", StringComparison.Ordinal), "mismatch", "the route is not onlink" },
        { "ip-route", Way, Way.Replace("flannel.1", "eth0", StringComparison.Ordinal), "mismatch", "the route to 10.244.65.0/24 leads out of eth0, not flannel.1" },
    };

    [Theory]
    [MemberData(nameof(Remotes))]
    public void One_wrong_part_gives_its_status_and_reason(string fact, string old, string @new, string status, string reason)
    {
        var rows = new RecordedCluster().Edit("node-1", fact, old, @new).Compare("node-1");

        var row = Assert.Single(rows, r => r.RemoteNode == "node-2");
        Assert.Equal(status, row.Status);
        Assert.Contains(reason, row.Reason, StringComparison.Ordinal);
        foreach (var line in @new.Split('\n').Where(l => l.Length > 0 && !l.StartsWith("blackhole", StringComparison.Ordinal)))
        {
            Assert.Contains(row.Evidence, e => e.EndsWith(line.Trim(), StringComparison.Ordinal));
        }

        Assert.All(rows.Where(r => r.RemoteNode is "node-1" or "node-3"), r => Assert.Equal("ok", r.Status));
    }

    [Theory]
    [InlineData("bridge-fdb")]
    [InlineData("ip-neighbor")]
    [InlineData("ip-route")]
    public void A_fact_that_was_not_collected_makes_the_rows_unknown_and_not_missing(string fact)
    {
        var row = Remote(new RecordedCluster().Without($"nodes/node-1/{fact}.txt"));
        Assert.Equal(("unknown", $"node-1: '{fact}' was not collected"), (row.Status, row.Reason));
    }

    [Fact]
    public void Entries_and_lease_that_differ_are_judged_by_the_remote_device()
    {
        const string Lease = "VtepMAC\\\":\\\"4a:6c:67:96:7e:83";
        var leaseIsOld = new RecordedCluster().EditStore("etcd-v2", Lease, Lease.Replace(Mac, OtherMac, StringComparison.Ordinal));

        var row = Remote(leaseIsOld);
        Assert.Equal(("stale", $"FDB row and neighbor entry say {Mac}, the lease says {OtherMac}: node-2's device has {Mac}, so the lease is old"), (row.Status, row.Reason));
        Assert.Contains(row.Evidence, e => e.Contains($"link/ether {Mac}", StringComparison.Ordinal));

        row = Assert.Single(leaseIsOld.Compare("node-1", silent: "node-2"), r => r.RemoteNode == "node-2");
        Assert.Equal(("stale", $"FDB row and neighbor entry say {Mac}, the lease says {OtherMac}: one of the two is old"), (row.Status, row.Reason));

        var own = leaseIsOld.Compare("node-2").Single(r => r.IsOwn);
        Assert.Equal(("stale", $"the device's MAC is {Mac}, the lease says {OtherMac}: the others still send to the device's MAC, so the lease is old"), (own.Status, own.Reason));

        var deviceIsNew = new RecordedCluster().Edit("node-2", "ip-addr", Mac, OtherMac);
        own = deviceIsNew.Compare("node-2").Single(r => r.IsOwn);
        Assert.Equal(("mismatch", $"the device's MAC is {OtherMac}, the lease says {Mac}: what comes from node-1, node-3 is not for this device"), (own.Status, own.Reason));

        var entriesAreOld = new RecordedCluster().Edit("node-1", "bridge-fdb", Mac, OtherMac).Edit("node-1", "ip-neighbor", Mac, OtherMac);
        row = Remote(entriesAreOld);
        Assert.Equal(("stale", $"FDB row and neighbor entry say {OtherMac}, the lease says {Mac}: node-2's device has {Mac}, so this node's entry is wrong"), (row.Status, row.Reason));

        var bothAreWrong = entriesAreOld.Edit("node-2", "ip-addr", Mac, "02:00:00:00:00:98");
        row = Remote(bothAreWrong);
        Assert.Equal(("mismatch", true), (row.Status, row.Reason.EndsWith("node-2's device has 02:00:00:00:00:98, so both are wrong", StringComparison.Ordinal)));

        row = Remote(new RecordedCluster().Edit("node-2", "ip-addr", Mac, OtherMac));
        Assert.Equal(("mismatch", $"node-2's flannel.1 has the MAC {OtherMac}, lease and entries say {Mac}: it drops what is sent to it"), (row.Status, row.Reason));
    }

    public static TheoryData<string, string, string, string> Devices => new()
    {
        { "vxlan id 1 ", "vxlan id 7 ", "mismatch", "VNI is 7, the network's is 1" },
        { "dstport 8472", "dstport 4789", "mismatch", "UDP port is 4789, the network's is 8472" },
        { "local 192.168.33.11 dev", "local 192.168.33.77 dev", "mismatch", "local address is 192.168.33.77, the lease says 192.168.33.11" },
        { " nolearning", "", "mismatch", "learning is on" },
        { "3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP>", "3: flannel.1: <BROADCAST,MULTICAST>", "mismatch", "flannel.1 is down" },
        { "3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450", "3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1451", "mismatch", "MTU 1451 is too large for eth0 (MTU 1500): at most 1450" },
        { "inet 10.244.19.0/32", "inet 10.244.20.0/32", "mismatch", "flannel.1 has the address 10.244.20.0/32, not the lease's 10.244.19.0" },
        { "inet 10.244.19.0/32", "inet6 fd00::1/128", "mismatch", "flannel.1 has no address, the lease gives 10.244.19.0" },
        { "c2:a1:c2:6e:82:bf", OtherMac, "mismatch", $"the device's MAC is {OtherMac}, the lease says c2:a1:c2:6e:82:bf" },
        { "flannel.1", "eth7", "ok", "" },
        { "c2:a1:c2:6e:82:bf", Mac, "mismatch", $"the lease 10.244.65.0/24 of node-2 has the same MAC {Mac}" },
    };

    [Theory]
    [MemberData(nameof(Devices))]
    public void The_nodes_own_device_is_compared_with_its_own_lease(string old, string @new, string status, string reason)
    {
        var own = new RecordedCluster().Edit("node-1", "ip-addr", old, @new).Compare("node-1").Single(r => r.IsOwn);

        Assert.Equal(status, own.Status);
        Assert.Contains(reason, own.Reason, StringComparison.Ordinal);
        Assert.Contains(own.Evidence, e => e.StartsWith("node-1 ip-addr:", StringComparison.Ordinal) && e.Contains("vxlan id", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_without_a_device_without_a_lease_or_without_its_links_says_which()
    {
        var noDevice = new RecordedCluster().Edit("node-1", "ip-addr", "vxlan id 1", "gretap id 1").Edit("node-1", "ip-addr", "flannel.1", "eth7").Compare("node-1").Single(r => r.IsOwn);
        Assert.Equal(("missing", "the node has no flannel VXLAN device"), (noDevice.Status, noDevice.Reason));

        var noLease = new RecordedCluster().EditStore("etcd-v2", "192.168.33.11", "192.168.33.50").Compare("node-1")[0];
        // its own lease is now another's, of the same MAC
        Assert.Equal(("missing", "no lease has this node's address; the lease 10.244.19.0/24 of 192.168.33.50 has the same MAC c2:a1:c2:6e:82:bf"), (noLease.Status, noLease.Reason));

        var noLinks = new RecordedCluster().Without("nodes/node-1/ip-addr").Without("nodes/node-1/ip-link").Compare("node-1").Single(r => r.IsOwn);
        Assert.Equal(("unknown", "node-1: 'ip-addr' was not collected"), (noLinks.Status, noLinks.Reason));

        // 'ip link' does as well: it prints no addresses, so nothing is said of them
        Assert.Equal("ok", new RecordedCluster().Without("nodes/node-1/ip-addr").Compare("node-1").Single(r => r.IsOwn).Status);
    }

    [Theory]
    [InlineData("7a:6d:e5:f8:c9:06", Mac, "has the same MAC 4a:6c:67:96:7e:83")]
    [InlineData("10.244.92.0-24", "10.244.65.0-24", "the subnet is leased twice, also by node-3")]
    [InlineData("192.168.33.13", "192.168.33.12", "has the same public address 192.168.33.12")]
    public void Two_leases_that_share_a_mac_a_subnet_or_an_address_are_duplicates(string old, string @new, string reason)
    {
        var row = new RecordedCluster().EditStore("etcd-v2", old, @new).Compare("node-1").First(r => r.RemoteNode == "node-2");
        Assert.Equal("duplicate", row.Status);
        Assert.Contains(reason, row.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_lease_of_the_same_node_is_a_duplicate_of_its_own()
    {
        var own = new RecordedCluster().EditStore("etcd-v2", "192.168.33.13", "192.168.33.11").Compare("node-1").Single(r => r.IsOwn);
        Assert.Equal(("duplicate", "a second lease, 10.244.92.0/24, has the same public address 192.168.33.11"), (own.Status, own.Reason));
        Assert.Equal("10.244.19.0/24", own.Subnet);
    }

    [Fact]
    public void Rows_that_no_lease_explains_are_stale_leftovers()
    {
        var cluster = new RecordedCluster()
            .Append("node-1", "bridge-fdb", $"{OtherMac} dev flannel.1 dst 192.168.33.99 self permanent")
            .Append("node-1", "ip-neighbor", $"10.244.7.0 dev flannel.1 lladdr {OtherMac} PERMANENT")
            .Append("node-1", "ip-route", "unicast 10.244.7.0/24 via 10.244.7.0 dev flannel.1 table main proto boot scope global onlink");

        var rows = cluster.Compare("node-1");
        Assert.Equal(4, rows.Count);
        var left = rows[3];
        Assert.Equal(("stale", $"no lease has the MAC {OtherMac} or the address 192.168.33.99"), (left.Status, left.Reason));
        Assert.Equal(("", false, "10.244.7.0/24", "10.244.7.0", 3), (left.RemoteNode, left.IsOwn, left.Subnet, left.Address, left.Evidence.Count));
    }

    [Fact]
    public void Leases_that_are_unknown_leave_everything_unknown()
    {
        var rows = new RecordedCluster().Without("cluster/").Compare("node-1");

        Assert.Equal([("node-1", ""), ("", "7a:6d:e5:f8:c9:06"), ("", Mac)], rows.Select(r => (r.RemoteNode, r.Fdb?.Mac ?? "")));
        Assert.All(rows, r => Assert.Equal(("unknown", "the leases are unknown, so nothing can be compared"), (r.Status, r.Reason)));
    }

    [Fact]
    public void A_network_of_another_backend_has_no_rows() =>
        Assert.Empty(new RecordedCluster().EditStore("etcd-v2", "\\\"BackendType\\\":\\\"vxlan\\\"", "\\\"BackendType\\\":\\\"host-gw\\\"")
            .Edit("node-1", "bridge-fdb", "dev flannel.1", "dev eth7").Compare("node-1"));

    [Fact]
    public void The_changed_mac_in_the_trainings_own_print_is_flagged()
    {
        const string Lease = """{"PublicIP":"10.162.0.6","BackendType":"vxlan","BackendData":{"VtepMAC":"96:55:5d:21:ec:47"}}""";
        // the lease as printed, within the answer that it comes in
        Assert.Equal(Lease, string.Concat(Training.Text("lease.json").Where(c => !char.IsWhiteSpace(c))));
        var value = Lease.Replace("\"", "\\\"", StringComparison.Ordinal);
        var answer = "{\"action\":\"get\",\"node\":{\"nodes\":[{\"key\":\"/coreos.com/network/subnets/10.244.24.0-24\",\"value\":\"" + value + "\"}]}}";
        var leases = LeaseReader.Read([new FactResult("etcd-v2", answer)], null, new Dictionary<string, string> { ["kevin-test1"] = "10.162.0.7" });
        var node = new NodeState(new NodeFacts("kevin-test1", "10.162.0.7", new[]
        {
            new FactResult("ip-addr", Training.Text("ip-addr-flannel") + Training.Text("ip-addr-cni0")),
            new FactResult("bridge-fdb", Training.Text("bridge-fdb")),
            new FactResult("ip-neighbor", Training.Text("ip-neighbor-flannel")),
            new FactResult("ip-route", Training.Text("ip-route")),
        }.ToDictionary(f => f.Fact), []));

        var row = Assert.Single(VxlanFdb.Compare(node, leases, new Dictionary<string, NodeState> { ["kevin-test1"] = node }), r => r.Subnet == "10.244.24.0/24");

        Assert.Equal(("stale", "FDB row and neighbor entry say da:77:5d:47:e8:42, the lease says 96:55:5d:21:ec:47: one of the two is old"), (row.Status, row.Reason));
        Assert.Equal(
            [
                $"etcd-v2: {Lease}",
                "kevin-test1 bridge-fdb:1: da:77:5d:47:e8:42 dev flannel.1 dst 10.162.0.6 self permanent",
                "kevin-test1 ip-neighbor:1: 10.244.24.0 dev flannel.1 lladdr da:77:5d:47:e8:42 PERMANENT",
                "kevin-test1 ip-route:4: 10.244.24.0/24 via 10.244.24.0 dev flannel.1 onlink",
            ],
            row.Evidence);
    }

    private static VxlanFdbEntry Remote(RecordedCluster cluster) => Assert.Single(cluster.Compare("node-1"), r => r.RemoteNode == "node-2");
}
