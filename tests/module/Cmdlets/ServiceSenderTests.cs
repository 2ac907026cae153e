using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>What Get-ServiceNatChain says where a sender, or a port, is none that it can answer for.</summary>
public sealed class ServiceSenderTests : IDisposable
{
    private readonly ModuleShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("web -Port 80", "PortNotFound", "'80'", "3009/tcp")]
    [InlineData("web -Port 3009 -Protocol udp", "PortNotFound", "'3009/udp'", "3009/tcp")]
    [InlineData("web -From fd00::1", "FamilyMismatch", "'fd00::1'", "family")]
    [InlineData("web -From node-1", "PodNotFound", "'node-1'", "-Node")]
    [InlineData("nothing", "ServiceNotFound", "'nothing'", "default/web")]
    public void What_cannot_be_answered_is_one_error_with_a_remedy(string arguments, string id, string name, string remedy)
    {
        Connect("g-dead-sep");
        Assert.Empty(_shell.Try($"Get-ServiceNatChain {arguments}"));
        var error = Assert.Single(_shell.Errors);
        Assert.Equal($"{id},GravityNet.Cmdlets.GetServiceNatChainCommand", error.FullyQualifiedErrorId);
        Assert.Contains(name, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(remedy, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_of_a_way_in_stand_behind_it_where_they_are_others()
    {
        Connect("g-dead-sep");
        var lines = _shell.Render("Get-ServiceNatChain web-local node-2").Split('\n', StringSplitOptions.TrimEntries);
        // the policy is Local: from outside all goes to the node's own endpoint
        Assert.Contains("outside -> NodePort 192.168.33.12:32010 dnat (1 10.244.65.4:8080)", lines);
        Assert.Contains("pod -> NodePort 192.168.33.12:32010 dnat", lines);
    }

    [Fact]
    public void A_sender_that_a_mode_does_not_tell_apart_is_a_warning()
    {
        Connect("modes/modes");
        Assert.NotEmpty(_shell.Run("Get-ServiceNatChain web -From Outside"));
        Assert.Equal(["node-1 nftables", "node-2 nftables", "node-3 ipvs"], _shell.Streams.Warning.Select(w => w.Message.Split(": kube-proxy works in ")).Select(w => $"{w[0]} {w[1].Split(' ')[0]}").Order(StringComparer.Ordinal));
    }

    private void Connect(string recording) => _shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", ModuleShell.RecordingPath(recording));
}
