using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>Get-PodNetwork and Get-NodeForwarding on recordings.</summary>
public sealed class PodNetworkTests
{
    [Theory]
    [InlineData("Get-PodNetwork shell-node-1", "default/shell-node-1")]
    [InlineData("Get-PodNetwork default/shell-node-1", "default/shell-node-1")]
    [InlineData("Get-PodNetwork -Namespace kube-system -Node node-1", "kube-system/coredns-6f4c59b8f7-2xk9p kube-system/kube-proxy-q8w2k")]
    [InlineData("Get-PodNetwork *dns* node-2", "kube-system/coredns-6f4c59b8f7-7hq4m")]
    [InlineData("Get-PodNetwork none*", "")]
    [InlineData("(Get-NodeBridge node-2).Ports | Get-PodNetwork", "default/shell-node-2 default/web-7d9c6b5f44-9wq7r kube-system/coredns-6f4c59b8f7-7hq4m")]
    [InlineData("Get-NodeBridge node-2 | Get-PodNetwork web*", "default/web-7d9c6b5f44-9wq7r")]
    [InlineData("(Get-ServiceNatChain web node-1).Endpoints | Get-PodNetwork", "default/web-7d9c6b5f44-4kxl2 default/web-7d9c6b5f44-9wq7r default/web-7d9c6b5f44-tm5zc")]
    [InlineData("Test-PodReachability pod:default/shell-node-2 pod:default/shell-node-1 -NoIsolation | Get-PodNetwork", "default/shell-node-1 default/shell-node-2")]
    [InlineData("[pscustomobject]@{ Namespace = 'default'; Name = 'echo-0' } | Get-PodNetwork", "default/echo-0")]
    [InlineData("@() | Get-PodNetwork", "")]
    public void Pods_are_chosen_by_name_and_by_what_is_piped(string command, string pods)
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(pods, string.Join(' ', shell.Lines($"{command} | ForEach-Object {{ \"$($_.Namespace)/$($_.Pod)\" }}")));
    }

    [Fact]
    public void A_pod_that_nobody_has_is_an_error()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        shell.Try("Get-PodNetwork nosuch");
        Assert.Equal("PodNotFound,GravityNet.Cmdlets.GetPodNetworkCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void A_pod_reads_as_ip_does_inside_it_with_the_nodes_side_under_it()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(
            """
            node-1 default/shell-node-1 ok
                1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN
                    link/loopback 00:00:00:00:00:00
                    inet 127.0.0.1/8
                    inet6 ::1/128
                2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 state UP
                    link/ether da:d8:ee:0a:0d:6f
                    inet 10.244.19.2/24
                    inet6 fe80::d8d8:eeff:fe0a:d6f/64
                default via 10.244.19.1 dev eth0
                10.244.0.0/16 via 10.244.19.1 dev eth0
                10.244.19.0/24 dev eth0 proto kernel scope link src 10.244.19.2
                fe80::/64 dev eth0 proto kernel metric 256 pref medium
                10.244.19.6 dev eth0 lladdr 5e:f3:3b:40:b9:08 STALE
                10.244.19.1 dev eth0 lladdr ca:af:24:bc:c6:e0 REACHABLE
                10.244.19.3 dev eth0 lladdr a2:4b:ab:2e:bb:87 REACHABLE
                10.244.19.4 dev eth0 lladdr 3a:40:91:7e:01:0d STALE
              on node-1
                5: vethd181c5c0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 master cni0 state UP
                    link/ether ba:13:a0:d6:bc:e3
                    inet6 fe80::b813:a0ff:fed6:bce3/64
                4: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 state UP
                    link/ether ca:af:24:bc:c6:e0
                    inet 10.244.19.1/24
                    inet6 fe80::c8af:24ff:febc:c6e0/64
            """,
            shell.Render("Get-PodNetwork shell-node-1"));
        Assert.Equal("node-1 kube-system/kube-proxy-q8w2k ok\n    hostNetwork: the network of node-1, 192.168.33.11", shell.Render("Get-PodNetwork kube-proxy-q8w2k"));
    }

    [Fact]
    public void Pods_complete_in_their_namespace_once_they_were_read()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        shell.Run("Get-PodNetwork echo-0");
        Assert.Equal(["echo-0"], shell.Lines("(TabExpansion2 'Get-PodNetwork -Namespace default -Pod ec' 41).CompletionMatches.CompletionText"));
        Assert.Equal(["coredns-6f4c59b8f7-2xk9p", "coredns-6f4c59b8f7-7hq4m", "coredns-6f4c59b8f7-zb8tn"], shell.Lines("(TabExpansion2 'Get-PodNetwork -Namespace kube-system -Pod c' 44).CompletionMatches.CompletionText"));
    }

    [Theory]
    [InlineData("Get-NodeForwarding node-1 cni0", "cni0 cni0")]
    [InlineData("Get-NodeForwarding -Interface fl*", "flannel.1 flannel.1 flannel.1 flannel.1 flannel.1 flannel.1")]
    [InlineData("Get-NodeBridge node-2 | Get-NodeForwarding", "cni0 cni0")]
    [InlineData("Get-VxlanFdb node-1 | Where-Object IsOwn | Get-NodeForwarding", "flannel.1 flannel.1")]
    [InlineData("@() | Get-NodeForwarding", "")]
    public void Interfaces_are_chosen_by_name_and_by_what_is_piped(string command, string interfaces)
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(interfaces, string.Join(' ', shell.Lines($"{command} | ForEach-Object Interface")));
    }

    [Fact]
    public void An_interface_that_a_node_does_not_have_is_an_error()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        shell.Try("Get-NodeForwarding node-2 cni9");
        var error = Assert.Single(shell.Errors);
        Assert.Equal("InterfaceNotFound,GravityNet.Cmdlets.GetNodeForwardingCommand", error.FullyQualifiedErrorId);
        Assert.Equal("node-2/cni9", error.TargetObject);
    }

    [Fact]
    public void Forwarding_reads_as_netconf_does_with_the_fault_under_it()
    {
        using var shell = ModuleShell.OnRecording("a-forwarding-off", 200);
        Assert.Equal(
            """
            node-1 inet cni0 forwarding off rp_filter off mc_forwarding off proxy_neigh off ignore_routes_with_linkdown off fault
                ! forwarding is off on cni0 of node-1: what arrives from the pods is not routed onwards
                bridge-nf-call-iptables on
            node-1 inet6 cni0 forwarding off mc_forwarding off proxy_neigh off ignore_routes_with_linkdown off
                bridge-nf-call-ip6tables on
            """,
            shell.Render("Get-NodeForwarding node-1 cni0"));
        Assert.Equal(
            """
            Node   Family Interface Forwarding RpFilter ProxyNeigh BridgeNf Status
            ----   ------ --------- ---------- -------- ---------- -------- ------
            node-1 inet   flannel.1 on         off      off                 ok
            node-1 inet   cni0      off        off      off        on       fault
            node-1 inet   all       on         off      off                 ok
            """,
            shell.Render("Get-NodeForwarding node-1 cni0, flannel.1, all | Where-Object Family -eq inet | Format-Table"));
    }
}
