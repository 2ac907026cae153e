using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>One node is named, and the cluster's others are found.</summary>
public sealed class DiscoverTests(LabFixture fixture)
{
    private string Login => $"-KeyFile '{fixture.Status.KeyFile}' -KnownHostsFile '{fixture.Status.KnownHosts}'";

    [Theory]
    [InlineData(true, true, "Kubernetes, its lease")]
    [InlineData(true, false, "its lease")]
    [InlineData(false, true, "Kubernetes")]
    public void The_stores_know_the_others(bool etcd, bool kubernetes, string where)
    {
        var stores = (etcd ? $"-Etcd {fixture.Status.Etcd} " : "") + (kubernetes ? $"-KubeConfig '{fixture.Status.KubeConfig}'" : "");
        using var shell = new ModuleShell();
        Assert.Equal(
            ["node-1 node-2 node-3"],
            shell.Lines($"(Connect-GravityCluster {fixture.Status.Nodes[1].Address} {Login} {stores} -Discover -Verbose).Nodes -join ' '"));

        Assert.Empty(shell.Streams.Warning);
        Assert.Contains(shell.Streams.Verbose, v => v.Message.EndsWith($": found at {fixture.Status.Nodes[2].Address} by {where}", StringComparison.Ordinal));
        Assert.Equal(["node-1", "node-2", "node-3"], shell.Lines("Get-NodeBridge -Bridge cni0 | ForEach-Object Node | Sort-Object"));
        shell.Run("Disconnect-GravityCluster");
    }

    [Fact]
    public void The_login_and_port_that_were_typed_are_those_of_the_others_and_nobody_is_asked_twice()
    {
        using var shell = new ModuleShell();
        var nodes = $"'root@{fixture.Status.Nodes[0].Address}:22', 'root@{fixture.Status.Nodes[2].Address}'";
        Assert.Equal(["3"], shell.Lines($"(Connect-GravityCluster {nodes} {fixture.Options()} -User nobody -Discover -Verbose).Nodes.Count"));
        Assert.Empty(shell.Streams.Warning);
        Assert.Equal(3, shell.Streams.Verbose.Count(v => v.Message.Contains(": connected to root@", StringComparison.Ordinal)));
        shell.Run("Disconnect-GravityCluster");
    }

    [Fact]
    public void Nothing_to_ask_is_a_warning_and_what_is_named_is_connected_to()
    {
        using var shell = new ModuleShell();
        // etcd is on the first node
        Assert.Equal(["node-2"], shell.Lines($"(Connect-GravityCluster {fixture.Status.Nodes[1].Address} {Login} -Discover).Nodes"));
        Assert.Equal(2, shell.Streams.Warning.Count);
        Assert.Contains("-Discover found no node", shell.Streams.Warning[0].Message, StringComparison.Ordinal);
        Assert.Contains("Neither etcd nor a Kubernetes API was found", shell.Streams.Warning[1].Message, StringComparison.Ordinal);
        shell.Run("Disconnect-GravityCluster");
    }

    [Fact]
    public async Task Gravity_knows_its_nodes_and_each_that_is_not_reached_is_one_error()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        using var shell = new ModuleShell();
        // root may not log in on node-2, and a jump host stands before node-3
        var nodes = shell.Try($"(Connect-GravityCluster {lab.Status.Node("node-1").Address} -KeyFile '{lab.Status.KeyFile}' -KnownHostsFile '{lab.Status.KnownHosts}' -Discover -TimeoutSeconds 5 -Verbose).Nodes");

        Assert.Equal(["node-1"], nodes.Select(n => n.ToString()));
        Assert.Equal(["node-2", "node-3"], new[] { "node-2", "node-3" }.Where(n => shell.Streams.Verbose.Any(v => v.Message.Contains($": found at {lab.Status.Node(n).Address} by ", StringComparison.Ordinal) && v.Message.EndsWith("gravity status", StringComparison.Ordinal))));
        Assert.Equal(2, shell.Errors.Count);
        Assert.All(new[] { "node-2", "node-3" }, n => Assert.Single(shell.Errors, e => e.ToString().Contains(lab.Status.Node(n).Address, StringComparison.Ordinal)));
        // the cluster's join token stands beside the nodes
        Assert.DoesNotContain("5b0a1cb7e4d84d0f", string.Join('\n', shell.Streams.Verbose.Select(v => v.Message).Concat(shell.Errors.Select(e => e.ToString()))), StringComparison.Ordinal);
        shell.Run("Disconnect-GravityCluster");
    }
}
