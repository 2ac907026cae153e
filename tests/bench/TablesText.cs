using System.Globalization;
using System.Text;

namespace GravityNet.Bench;

/// <summary>
/// What <c>ip</c> and <c>bridge</c> print of a node with thousands of pods, or in a cluster of as many nodes.
/// </summary>
internal static class TablesText
{
    /// <summary><c>ip -d addr show</c>: pods' cables on cni0.</summary>
    public static string Links(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var mac = Mac(i);
            text.Append(CultureInfo.InvariantCulture, $"{i + 6}: veth{(uint)(i * 2654435761L):x8}@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP group default qlen 1000\n");
            text.Append(CultureInfo.InvariantCulture, $"    link/ether {mac} brd ff:ff:ff:ff:ff:ff link-netnsid {i + 1} promiscuity 1  allmulti 1 minmtu 68 maxmtu 65535 \n    veth \n");
            text.Append(CultureInfo.InvariantCulture, $"    bridge_slave state forwarding priority 32 cost 2 hairpin on guard off root_block off fastleave off learning on flood on port_id 0x{0x8000 + (i & 0x3ff):x} port_no 0x{i & 0x3ff:x} designated_port {32768 + (i & 0x3ff)} designated_cost 0 designated_bridge 8000.02:4e:6e:00:00:01 designated_root 8000.02:4e:6e:00:00:01 hold_timer    0.00 message_age_timer    0.00 forward_delay_timer    0.00 topology_change_ack 0 config_pending 0 proxy_arp off proxy_arp_wifi off mcast_router 1 mcast_fast_leave off mcast_flood on bcast_flood on mcast_to_unicast off neigh_suppress off group_fwd_mask 0 group_fwd_mask_str 0x0 vlan_tunnel off isolated off locked off numtxqueues 2 numrxqueues 2 gso_max_size 65536 gso_max_segs 65535 tso_max_size 524280 tso_max_segs 65535 gro_max_size 65536 \n");
            text.Append(CultureInfo.InvariantCulture, $"    inet6 fe80::{mac[..5].Replace(":", "", StringComparison.Ordinal)}:{i & 0xffff:x}/64 scope link \n       valid_lft forever preferred_lft forever\n");
        }

        return text.ToString();
    }

    /// <summary><c>ip -d route show table all</c>: flannel's routes to the other nodes.</summary>
    public static string Routes(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) text.Append(CultureInfo.InvariantCulture, $"unicast {Address(i * 256)}/24 via {Address(i * 256)} dev flannel.1 proto boot scope global onlink \n");
        return text.ToString();
    }

    /// <summary><c>bridge fdb show</c>: flannel's rows of the other nodes.</summary>
    public static string Fdb(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) text.Append(CultureInfo.InvariantCulture, $"{Mac(i)} dev flannel.1 dst {Address(i)} self permanent\n");
        return text.ToString();
    }

    private static string Mac(int i) => string.Create(CultureInfo.InvariantCulture, $"3e:{i >> 24 & 255:x2}:{i >> 16 & 255:x2}:{i >> 8 & 255:x2}:{i & 255:x2}:{i * 37 & 255:x2}");

    private static string Address(int i) => string.Create(CultureInfo.InvariantCulture, $"{10 + (i >> 24 & 127)}.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}");
}
