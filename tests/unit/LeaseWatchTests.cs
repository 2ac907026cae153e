using GravityNet.Overlay;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class LeaseWatchTests
{
    private const string Key = "/coreos.com/network/subnets/10.1.2.0-24";
    private const string Value = """{"PublicIP":"192.0.2.1","BackendType":"vxlan","BackendData":{"VtepMAC":"02:00:00:00:00:01"}}""";
    private readonly LeaseWatch _watch = new(null, new Dictionary<string, string> { ["node-1"] = "192.0.2.1" });

    [Fact]
    public void The_first_list_is_the_start_and_each_event_after_it_a_change()
    {
        Assert.Equal("", Apply(LeaseStoreEventKind.Listed, List("2026-01-01T00:00:00Z", Value)));
        Assert.Equal("Renewed node-1 10.1.2.0/24", Apply(LeaseStoreEventKind.Set, One("2026-01-02T00:00:00Z", Value)));
        Assert.Equal("", Apply(LeaseStoreEventKind.Set, One("2026-01-02T00:00:00Z", Value)));

        var moved = Value.Replace("00:01", "00:09", StringComparison.Ordinal);
        Assert.Equal("Changed node-1 10.1.2.0/24 VtepMAC 02:00:00:00:00:01 -> 02:00:00:00:00:09", Apply(LeaseStoreEventKind.Set, One("2026-01-02T00:00:00Z", moved)));
        Assert.Equal("Expired node-1 10.1.2.0/24", Apply(LeaseStoreEventKind.Expired, ""));
        Assert.Equal("", Apply(LeaseStoreEventKind.Deleted, ""));
        Assert.Equal("Added node-1 10.1.2.0/24", Apply(LeaseStoreEventKind.Set, One("2026-01-02T00:00:00Z", Value)));

        // what was missed while nobody watched comes with the next list
        Assert.Equal("", Apply(LeaseStoreEventKind.Lost, "refused"));
        Assert.Equal("Removed node-1 10.1.2.0/24", Apply(LeaseStoreEventKind.Listed, """{"action":"get","node":{"key":"/coreos.com/network","dir":true}}"""));
    }

    [Fact]
    public void The_v3_store_hides_the_end_so_that_each_writing_is_a_renewal()
    {
        var text = $$"""{"header":{"revision":7},"kvs":[{"key":"{{Base64(Key)}}","value":"{{Base64(Value)}}"}],"count":1}""";
        Assert.Empty(_watch.Apply(new(LeaseSource.EtcdV3, LeaseStoreEventKind.Listed, "", text), DateTimeOffset.UnixEpoch));
        Assert.Empty(_watch.Apply(new(LeaseSource.EtcdV3, LeaseStoreEventKind.Resumed, "", ""), DateTimeOffset.UnixEpoch));
        var change = Assert.Single(_watch.Apply(new(LeaseSource.EtcdV3, LeaseStoreEventKind.Set, Key, text), DateTimeOffset.UnixEpoch));
        Assert.Equal(("Renewed", "etcd-v3", "PublicIP 192.0.2.1, VtepMAC 02:00:00:00:00:01"), (change.Change, change.Home, change.Detail));
        // the same text in a list is no news
        Assert.Empty(_watch.Apply(new(LeaseSource.EtcdV3, LeaseStoreEventKind.Listed, "", text), DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void What_else_is_written_to_a_Kubernetes_node_is_no_change()
    {
        Assert.Equal("", Kube(LeaseStoreEventKind.Listed, "02:00:00:00:00:01", "a"));
        Assert.Equal("", Kube(LeaseStoreEventKind.Set, "02:00:00:00:00:01", "b"));
        Assert.Equal("Changed node-1 VtepMAC 02:00:00:00:00:01 -> 02:00:00:00:00:02", Kube(LeaseStoreEventKind.Set, "02:00:00:00:00:02", "b"));
        Assert.Equal("Removed node-1 was PublicIP 192.0.2.1, VtepMAC 02:00:00:00:00:02", Kube(LeaseStoreEventKind.Deleted, "", ""));

        string Kube(LeaseStoreEventKind kind, string mac, string label)
        {
            var node = System.Text.Json.JsonSerializer.Serialize(new
            {
                metadata = new
                {
                    name = "node-1",
                    labels = new { label },
                    annotations = new Dictionary<string, string>
                    {
                        ["flannel.alpha.coreos.com/backend-type"] = "vxlan",
                        ["flannel.alpha.coreos.com/backend-data"] = $$"""{"VtepMAC":"{{mac}}"}""",
                        ["flannel.alpha.coreos.com/public-ip"] = "192.0.2.1",
                        ["flannel.alpha.coreos.com/kube-subnet-manager"] = "true",
                    },
                },
                spec = new { podCIDR = "10.1.2.0/24" },
            });
            var told = new LeaseStoreEvent(LeaseSource.Kubernetes, kind, "node/node-1", kind == LeaseStoreEventKind.Deleted ? "" : $$"""{"kind":"NodeList","items":[{{node}}]}""");
            return string.Join('\n', _watch.Apply(told, DateTimeOffset.UnixEpoch).Select(c => $"{c.Change} {c.Node} {c.Detail}"));
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private string Apply(LeaseStoreEventKind kind, string text) =>
        string.Join('\n', _watch.Apply(new(LeaseSource.EtcdV2, kind, Key, text), DateTimeOffset.UnixEpoch)
            .Select(c => $"{c.Change} {c.Node} {c.Subnet}{(c.Change == "Changed" ? " " + c.Detail : "")}"));

    private static string One(string expires, string value) =>
        System.Text.Json.JsonSerializer.Serialize(new { action = "set", node = new { key = Key, value, expiration = expires, ttl = 60 } });

    private static string List(string expires, string value) =>
        System.Text.Json.JsonSerializer.Serialize(new { action = "get", node = new { key = "/coreos.com/network", dir = true, nodes = new[] { new { key = Key, value, expiration = expires, ttl = 60 } } } });
}
