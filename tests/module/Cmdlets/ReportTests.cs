using GravityNet.UnitTests;
using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>The questions, asked of the report that <c>gravity report</c> would have made of a recorded cluster.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ModuleShell Connect(string recording = "healthy", bool objects = true)
    {
        var shell = new ModuleShell();
        var path = ReportArchive.Write(Path.Combine(_folder, "report.tar.gz"), objects ? ReportArchive.Objects.Described : ReportArchive.Objects.None, recording);
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", path);
        return shell;
    }

    [Fact]
    public void The_connection_says_what_the_devices_tell()
    {
        using var shell = Connect();
        Assert.Equal(["node-1 node-2 node-3|False|unknown|1|8472"], shell.Lines("Get-GravityCluster | ForEach-Object { \"$($_.Nodes -join ' ')|$($_.IsLive)|$($_.LeaseHome)|$($_.Vni)|$($_.Port)\" }"));
    }

    [Fact]
    public void Pods_behind_the_bridge_are_found_by_their_macs_and_what_is_missing_is_named()
    {
        using var shell = Connect();
        Assert.Equal(
            ["default/shell-node-1 10.244.19.2 mac", "kube-system/coredns-6f4c59b8f7-2xk9p 10.244.19.3 mac", "default/hostport-5c7bd 10.244.19.5 mac", "default/web-7d9c6b5f44-4kxl2 10.244.19.6 mac"],
            shell.Lines("(Get-NodeBridge node-1).Ports | ForEach-Object { \"$($_.Namespace)/$($_.Pod) $($_.Address) $($_.PairedBy)\" }"));
        Assert.Equal(
            ["ages of MACs: node-1: 'brctl-showmacs' was not collected", "inside of pods: nothing from inside of them was collected"],
            shell.Lines("(Get-NodeBridge node-1).Unknown"));
    }

    [Fact]
    public void Routes_and_interfaces_are_told_and_what_is_inside_of_pods_is_not()
    {
        using var shell = Connect(objects: false);
        Assert.Equal(["unicast flannel.1 10.244.65.0"], shell.Lines("Get-NodeRoute node-1 -To 10.244.65.4 | ForEach-Object { \"$($_.Verdict) $($_.Interface) $($_.Gateway)\" }"));
        Assert.Equal(["True|net.bridge.bridge-nf-call-iptables: node-1: 'sysctl' was not collected"], shell.Lines("Get-NodeForwarding node-1 cni0 | Where-Object Family -eq inet | ForEach-Object { \"$($_.Forwarding)|$($_.Unknown)\" }"));
        Assert.Empty(shell.Run("Get-PodNetwork -Node node-1"));
        Assert.Equal("node-1: its pods are unknown: nothing from inside of them was collected.", Assert.Single(shell.Streams.Warning).Message);
        Assert.Empty(shell.Try("Get-FlannelLog node-1"));
        Assert.Contains("'flanneld-log' was not collected", Assert.Single(shell.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_leases_are_shown_as_unknown()
    {
        using var shell = Connect();
        Assert.Equal(["9 unknown"], shell.Lines("Get-VxlanFdb | Group-Object Status | ForEach-Object { \"$($_.Count) $($_.Name)\" }"));
        Assert.Equal(["the leases are unknown, so nothing can be compared"], shell.Lines("(Get-VxlanFdb).Reason | Sort-Object -Unique"));
        Assert.Empty(shell.Try("Get-OverlayLease"));
        Assert.Contains("'etcd-v2' and 'etcd-v3' are not in the report", string.Join('\n', shell.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_is_resolved_with_the_objects_of_the_master()
    {
        using var shell = Connect();
        Assert.Equal(
            ["10.244.19.3:53 1/3 live", "10.244.65.3:53 1/3 live", "10.244.92.3:53 1/3 live"],
            shell.Lines("(Get-ServiceNatChain kube-system/kube-dns node-2 -Protocol udp).Endpoints"));
        Assert.Equal(["noendpoints"], shell.Lines("Get-ServiceNatChain orphan node-1 | ForEach-Object Status"));
    }

    [Fact]
    public void An_endpoint_is_on_the_node_of_the_pod_that_has_its_address()
    {
        using var shell = Connect();
        // described endpoints tell no node, and the service's external policy is Local: node-1 drops what comes to its node port
        Assert.Equal(
            ["node-1 noendpoints 10.244.92.5:8080 node-3", "node-2 noendpoints 10.244.92.5:8080 node-3", "node-3 ok 10.244.92.5:8080 node-3"],
            shell.Lines("Get-ServiceNatChain echo-only-local | ForEach-Object { \"$($_.Node) $($_.Status) $($_.Endpoints.Address):$($_.Endpoints.Port) $($_.Endpoints.Node)\" }"));
    }

    [Fact]
    public void Without_kubernetes_objects_the_commands_say_so()
    {
        using var shell = Connect(objects: false);
        Assert.Contains("names of pods: 'kube-pods' was not collected: the Kubernetes API was not asked (connect with -KubeConfig or -KubeNode), or the snapshot lacks it", shell.Lines("(Get-NodeBridge node-1).Unknown"));
        // the rules alone show the way, and not whether the endpoints live
        Assert.Equal(["10.244.19.3:53 1/3 unknown", "10.244.65.3:53 1/3 unknown", "10.244.92.3:53 1/3 unknown"], shell.Lines("(Get-ServiceNatChain kube-dns node-1 -Protocol udp).Endpoints"));
        Assert.StartsWith("the service's endpoints are not known: 'kube-endpoint", Assert.Single(shell.Lines("(Get-ServiceNatChain kube-dns node-1 -Protocol udp).Reason")), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_can_be_sent_or_captured()
    {
        using var shell = Connect();
        Assert.Equal(["unknown"], shell.Lines("(Test-PodReachability).Verdict | Sort-Object -Unique"));
        Assert.Equal(["not probed: a snapshot can send nothing, and it has no recorded flow of this pair"], shell.Lines("(Test-PodReachability).Detail | Sort-Object -Unique"));
        shell.Try("Invoke-NodeCapture");
        Assert.NotEmpty(shell.Errors);
    }

    [Fact]
    public void What_is_left_out_of_an_archive_is_a_warning()
    {
        using var shell = new ModuleShell();
        var path = Path.Combine(_folder, "odd.tar.gz");
        File.WriteAllBytes(path, ReportArchive.Pack([("node-1-debug-logs.tar.gz", ReportArchive.Node("healthy", "node-1")), ("../../etc/cron.d/x", [1])]));
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0] -WarningVariable warned", path);
        Assert.Contains("'../../etc/cron.d/x': its path leads out of the snapshot", Assert.Single(shell.Lines("$warned")), StringComparison.Ordinal);
    }
}
