using System.Diagnostics;
using System.Management.Automation;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Nodes that cannot be connected to: one clear error each, and the others are connected.</summary>
public sealed class BadConnectionTests(LabFixture fixture) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gravitynet-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_node_that_is_down_costs_no_more_than_the_time_given()
    {
        var nodes = fixture.Addresses();
        var clock = Stopwatch.StartNew();
        var error = ErrorOfConnecting($"{nodes}, 192.168.33.99", fixture.Options() + " -TimeoutSeconds 2", "node-1 node-2 node-3");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(12), $"it took {clock.Elapsed}");
        AssertError(error, "Unreachable", "192.168.33.99", "192.168.33.99:22", "is up");
    }

    [Fact]
    public void A_port_where_nobody_listens_is_said_to_refuse()
    {
        _ = fixture.Lab;
        var error = ErrorOfConnecting("192.168.33.11, 192.168.33.12:2222", fixture.Options(), "node-1");
        AssertError(error, "Unreachable", "192.168.33.12:2222", "the connection was refused", "SSH server");
    }

    [Fact]
    public async Task A_node_that_refuses_the_key_is_named_with_the_key()
    {
        await using (await fixture.RefuseKeyAsync("node-2"))
        {
            var error = ErrorOfConnecting(fixture.Addresses(), fixture.Options(), "node-1 node-3");
            AssertError(error, "AuthenticationFailed", "192.168.33.12", fixture.Status.KeyFile, "authorized_keys");
        }
    }

    [Fact]
    public void A_key_that_no_node_knows_connects_to_none()
    {
        var key = Path.Combine(_folder.FullName, "other_key");
        var options = fixture.Options().Replace(fixture.Status.KeyFile, key, StringComparison.Ordinal);
        using (var keygen = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key])) keygen.WaitForExit();
        using var shell = new ModuleShell();
        Assert.Empty(shell.Try($"Connect-GravityCluster {fixture.Addresses()} {options}"));
        var refusals = shell.Errors.SkipLast(1).ToList();
        Assert.Equal(["192.168.33.11", "192.168.33.12", "192.168.33.13"], refusals.Select(e => $"{e.TargetObject}").Order());
        Assert.All(refusals, e => Assert.Contains(key, e.ToString(), StringComparison.Ordinal));
        Assert.Equal("NoNodeConnected,GravityNet.Cmdlets.ConnectGravityClusterCommand", shell.Errors[^1].FullyQualifiedErrorId);
        Assert.Empty(shell.Run("Get-GravityCluster"));
    }

    [Theory]
    [InlineData("Strict")]
    [InlineData("AcceptNew")]
    public void A_changed_host_key_is_refused_under_either_policy(string policy)
    {
        // node-2 seems to have the key of node-1
        var lines = KnownHosts();
        var stranger = lines.Single(l => l.StartsWith("192.168.33.11 ", StringComparison.Ordinal))["192.168.33.11 ".Length..];
        var file = Write(lines.Select(l => l.StartsWith("192.168.33.12 ", StringComparison.Ordinal) ? "192.168.33.12 " + stranger : l));
        var error = ErrorOfConnecting(fixture.Addresses(), Trusting(file) + $" -HostKeyPolicy {policy}", "node-1 node-3");
        AssertError(error, "HostKeyChanged", "192.168.33.12", "SHA256:", file);
    }

    [Fact]
    public void An_unknown_host_key_is_refused_and_can_be_accepted_once_and_for_all()
    {
        var file = Write(KnownHosts().Where(l => !l.StartsWith("192.168.33.13 ", StringComparison.Ordinal)));
        var error = ErrorOfConnecting(fixture.Addresses(), Trusting(file), "node-1 node-2");
        AssertError(error, "HostKeyUnknown", "192.168.33.13", "SHA256:", "AcceptNew");

        using var shell = new ModuleShell();
        shell.Run($"$null = Connect-GravityCluster {fixture.Addresses()} {Trusting(file)} -HostKeyPolicy AcceptNew; Disconnect-GravityCluster");
        Assert.Equal(["node-1", "node-2", "node-3"], shell.Lines($"(Connect-GravityCluster {fixture.Addresses()} {Trusting(file)}).Nodes"));
    }

    [Fact]
    public void A_kubeconfig_that_is_not_there_ends_the_command_before_any_node_is_asked()
    {
        var options = fixture.Options().Replace(fixture.Status.KubeConfig, "/no/such/kubeconfig", StringComparison.Ordinal);
        var error = ErrorOfConnecting(fixture.Addresses(), options, "");
        Assert.StartsWith("KubeConfigNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("/no/such/kubeconfig", error.ToString(), StringComparison.Ordinal);
    }

    private string[] KnownHosts() => File.ReadAllLines(fixture.Status.KnownHosts);

    private string Trusting(string file) => fixture.Options().Replace(fixture.Status.KnownHosts, file, StringComparison.Ordinal);

    private string Write(IEnumerable<string> lines)
    {
        var file = Path.Combine(_folder.FullName, "known_hosts");
        File.WriteAllLines(file, lines);
        return file;
    }

    // the error of a connection that finds the other nodes
    private static ErrorRecord ErrorOfConnecting(string nodes, string options, string connected)
    {
        using var shell = new ModuleShell();
        shell.Try($"$null = Connect-GravityCluster {nodes} {options}");
        var error = Assert.Single(shell.Errors);
        Assert.Equal(connected, string.Join(' ', shell.Lines("(Get-GravityCluster).Nodes")));
        return error;
    }

    private static void AssertError(ErrorRecord error, string id, string node, string words, string remedy)
    {
        Assert.Equal($"{id},GravityNet.Cmdlets.ConnectGravityClusterCommand", error.FullyQualifiedErrorId);
        Assert.Equal(node, error.TargetObject);
        Assert.Contains(node, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(remedy, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }
}
