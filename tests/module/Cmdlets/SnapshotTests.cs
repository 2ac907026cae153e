using GravityNet.ModuleTests.Shell;
using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>The questions, asked of recordings of a real cluster.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void Connecting_says_what_was_found()
    {
        using var shell = new ModuleShell();
        var cluster = Assert.Single(shell.Run("Connect-GravityCluster -Snapshot $args[0]", ModuleShell.RecordingPath("healthy")));
        Assert.Equal("etcd-v2", cluster.Properties["LeaseHome"].Value);
        Assert.Equal("10.244.0.0/16", cluster.Properties["OverlayNetwork"].Value.ToString());
        Assert.Equal(1, cluster.Properties["Vni"].Value);
        Assert.Equal(8472, cluster.Properties["Port"].Value);
        Assert.Equal(false, cluster.Properties["IsLive"].Value);
        Assert.Equal(["node-1", "node-2", "node-3"], shell.Lines("(Get-GravityCluster).Nodes"));
    }

    [Fact]
    public void A_session_on_a_snapshot_loads_no_transport()
    {
        // a process of its own: in this one other tests may have connected to something live
        var manifest = Path.Combine(Repository.Root, "out", "GravityNet", "GravityNet.psd1");
        var result = ShellProcess.Run("-ImportModule", manifest, "-Command", $$"""
            $null = Connect-GravityCluster -Snapshot '{{ModuleShell.RecordingPath("healthy")}}'
            (Get-VxlanFdb).Count
            [AppDomain]::CurrentDomain.GetAssemblies().ForEach({ $_.GetName().Name }) | Where-Object { $_ -match '^(Renci\.SshNet|GravityNet\.Transports|KubernetesClient|Google\.Protobuf|YamlDotNet)$' }
            """);
        Assert.Equal(("9\n", ""), (result.Output, result.Error));
    }

    [Fact]
    public void Disconnecting_makes_the_connection_before_it_the_current_one()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", ModuleShell.RecordingPath("b-fdb-missing"));
        Assert.Equal(["missing"], shell.Lines("Get-VxlanFdb | Where-Object Status -ne ok | ForEach-Object Status"));
        shell.Run("Disconnect-GravityCluster");
        Assert.Empty(shell.Run("Get-VxlanFdb | Where-Object Status -ne ok"));
        shell.Run("Disconnect-GravityCluster");
        shell.Try("Get-VxlanFdb");
        Assert.Equal("NotConnected,GravityNet.Cmdlets.GetVxlanFdbCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void A_snapshot_cannot_be_watched()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        shell.Try("Watch-OverlayLease");
        var error = Assert.Single(shell.Errors);
        Assert.Equal("NothingToWatch,GravityNet.Cmdlets.WatchOverlayLeaseCommand", error.FullyQualifiedErrorId);
        Assert.Contains("live", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Removing_the_module_forgets_its_connections()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        shell.Run("Remove-Module GravityNet");
        shell.Run("Import-Module $args[0]", Path.Combine(Repository.Root, "out", "GravityNet", "GravityNet.psd1"));
        Assert.Empty(shell.Run("Get-GravityCluster"));
    }

    [Fact]
    public void A_connection_can_be_given_instead_of_the_current_one()
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing");
        shell.Run("$broken = Get-GravityCluster; $null = Connect-GravityCluster -Snapshot $args[0]", ModuleShell.RecordingPath("healthy"));
        Assert.Equal(["node-1 node-2 missing"], shell.Lines("Get-VxlanFdb -Cluster $broken | Where-Object Status -ne ok | ForEach-Object { \"$($_.Node) $($_.RemoteNode) $($_.Status)\" }"));
    }

    [Theory]
    [InlineData("healthy", "etcd-v2")]
    [InlineData("healthy-kubesubnet", "kubernetes")]
    public void Leases_come_from_their_home(string recording, string home)
    {
        using var shell = ModuleShell.OnRecording(recording);
        Assert.Equal(
            [$"node-1 10.244.19.0/24 192.168.33.11 {home}", $"node-2 10.244.65.0/24 192.168.33.12 {home}", $"node-3 10.244.92.0/24 192.168.33.13 {home}"],
            shell.Lines("Get-OverlayLease | ForEach-Object { \"$($_.Node) $($_.Subnet) $($_.PublicIP) $($_.Home)\" }"));
    }

    [Fact]
    public void The_network_config_is_what_etcd_holds()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(["10.244.0.0/16 vxlan 1 8472"], shell.Lines("Get-OverlayLease -Config | ForEach-Object { \"$($_.Network) $($_.BackendType) $($_.Vni) $($_.Port)\" }"));
    }

    [Theory]
    [InlineData("healthy", "")]
    [InlineData("b-fdb-missing", "node-1 -> node-2 10.244.65.0/24 missing: no FDB row on flannel.1 sends to 192.168.33.12")]
    [InlineData("d-route-missing", "node-2 -> node-3 10.244.92.0/24 missing: no route to 10.244.92.0/24: it goes where the default route leads")]
    [InlineData("h-mtu-1500", "node-1 -> node-1 10.244.19.0/24 mismatch: MTU 1500 is too large for eth0 (MTU 1500): at most 1450")]
    public void The_overlay_is_right_but_for_what_was_broken(string recording, string expected)
    {
        using var shell = ModuleShell.OnRecording(recording);
        Assert.Equal(expected, string.Join('\n', shell.Lines("Get-VxlanFdb | Where-Object Status -ne ok")));
        Assert.Equal(9, shell.Run("Get-VxlanFdb").Count);
    }

    [Fact]
    public void Leases_pipe_into_the_questions_about_their_nodes()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(["node-2", "node-2", "node-2"], shell.Lines("Get-OverlayLease node-2 | Get-VxlanFdb | ForEach-Object Node"));
        Assert.Equal(["node-1", "node-2", "node-3"], shell.Lines("Get-OverlayLease | Get-NodeBridge | ForEach-Object Node | Sort-Object"));
        Assert.Empty(shell.Run("Get-OverlayLease none* | Get-VxlanFdb"));
    }

    [Fact]
    public void A_port_of_a_bridge_names_the_pod_behind_it()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(
            [
                "vethd181c5c0 default/shell-node-1 10.244.19.2 da:d8:ee:0a:0d:6f veth",
                "veth5f85643a kube-system/coredns-6f4c59b8f7-2xk9p 10.244.19.3 a2:4b:ab:2e:bb:87 veth",
                "veth63421a69 default/hostport-5c7bd 10.244.19.5 5a:99:b8:f1:11:02 veth",
                "veth74c76658 default/web-7d9c6b5f44-4kxl2 10.244.19.6 5e:f3:3b:40:b9:08 veth",
            ],
            shell.Lines("(Get-NodeBridge node-1).Ports | ForEach-Object { \"$($_.Interface) $($_.Namespace)/$($_.Pod) $($_.Address) $($_.PodMac) $($_.PairedBy)\" }"));
    }

    [Fact]
    public void A_service_is_resolved_to_its_endpoints_and_their_shares()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(
            ["10.244.19.3:53 1/3 live", "10.244.65.3:53 1/3 live", "10.244.92.3:53 1/3 live"],
            shell.Lines("(Get-ServiceNatChain kube-system/kube-dns node-2 -Protocol udp).Endpoints"));
        Assert.Equal(["noendpoints"], shell.Lines("Get-ServiceNatChain orphan node-1 | ForEach-Object Status"));
    }

    [Fact]
    public void A_chain_that_lags_behind_is_found_on_its_node()
    {
        using var shell = ModuleShell.OnRecording("g-dead-sep");
        Assert.Equal(["node-2 stale 10.244.19.6:8080"], shell.Lines(
            "Get-ServiceNatChain web | Where-Object Status -ne ok | ForEach-Object { $c = $_; $c.Endpoints | Where-Object State -ne live | ForEach-Object { \"$($c.Node) $($c.Status) $($_.Address):$($_.Port)\" } }"));
    }

    [Fact]
    public void A_service_without_rules_by_design_says_so_and_an_unknown_one_is_an_error()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        const string Words = " | ForEach-Object { \"$($_.Status) $($_.Type) $($_.Port) $($_.ExternalName) $(($_.Endpoints | ForEach-Object { \"$_\" } | Sort-Object) -join ', ')\" }";
        Assert.Equal(["headless ClusterIP 8080  10.244.19.6:8080 live, 10.244.65.4:8080 live, 10.244.92.4:8080 live"], shell.Lines("Get-ServiceNatChain web-headless node-1" + Words));
        Assert.Equal(["externalname ExternalName 0 www.example.com "], shell.Lines("Get-ServiceNatChain extname node-1" + Words));
        shell.Try("Get-ServiceNatChain nosuch");
        Assert.Equal("ServiceNotFound,GravityNet.Cmdlets.GetServiceNatChainCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Services_complete_in_their_namespace()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(["kube-dns"], shell.Lines("$line = 'Get-ServiceNatChain -Namespace kube-system -Service '; (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText"));
    }

    [Fact]
    public void A_literal_name_that_nothing_has_is_an_error_and_a_pattern_is_not()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(3, shell.Try("Get-VxlanFdb node-9, node-1, other*").Count);
        var error = Assert.Single(shell.Errors);
        Assert.Equal("NodeNotFound,GravityNet.Cmdlets.GetVxlanFdbCommand", error.FullyQualifiedErrorId);
        Assert.Equal("node-9", error.TargetObject);
        Assert.Contains("node-1, node-2, node-3", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Single(shell.Try("Get-NodeBridge node-1 cni0"));
        Assert.Empty(shell.Errors);
        shell.Try("Get-NodeBridge node-1 br7");
        Assert.Equal("BridgeNotFound,GravityNet.Cmdlets.GetNodeBridgeCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void What_is_no_snapshot_is_one_error_that_says_what_one_is()
    {
        using var shell = new ModuleShell();
        shell.Try("Connect-GravityCluster -Snapshot /no/such/folder");
        var error = Assert.Single(shell.Errors);
        Assert.Equal("Unreachable,GravityNet.Cmdlets.ConnectGravityClusterCommand", error.FullyQualifiedErrorId);
        Assert.Contains("snapshot.json", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-OverlayLease")]
    [InlineData("Get-VxlanFdb")]
    [InlineData("Get-NodeBridge")]
    [InlineData("Get-GravityCluster")]
    [InlineData("Get-ServiceNatChain kube-dns")]
    public void Two_levels_of_json_hold_all_of_an_object(string command)
    {
        using var shell = ModuleShell.OnRecording("healthy");
        var json = Assert.Single(shell.Lines($"{command} | Select-Object -First 1 | ConvertTo-Json -Depth 2"));
        Assert.Empty(shell.Streams.Warning);
        Assert.Contains("node-1", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_nodes_complete_from_what_is_known()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(
            ["node-1", "node-2", "node-3"],
            shell.Lines("$line = 'Get-VxlanFdb -Node no'; (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText"));
    }

    [Fact]
    public void Verbose_tells_each_fact_that_was_looked_at()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        shell.Run("Get-VxlanFdb node-1 -Verbose");
        Assert.Contains("node-1: bridge-fdb", shell.Streams.Verbose.Select(v => v.Message));
    }
}
