using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>What Connect-GravityCluster ends with when it connects to no node. Nothing listens on the ports.</summary>
public sealed class ConnectErrorTests : IDisposable
{
    private readonly ModuleShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void One_node_is_one_error_with_the_cause()
    {
        _shell.Try("Connect-GravityCluster 127.0.0.1:1 -KeyFile $args[0] -SshConfigFile none", NewKey());
        var error = Assert.Single(_shell.Errors);
        Assert.Equal("Unreachable,GravityNet.Cmdlets.ConnectGravityClusterCommand", error.FullyQualifiedErrorId);
        Assert.Equal("cannot connect to 127.0.0.1:1: the connection was refused.", error.ToString());
        Assert.Contains("SSH server", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1:1", error.TargetObject);
    }

    [Fact]
    public void Of_several_nodes_the_last_error_sums_up_the_causes()
    {
        var caught = _shell.Lines("try { Connect-GravityCluster 127.0.0.1:1, localhost:1, root@:: -KeyFile $args[0] -SshConfigFile none -ErrorAction SilentlyContinue } catch { \"$_\" }", NewKey());
        Assert.Equal("None of the 3 nodes could be connected to (not reached: 127.0.0.1:1, localhost:1, root@::).", Assert.Single(caught));
    }

    private static string NewKey()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("gravitynet-key-").FullName, "key");
        using var keygen = System.Diagnostics.Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
        keygen.WaitForExit();
        return file;
    }
}
