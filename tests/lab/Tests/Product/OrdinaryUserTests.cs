using System.Management.Automation;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>One node is reached as an ordinary user, without sudo: what he may not read is unknown with the reason, and nothing of it is taken for empty.</summary>
public sealed class OrdinaryUserTests(LabFixture fixture)
{
    [Fact]
    public async Task Each_question_is_answered_as_far_as_it_may_be_and_says_what_it_may_not()
    {
        var keys = Path.GetTempFileName();
        // a bridge forgets a MAC that is silent for five minutes
        var pods = string.Join(' ', fixture.Status.Pods.Where(p => p.Node == "node-2").Select(p => p.Ip));
        Assert.True((await fixture.OnNodeAsync("node-2", $"for pod in {pods}; do ping -n -c 1 -W 2 $pod; done")).Succeeded);
        await using (await fixture.AdmitVisitorAsync("node-2"))
        using (var shell = new ModuleShell())
        {
            var nodes = string.Join(", ", fixture.Status.Nodes.Select(n => n.Name == "node-2" ? $"'visitor@{n.Address}:2022'" : n.Address));
            File.Copy(fixture.Status.KnownHosts, keys, overwrite: true);
            Assert.Equal("3", shell.Lines($"(Connect-GravityCluster {nodes} {fixture.Options().Replace(fixture.Status.KnownHosts, keys, StringComparison.Ordinal)} -HostKeyPolicy AcceptNew).Nodes.Count").Single());

            Assert.Equal(3, shell.Run("Get-OverlayLease").Count);
            Assert.Equal(["ok"], shell.Lines("Get-VxlanFdb node-2 | ForEach-Object Status | Sort-Object -Unique"));
            Bridge(shell);
            Services(shell);
            Reachability(shell);
            Capture(shell);
            shell.Run("Disconnect-GravityCluster");
        }

        File.Delete(keys);
    }

    // the pods are found by their MACs; inside them he may not look
    private static void Bridge(ModuleShell shell)
    {
        var bridge = Assert.Single(shell.Run("Get-NodeBridge node-2 -Bridge cni0"));
        Assert.Equal(["mac True"], shell.Lines("Get-NodeBridge node-2 -Bridge cni0 | ForEach-Object { $_.Ports } | ForEach-Object { \"$($_.PairedBy) $($_.Pod.Length -gt 0)\" } | Sort-Object -Unique"));
        var unknown = Assert.Single((IEnumerable<string>)bridge.Properties["Unknown"].Value);
        Assert.StartsWith("inside of pods: the network namespaces of pods are out of reach", unknown, StringComparison.Ordinal);
        Assert.Contains("Permission denied", unknown, StringComparison.Ordinal);
    }

    private static void Services(ModuleShell shell)
    {
        Assert.Equal(["node-1 ok", "node-3 ok"], shell.Try("Get-ServiceNatChain web | ForEach-Object { \"$($_.Node) $($_.Status)\" } | Sort-Object").Select(l => l.ToString()));
        var error = Assert.Single(shell.Errors);
        Assert.Equal(("CommandDenied,GravityNet.Cmdlets.GetServiceNatChainCommand", ErrorCategory.PermissionDenied, "node-2"), (error.FullyQualifiedErrorId, error.CategoryInfo.Category, error.TargetObject));
        Assert.Contains("you must be root", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("-Sudo", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    private void Reachability(ModuleShell shell)
    {
        Assert.Equal(["ok"], shell.Lines("Test-PodReachability node:node-2 node:node-1 | ForEach-Object Verdict | Sort-Object -Unique"));
        var pod = fixture.Status.Pods.First(p => p.Node == "node-2");
        var inside = Assert.Single(shell.Run($"Test-PodReachability pod:{pod.Namespace}/{pod.Name} {fixture.Status.Nodes[0].Address}"));
        Assert.Equal("unknown", inside.Properties["Verdict"].Value);
        Assert.Contains("cannot be entered: the network namespaces of pods are out of reach", (string)inside.Properties["Detail"].Value, StringComparison.Ordinal);
    }

    private static void Capture(ModuleShell shell)
    {
        Assert.Empty(shell.Try("Invoke-NodeCapture node-2 cni0 -Seconds 1"));
        var error = Assert.Single(shell.Errors);
        Assert.Equal("Denied,GravityNet.Cmdlets.InvokeNodeCaptureCommand", error.FullyQualifiedErrorId);
        Assert.Contains("-Sudo", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }
}
