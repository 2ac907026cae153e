using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>What the console shows.</summary>
public sealed class ViewTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void Leases_are_a_table_that_fits(int width)
    {
        using var shell = ModuleShell.OnRecording("healthy", width);
        Assert.Equal(
            """
            Node   Subnet         PublicIP      VtepMAC           VNI    TTL Home
            ----   ------         --------      -------           ---    --- ----
            node-1 10.244.19.0/24 192.168.33.11 c2:a1:c2:6e:82:bf     23h51m etcd-v2
            node-2 10.244.65.0/24 192.168.33.12 4a:6c:67:96:7e:83     23h54m etcd-v2
            node-3 10.244.92.0/24 192.168.33.13 7a:6d:e5:f8:c9:06     23h54m etcd-v2
            """,
            shell.Render("Get-OverlayLease"));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void Fdb_rows_read_as_the_lines_of_bridge_and_ip_do(int width)
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing", width);
        Assert.Equal(
            """
            node-1 own 10.244.19.0/24 ok
                flannel.1: mtu 1450 state UNKNOWN link/ether c2:a1:c2:6e:82:bf
                vxlan id 1 local 192.168.33.11 dev eth0 dstport 8472 nolearning
                inet 10.244.19.0/32
                lease 10.244.19.0/24 PublicIP 192.168.33.11 VtepMAC c2:a1:c2:6e:82:bf
            node-1 -> node-2 10.244.65.0/24 missing
                ! no FDB row on flannel.1 sends to 192.168.33.12
                10.244.65.0 dev flannel.1 lladdr 4a:6c:67:96:7e:83 PERMANENT
                10.244.65.0/24 via 10.244.65.0 dev flannel.1 onlink
                lease 10.244.65.0/24 PublicIP 192.168.33.12 VtepMAC 4a:6c:67:96:7e:83
            node-1 -> node-3 10.244.92.0/24 ok
                7a:6d:e5:f8:c9:06 dev flannel.1 dst 192.168.33.13 self permanent
                10.244.92.0 dev flannel.1 lladdr 7a:6d:e5:f8:c9:06 PERMANENT
                10.244.92.0/24 via 10.244.92.0 dev flannel.1 onlink
                lease 10.244.92.0/24 PublicIP 192.168.33.13 VtepMAC 7a:6d:e5:f8:c9:06
            """,
            shell.Render("Get-VxlanFdb node-1"));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void A_bridge_reads_as_ip_addr_does_with_the_pods_beside_its_ports(int width)
    {
        using var shell = ModuleShell.OnRecording("healthy", width);
        Assert.StartsWith(
            """
            node-1 4: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 state UP
                    link/ether ca:af:24:bc:c6:e0
                    inet 10.244.19.1/24
                    inet6 fe80::c8af:24ff:febc:c6e0/64
                5: vethd181c5c0@if2: mtu 1450 state UP link/ether ba:13:a0:d6:bc:e3
                    pod default/shell-node-1 eth0
                    inet 10.244.19.2 link/ether da:d8:ee:0a:0d:6f age 1.77
            """,
            shell.Render("Get-NodeBridge node-1"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_reads_as_iptables_save_does_in_the_order_of_the_walk()
    {
        using var shell = ModuleShell.OnRecording("healthy", 200);
        Assert.Equal(
            """
            node-1 kube-system/kube-dns:dns udp 10.100.214.177:53 ok (nf_tables)
            -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
            -A KUBE-SERVICES -d 10.100.214.177/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
            -A KUBE-SVC-TCOU7JCQXEZGVUNU ! -s 10.244.0.0/16 -d 10.100.214.177/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-MARK-MASQ
            -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
            -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment "kube-system/kube-dns:dns -> 10.244.19.3:53" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-VX4ZT5UNAPMLDNL6
            -A KUBE-SEP-VX4ZT5UNAPMLDNL6 -s 10.244.19.3/32 -m comment --comment "kube-system/kube-dns:dns" -j KUBE-MARK-MASQ
            -A KUBE-SEP-VX4ZT5UNAPMLDNL6 -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT --to-destination 10.244.19.3:53
            -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment "kube-system/kube-dns:dns -> 10.244.65.3:53" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-DXV3B2UH7M4BGYEA
            -A KUBE-SEP-DXV3B2UH7M4BGYEA -s 10.244.65.3/32 -m comment --comment "kube-system/kube-dns:dns" -j KUBE-MARK-MASQ
            -A KUBE-SEP-DXV3B2UH7M4BGYEA -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT --to-destination 10.244.65.3:53
            -A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment "kube-system/kube-dns:dns -> 10.244.92.3:53" -j KUBE-SEP-YCAZ4KBVQZU7OOIK
            -A KUBE-SEP-YCAZ4KBVQZU7OOIK -s 10.244.92.3/32 -m comment --comment "kube-system/kube-dns:dns" -j KUBE-MARK-MASQ
            -A KUBE-SEP-YCAZ4KBVQZU7OOIK -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT --to-destination 10.244.92.3:53
            -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
            -A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
            -A POSTROUTING -s 10.244.0.0/16 -d 10.244.0.0/16 -j RETURN
            -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
            -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
            -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
                1/3   10.244.19.3:53 live on node-1 kube-system/coredns-6f4c59b8f7-2xk9p
                1/3   10.244.65.3:53 live on node-2 kube-system/coredns-6f4c59b8f7-7hq4m
                1/3   10.244.92.3:53 live on node-3 kube-system/coredns-6f4c59b8f7-zb8tn
                pod -> ClusterIP 10.100.214.177:53 dnat
                node -> ClusterIP 10.100.214.177:53 dnat, masqueraded
            """,
            shell.Render("Get-ServiceNatChain kube-dns node-1 -Protocol udp"));
    }
}
