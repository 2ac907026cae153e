using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>A node whose kernel has rules of both iptables flavours, as after a change of the distribution's default, or with kube-proxy in a container of its own.</summary>
public sealed class IptablesFlavorTests(LabFixture fixture, ConnectedShell connected) : IClassFixture<ConnectedShell>
{
    // empty tables stay registered in the kernel, so the nft tools go on to warn of them
    private const string ClearLegacy = "for table in nat filter mangle; do iptables-legacy -t $table -F; iptables-legacy -t $table -X; done";

    private ModuleShell Shell => connected.Shell;

    [Fact]
    public async Task Kube_proxys_chains_in_both_are_shown_for_each_and_warned_of()
    {
        Assert.Equal(["nf_tables"], Flavors());
        await using (await fixture.DoAsync("node-2", "iptables-nft-save | iptables-legacy-restore", ClearLegacy))
        {
            Assert.Equal(["legacy", "nf_tables"], Flavors());
            Assert.Contains("in both iptables flavours of node-2", Assert.Single(Shell.Streams.Warning).Message, StringComparison.Ordinal);
            Assert.Equal(["legacy ok", "nf_tables ok"], Shell.Lines("Get-ServiceNatChain web node-2 | ForEach-Object { \"$($_.Flavor) $($_.Status)\" } | Sort-Object"));
        }

        Assert.Equal(["nf_tables"], Flavors());
        Assert.Empty(Shell.Streams.Warning);
    }

    [Fact]
    public async Task Rules_that_stand_in_the_flavor_that_is_not_the_default_are_found_there()
    {
        // the default tool then shows empty tables, and the services work all the same
        await using (await fixture.DoAsync(
            "node-2",
            "iptables-nft-save >/run/rules.nft; iptables-legacy-restore </run/rules.nft; for table in nat filter mangle; do iptables-nft -t $table -F; iptables-nft -t $table -X; done",
            $"iptables-nft-restore </run/rules.nft; {ClearLegacy}"))
        {
            Assert.Equal(["legacy ok"], Shell.Lines("Get-ServiceNatChain web node-2 | ForEach-Object { \"$($_.Flavor) $($_.Status)\" }"));
            Assert.Empty(Shell.Streams.Warning);
            Assert.Contains("(legacy)", Shell.Render("Get-ServiceNatChain web node-2"), StringComparison.Ordinal);
            Assert.Equal(["ok"], Shell.Lines("Test-PodReachability node:node-2 service:default/web | ForEach-Object Verdict"));
        }
    }

    [Fact]
    public async Task A_legacy_rule_that_drops_is_the_cause_with_its_line()
    {
        await using (await fixture.DoAsync("node-3", "iptables-legacy -I INPUT -p udp --dport 8472 -j DROP", "iptables-legacy -F INPUT"))
        {
            var lost = Shell.Run("Test-PodReachability node:node-1 node:node-3 | Where-Object Verdict -eq lost");
            Assert.NotEmpty(lost);
            Assert.All(lost, l => Assert.Contains("node-3 drops incoming UDP 8472, the overlay's own packets", (string)l.Properties["Cause"].Value, StringComparison.Ordinal));
            Assert.All(lost, l => Assert.StartsWith("node-3 iptables-legacy:", ((IEnumerable<string>)l.Properties["Evidence"].Value).Single(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Legacy_rules_without_a_tool_to_read_them_make_the_services_unknown()
    {
        await using (await fixture.DoAsync(
            "node-2",
            "iptables-nft-save >/run/rules.nft; iptables-legacy-restore </run/rules.nft; for table in nat filter mangle; do iptables-nft -t $table -F; iptables-nft -t $table -X; done",
            $"iptables-nft-restore </run/rules.nft; {ClearLegacy}"))
        await using (await fixture.HideToolAsync("node-2", "iptables-legacy-save"))
        {
            var chain = Assert.Single(Shell.Run("Get-ServiceNatChain web node-2"));
            Assert.Equal("unknown", chain.Properties["Status"].Value);
            Assert.Contains("no 'iptables-legacy-save' to read them", (string)chain.Properties["Reason"].Value, StringComparison.Ordinal);
        }
    }

    private IEnumerable<string> Flavors() => Shell.Lines("Get-ServiceNatChain web node-2 | ForEach-Object Flavor | Sort-Object");
}
