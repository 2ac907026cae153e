using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>Get-NodeRoute on recordings.</summary>
public sealed class NodeRouteTests
{
    [Theory]
    [InlineData("Get-NodeRoute node-1", 35)]
    [InlineData("Get-NodeRoute node-1 -Table main", 12)]
    [InlineData("Get-NodeRoute node-1 -Table l*", 23)]
    [InlineData("Get-NodeRoute node-1 -Interface flannel.1 -Table main", 3)]
    [InlineData("Get-VxlanFdb node-1 | Where-Object IsOwn | Get-NodeRoute -Table main", 3)]
    [InlineData("@() | Get-NodeRoute", 0)]
    public void Routes_are_chosen_by_table_and_interface(string command, int routes)
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(routes, shell.Run(command).Count);
    }

    [Fact]
    public void The_main_table_reads_as_ip_route_does()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(
            """
               Node: node-1

            default via 192.168.33.1 dev eth0
            10.244.19.0/24 dev cni0 proto kernel scope link src 10.244.19.1
            10.244.65.0/24 via 10.244.65.0 dev flannel.1 onlink
            10.244.92.0/24 via 10.244.92.0 dev flannel.1 onlink
            192.168.33.0/24 dev eth0 proto kernel scope link src 192.168.33.11
            """,
            shell.Render("Get-NodeRoute node-1 -Table main | Where-Object Destination -notlike fe80*"));
    }

    [Fact]
    public void A_way_reads_as_ip_route_get_does_with_the_rule_and_the_route_under_it()
    {
        using var shell = ModuleShell.OnRecording("a-forwarding-off");
        Assert.Equal(
            """
            node-1 10.244.65.4 via 10.244.65.0 dev flannel.1 src 10.244.19.0
                32766: from all lookup main
                10.244.65.0/24 via 10.244.65.0 dev flannel.1 onlink
            """,
            shell.Render("Get-NodeRoute node-1 10.244.65.4"));
        Assert.Equal(
            """
            node-1 10.244.65.4 from 10.244.19.2 via 10.244.65.0 dev flannel.1 iif cni0
                ? forwarding is off on cni0: what arrives there is not routed onwards
                32766: from all lookup main
                10.244.65.0/24 via 10.244.65.0 dev flannel.1 onlink
            """,
            shell.Render("Get-NodeRoute node-1 10.244.65.4 -From 10.244.19.2 -InputInterface cni0"));
        Assert.Equal("node-1 fd00::1 unknown\n    ? node-1: 'ip6-rule' was not collected", shell.Render("Get-NodeRoute node-1 fd00::1"));
    }

    [Fact]
    public void A_node_without_its_route_sends_to_the_default_gateway()
    {
        using var shell = ModuleShell.OnRecording("d-route-missing");
        Assert.Equal(
            """
            Node   Address     Verdict Interface Gateway      Source        Table  Rule
            ----   -------     ------- --------- -------      ------        -----  ----
            node-1 10.244.92.5 unicast flannel.1 10.244.92.0  10.244.19.0   main  32766
            node-2 10.244.92.5 unicast eth0      192.168.33.1 192.168.33.12 main  32766
            node-3 10.244.92.5 unicast cni0                   10.244.92.1   main  32766
            """,
            shell.Render("Get-NodeRoute -To 10.244.92.5 | Sort-Object Node | Format-Table"));
    }

    [Fact]
    public void Ways_of_a_route_and_of_an_answer_are_records()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Equal(["10.244.65.0"], shell.Lines("(Get-NodeRoute node-1 10.244.65.4).Nexthops | ForEach-Object Gateway"));
        Assert.Equal(["eth0 10.244.19.2"], shell.Lines("(Get-PodNetwork shell-node-1).Routes | Where-Object Destination -eq 10.244.19.0/24 | ForEach-Object { \"$($_.Interface) $($_.PreferredSource)\" }"));
        Assert.Equal(["lo", "eth0"], shell.Lines("(Get-PodNetwork shell-node-1).Links.Interface"));
        Assert.Equal(["ca:af:24:bc:c6:e0"], shell.Lines("(Get-PodNetwork shell-node-1).Neighbors | Where-Object Address -eq 10.244.19.1 | ForEach-Object Mac"));
    }

    [Theory]
    [InlineData("Get-NodeRoute node-1 nonsense", "AddressInvalid", "nonsense")]
    [InlineData("Get-NodeRoute node-1 10.244.65.0/24", "AddressInvalid", "10.244.65.0/24")]
    [InlineData("Get-NodeRoute node-1 10.244.65.4 -From fd00::1", "AddressInvalid", "10.244.65.4")]
    [InlineData("Get-NodeRoute node-1 10.244.65.4 -InputInterface cni9", "InterfaceNotFound", "node-1/cni9")]
    [InlineData("Get-NodeRoute node-1 -Table 100", "TableNotFound", "node-1/100")]
    [InlineData("Get-NodeRoute node-1 -Interface cni9", "InterfaceNotFound", "node-1/cni9")]
    public void What_is_not_there_is_an_error(string command, string id, string target)
    {
        using var shell = ModuleShell.OnRecording("healthy");
        shell.Try(command);
        var error = Assert.Single(shell.Errors);
        Assert.Equal(($"{id},GravityNet.Cmdlets.GetNodeRouteCommand", target), (error.FullyQualifiedErrorId, error.TargetObject));
    }
}
