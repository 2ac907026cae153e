using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

public sealed class KubernetesLoginTests : IDisposable
{
    private readonly ModuleShell _shell = new();

    [Fact]
    public void A_pod_and_a_kubeconfig_at_once_end_the_command()
    {
        _shell.Try("Connect-GravityCluster 127.0.0.1:1 -InCluster -KubeContext bench");
        Assert.StartsWith("KubernetesLoginAmbiguous,", Assert.Single(_shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_that_this_is_not_is_an_error_before_the_nodes_are_asked()
    {
        _shell.Try("Connect-GravityCluster 127.0.0.1:1 -InCluster");
        Assert.Equal(("BadAnswer", 2), (Id(_shell.Errors[0]), _shell.Errors.Count));
        Assert.Contains("KUBERNETES_SERVICE_HOST", _shell.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(_shell.Errors[0].ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void A_kubeconfig_that_is_not_there_ends_the_command_and_is_named()
    {
        _shell.Try("Connect-GravityCluster 127.0.0.1:1 -KubeConfig /nowhere/a, /nowhere/b");
        var error = Assert.Single(_shell.Errors);
        Assert.Equal("KubeConfigNotFound,GravityNet.Cmdlets.ConnectGravityClusterCommand", error.FullyQualifiedErrorId);
        Assert.Equal(("The kubeconfig '/nowhere/a' does not exist.", "/nowhere/a"), (error.ToString(), $"{error.TargetObject}"));
    }

    private static string Id(System.Management.Automation.ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    public void Dispose() => _shell.Dispose();
}
