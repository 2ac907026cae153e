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

    [Theory]
    [InlineData("-InCluster", "KUBERNETES_SERVICE_HOST")]
    [InlineData("-KubeConfig /nowhere/a, /nowhere/b", "The kubeconfig '/nowhere/a' does not exist.")]
    public void A_login_that_is_not_there_is_an_error_before_the_nodes_are_asked(string arguments, string message)
    {
        _shell.Try($"Connect-GravityCluster 127.0.0.1:1 {arguments}");
        Assert.Equal(("BadAnswer", "NoNodeConnected", 2), (Id(_shell.Errors[0]), Id(_shell.Errors[^1]), _shell.Errors.Count));
        Assert.Contains(message, _shell.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(_shell.Errors[0].ErrorDetails.RecommendedAction);
    }

    private static string Id(System.Management.Automation.ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    public void Dispose() => _shell.Dispose();
}
