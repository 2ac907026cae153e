using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Shells with the module imported, connected to the lab over SSH as a user connects to a cluster.</summary>
internal static class LiveShell
{
    /// <summary>The options that lead to the lab's stores and make its nodes trusted.</summary>
    public static string Options(this LabFixture fixture) => fixture.Status.ConnectOptions();

    /// <summary>The options that lead to the stores of a lab and make its nodes trusted.</summary>
    public static string ConnectOptions(this LabStatus status) =>
        $"-KeyFile '{status.KeyFile}' -KnownHostsFile '{status.KnownHosts}' -Etcd {status.Etcd} -KubeConfig '{status.KubeConfig}'";

    /// <summary>The addresses of all nodes, as the value of -Node.</summary>
    public static string Addresses(this LabFixture fixture) => string.Join(", ", fixture.Status.Nodes.Select(n => n.Address));

    /// <summary>A shell that is connected to all nodes.</summary>
    /// <param name="fixture">The lab.</param>
    /// <param name="options">More parameters of Connect-GravityCluster.</param>
    public static ModuleShell Connect(this LabFixture fixture, string options = "")
    {
        var nodes = fixture.Addresses();
        var shell = new ModuleShell();
        shell.Run($"$null = Connect-GravityCluster {nodes} {fixture.Options()} {options}");
        return shell;
    }
}
