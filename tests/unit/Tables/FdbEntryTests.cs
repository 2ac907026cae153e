using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Tables;

public sealed class FdbEntryTests
{
    [Fact]
    public void Everything_that_bridge_says_of_a_row_has_its_field()
    {
        var rows = Samples.All("bridge-fdb.7.1-details-statistics", BridgeFdb.Parse);

        Assert.All(rows, r => Assert.True(r.Words.Count == 0, r.Print()));
        Assert.True(Find(rows, "4a:6c:67:96:7e:83") is { Interface: "flannel.1", Destination: "192.168.33.12", Self: true, State: "permanent", Master: "" });
        Assert.True(rows.Single(r => r.Destination == "192.168.33.14") is { Port: 4789, Vni: 7, Via: "eth0" });
        Assert.True(Find(rows, "4a:6c:67:96:7e:86") is { Router: true, State: "" });
        Assert.True(Find(rows, "4a:6c:67:96:7e:87") is { ExternLearn: true });
        Assert.True(Find(rows, "4a:6c:67:96:7e:88") is { Vni: 43, SourceVni: 42 });
        Assert.True(Find(rows, "4a:6c:67:96:7e:89") is { NexthopId: 15, SourceVni: 5 });
        Assert.True(Find(rows, "0a:00:00:00:00:01") is { Interface: "veth1", Master: "cni0", State: "static", IsLearned: false, UsedSeconds: 0, UpdatedSeconds: 0 });
        Assert.True(Find(rows, "0a:00:00:00:00:04") is { Sticky: true });
        Assert.True(Find(rows, "0a:00:00:00:00:06") is { ActivityNotify: true, Inactive: false });
        Assert.True(Find(rows, "0a:00:00:00:00:07") is { ActivityNotify: true, Inactive: true });
        Assert.Equal("4a:6c:67:96:7e:83 dev flannel.1 dst 192.168.33.12 self permanent", Find(rows, "4a:6c:67:96:7e:83").ToString());
    }

    [Theory]
    [InlineData("bridge-fdb.4.11-statistics")]
    [InlineData("bridge-fdb.4.18-details-statistics")]
    [InlineData("bridge-fdb.5.10-details")]
    [InlineData("bridge-fdb.6.1-one-device")]
    public void Other_versions_leave_no_word_over(string sample) =>
        Assert.All(Samples.All(sample, BridgeFdb.Parse), r => Assert.True(r.Words.Count == 0, r.Print()));

    [Fact]
    public void A_row_of_4_18_is_told_without_the_words_dst_and_master()
    {
        var rows = Samples.All("bridge-fdb.4.18-details-statistics", BridgeFdb.Parse);

        Assert.True(Find(rows, "4a:6c:67:96:7e:83") is { Destination: "192.168.33.12", Self: true, Master: "" });
        Assert.True(Find(rows, "0a:00:00:00:00:01") is { Master: "cni0", State: "static", Destination: "" });
        Assert.True(Find(rows, "0a:00:00:00:00:03") is { Master: "cni0", State: "", IsLearned: true });
        Assert.Equal("0a:00:00:00:00:01 dev veth1 used 0/0 cni1 static", (Find(rows, "0a:00:00:00:00:01") with { Master = "cni1" }).Print());
        Assert.Equal("0a:00:00:00:00:01 dev veth1 master cni0 static", Find(rows, "0a:00:00:00:00:01").ToString());

        // a row that was cut short, of another version
        var cut = BridgeFdb.Parse("n", "bridge-fdb", "0a:00:00:00:00:01 dev veth1 master cni0 \n0a:00:00:00:00:02 dev veth1 mast");
        Assert.Equal(["cni0", ""], cut.Records.Select(r => r.Master));
    }

    [Fact]
    public void The_flag_master_is_no_bridge()
    {
        var rows = Samples.All("bridge-fdb.switches.printed-sample", BridgeFdb.Parse);

        Assert.True(Find(rows, "00:02:00:00:00:07") is { Self: true, Master: "", State: "permanent", Words: ["master"] });
        Assert.True(Find(rows, "00:02:00:00:00:08") is { Master: "", Words: ["master"] });
        Assert.True(Find(rows, "00:02:00:00:00:05") is { ViaIndex: 7, Via: "", LinkNetNsId: 2 });
        Assert.True(Find(rows, "00:02:00:00:00:03") is { Locked: true, Master: "br0", Vlan: 1 });
    }

    private static FdbEntry Find(IEnumerable<FdbEntry> rows, string mac) => rows.First(r => r.Mac == mac);
}
