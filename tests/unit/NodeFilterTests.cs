using GravityNet.Facts;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class NodeFilterTests
{
    [Fact]
    public void A_node_has_what_its_facts_tell()
    {
        var node = Node(Sample("nft", "kube-proxy-and-others"), Sample("ipset", "all-types"), Sample("ipvs", "printed"));

        Assert.NotNull(Assert.Single(node.Nft.Records).Table("ip", "kube-proxy"));
        Assert.Contains(node.Ipsets.Records, s => s.Name == "KUBE-CLUSTER-IP");
        Assert.Equal(8, node.Ipvs.Records.Count);
        Assert.True(node.Nft.IsKnown && node.Ipsets.IsKnown && node.Ipvs.IsKnown);
        Assert.Empty(node.Unread);
    }

    [Fact]
    public void What_was_not_collected_or_cannot_be_read_is_unknown()
    {
        var none = Node();
        Assert.Equal("node-1: 'nft' was not collected", none.Nft.Reason);
        Assert.False(none.Ipsets.IsKnown || none.Ipvs.IsKnown);

        var odd = Node(new FactResult("nft", "Error: something\n"), new FactResult("ipset", "add\n"), new FactResult("iptables", "*nat\noops\n"));
        Assert.Equal("node-1: what 'nft' printed is not its JSON", odd.Nft.Reason);
        Assert.True(odd.Ipsets.IsKnown && odd.Iptables.IsKnown);
        Assert.Equal(["Error: something", "add", "oops"], odd.Unread.Select(l => l.Text));
    }

    [Fact]
    public void Every_fact_has_its_command()
    {
        Assert.Equal(["nft -j list ruleset", "ipset save", "ipvsadm -Sn"], new[] { "nft", "ipset", "ipvs" }.Select(f => FactCatalog.Get(f).Command));
    }

    private static FactResult Sample(string fact, string what) => new(fact, Languages.TextsOf(fact).Single(t => t.Place.Contains(what, StringComparison.Ordinal)).Text);

    private static NodeState Node(params FactResult[] facts) => new(new NodeFacts("node-1", "192.168.33.11", facts.ToDictionary(f => f.Fact), []));
}
