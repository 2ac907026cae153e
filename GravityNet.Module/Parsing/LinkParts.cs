using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads what <c>ip -d</c> tells of one kind of device or port.
/// </summary>
internal static class LinkParts
{
    /// <summary>Reads the line of a device's kind.</summary>
    public static LinkPart Device(ReadOnlySpan<char> text, SourceLine source, LinkPool pool)
    {
        var line = pool.Read(text);
        line.Next();
        var kind = line.Text();
        line.Take(OtherLinkPart.Field.Kind);
        return kind switch
        {
            "vxlan" => Vxlan(ref line, source),
            "bridge" => Bridge(ref line, source),
            "vlan" => Vlan(ref line, source),
            "macvlan" or "macvtap" => Macvlan(ref line, source, kind is "macvtap"),
            "bond" => Bond(ref line, source),
            _ => Other(ref line, source, kind),
        };
    }

    /// <summary>Reads the line of a port.</summary>
    public static LinkPart Slave(ReadOnlySpan<char> text, SourceLine source, LinkPool pool)
    {
        var line = pool.Read(text);
        line.Next();
        var kind = line.Text();
        line.Take(OtherLinkPart.Field.Kind);
        return kind switch
        {
            "bridge_slave" => BridgePort(ref line, source),
            "bond_slave" => BondPort(ref line, source),
            _ => Other(ref line, source, kind),
        };
    }

    /// <summary>Reads what every device has at the end of its last line of details.</summary>
    public static LinkQueues Queues(ReadOnlySpan<char> text, LinkPool pool)
    {
        var line = pool.Read(text);
        string addressGeneration = "", portName = "", portId = "", switchId = "", parentBus = "", parentDevice = "";
        int? transmitQueues = null, receiveQueues = null;
        long? gsoMaxSize = null, gsoMaxSegments = null, tsoMaxSize = null, tsoMaxSegments = null, groMaxSize = null, gsoIpv4MaxSize = null, groIpv4MaxSize = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "addrgenmode": addressGeneration = line.Value(LinkQueues.Field.AddressGeneration) ?? addressGeneration; break;
                case "numtxqueues": transmitQueues = line.Number(LinkQueues.Field.TransmitQueues) ?? transmitQueues; break;
                case "numrxqueues": receiveQueues = line.Number(LinkQueues.Field.ReceiveQueues) ?? receiveQueues; break;
                case "gso_max_size": gsoMaxSize = line.LongNumber(LinkQueues.Field.GsoMaxSize) ?? gsoMaxSize; break;
                case "gso_max_segs": gsoMaxSegments = line.LongNumber(LinkQueues.Field.GsoMaxSegments) ?? gsoMaxSegments; break;
                case "tso_max_size": tsoMaxSize = line.LongNumber(LinkQueues.Field.TsoMaxSize) ?? tsoMaxSize; break;
                case "tso_max_segs": tsoMaxSegments = line.LongNumber(LinkQueues.Field.TsoMaxSegments) ?? tsoMaxSegments; break;
                case "gro_max_size": groMaxSize = line.LongNumber(LinkQueues.Field.GroMaxSize) ?? groMaxSize; break;
                case "gso_ipv4_max_size": gsoIpv4MaxSize = line.LongNumber(LinkQueues.Field.GsoIpv4MaxSize) ?? gsoIpv4MaxSize; break;
                case "gro_ipv4_max_size": groIpv4MaxSize = line.LongNumber(LinkQueues.Field.GroIpv4MaxSize) ?? groIpv4MaxSize; break;
                case "portname": portName = line.Value(LinkQueues.Field.PortName) ?? portName; break;
                case "portid": portId = line.Value(LinkQueues.Field.PortId) ?? portId; break;
                case "switchid": switchId = line.Value(LinkQueues.Field.SwitchId) ?? switchId; break;
                case "parentbus": parentBus = line.Value(LinkQueues.Field.ParentBus) ?? parentBus; break;
                case "parentdev": parentDevice = line.Value(LinkQueues.Field.ParentDevice) ?? parentDevice; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            AddressGeneration = addressGeneration,
            TransmitQueues = transmitQueues,
            ReceiveQueues = receiveQueues,
            GsoMaxSize = gsoMaxSize,
            GsoMaxSegments = gsoMaxSegments,
            TsoMaxSize = tsoMaxSize,
            TsoMaxSegments = tsoMaxSegments,
            GroMaxSize = groMaxSize,
            GsoIpv4MaxSize = gsoIpv4MaxSize,
            GroIpv4MaxSize = groIpv4MaxSize,
            PortName = portName,
            PortId = portId,
            SwitchId = switchId,
            ParentBus = parentBus,
            ParentDevice = parentDevice,
            Words = words,
            Form = form,
        };
    }

    private static OtherLinkPart Other(ref LineReader line, SourceLine source, string kind)
    {
        var (words, form) = line.End();
        return new(kind) { Words = words, Form = form, Source = source };
    }

    // vxlan id 1 local 192.168.33.11 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 ...
    private static VxlanDevice Vxlan(ref LineReader line, SourceLine source)
    {
        int? vni = null, port = null, ageing = null, maxAddresses = null;
        string group = "", remote = "", local = "", device = "", sourcePorts = "", tos = "", ttl = "", dontFragment = "", flowLabel = "";
        bool gbp = false, external = false, proxy = false, l2Miss = false, l3Miss = false;
        bool? learning = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "id": vni = line.Number(VxlanDevice.Field.Vni) ?? vni; break;
                case "group": group = line.Value(VxlanDevice.Field.Group) ?? group; break;
                case "remote": remote = line.Value(VxlanDevice.Field.Remote) ?? remote; break;
                case "local": local = line.Value(VxlanDevice.Field.Local) ?? local; break;
                case "dev": device = line.Value(VxlanDevice.Field.Interface) ?? device; break;
                case "srcport": sourcePorts = SourcePorts(ref line) ?? sourcePorts; break;
                case "dstport": port = line.Number(VxlanDevice.Field.Port) ?? port; break;
                case "tos": tos = line.Value(VxlanDevice.Field.Tos) ?? tos; break;
                case "ttl": ttl = line.Value(VxlanDevice.Field.Ttl) ?? ttl; break;
                case "df": dontFragment = line.Value(VxlanDevice.Field.DontFragment) ?? dontFragment; break;
                case "flowlabel": flowLabel = line.Value(VxlanDevice.Field.FlowLabel) ?? flowLabel; break;
                case "ageing" when line.Peek() is "none": if (line.Value(VxlanDevice.Field.Ageing) is not null) ageing = 0; break;
                case "ageing" when line.Peek() is not "0": ageing = line.Number(VxlanDevice.Field.Ageing) ?? ageing; break;
                case "maxaddr": maxAddresses = line.Number(VxlanDevice.Field.MaxAddresses) ?? maxAddresses; break;
                case "gbp": gbp |= line.Take(VxlanDevice.Field.Gbp); break;
                case "external": external |= line.Take(VxlanDevice.Field.External); break;
                case "nolearning" when learning is null && line.Take(VxlanDevice.Field.NoLearning): learning = false; break;
                case "learning" when learning is null && line.Take(VxlanDevice.Field.Learning): learning = true; break;
                case "proxy": proxy |= line.Take(VxlanDevice.Field.Proxy); break;
                case "l2miss": l2Miss |= line.Take(VxlanDevice.Field.L2Miss); break;
                case "l3miss": l3Miss |= line.Take(VxlanDevice.Field.L3Miss); break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Vni = vni,
            Group = group,
            Remote = remote,
            Local = local,
            Interface = device,
            SourcePorts = sourcePorts,
            Port = port,
            Tos = tos,
            Ttl = ttl,
            DontFragment = dontFragment,
            FlowLabel = flowLabel,
            Ageing = ageing,
            MaxAddresses = maxAddresses,
            Gbp = gbp,
            External = external,
            Learning = learning ?? true,
            Proxy = proxy,
            L2Miss = l2Miss,
            L3Miss = l3Miss,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    private static string? SourcePorts(ref LineReader line)
    {
        if (line.Value(VxlanDevice.Field.SourcePorts) is not { } lowest) return null;
        return line.More() is { } highest ? $"{lowest} {highest}" : lowest;
    }

    // bridge forward_delay 1500 hello_time 200 max_age 2000 ageing_time 30000 stp_state 0 priority 32768 vlan_filtering 0 ...
    private static BridgeDevice Bridge(ref LineReader line, SourceLine source)
    {
        int? forwardDelay = null, helloTime = null, maxAge = null, ageingTime = null, stpState = null, priority = null, rootPort = null, rootPathCost = null, learnedAddresses = null, maxLearnedAddresses = null, defaultPvid = null;
        bool? vlanFiltering = null, topologyChange = null, multicastSnooping = null, multicastQuerier = null, callsIptables = null, callsIp6tables = null, callsArptables = null;
        string vlanProtocol = "", bridgeId = "", designatedRoot = "", groupForwardMask = "";
        while (line.Next())
        {
            switch (line.Current)
            {
                case "forward_delay": forwardDelay = line.Number(BridgeDevice.Field.ForwardDelay) ?? forwardDelay; break;
                case "hello_time": helloTime = line.Number(BridgeDevice.Field.HelloTime) ?? helloTime; break;
                case "max_age": maxAge = line.Number(BridgeDevice.Field.MaxAge) ?? maxAge; break;
                case "ageing_time": ageingTime = line.Number(BridgeDevice.Field.AgeingTime) ?? ageingTime; break;
                case "stp_state": stpState = line.Number(BridgeDevice.Field.StpState) ?? stpState; break;
                case "priority": priority = line.Number(BridgeDevice.Field.Priority) ?? priority; break;
                case "vlan_filtering": vlanFiltering = line.Bit(BridgeDevice.Field.VlanFiltering) ?? vlanFiltering; break;
                case "vlan_protocol": vlanProtocol = line.Value(BridgeDevice.Field.VlanProtocol) ?? vlanProtocol; break;
                case "bridge_id": bridgeId = line.Value(BridgeDevice.Field.BridgeId) ?? bridgeId; break;
                case "designated_root": designatedRoot = line.Value(BridgeDevice.Field.DesignatedRoot) ?? designatedRoot; break;
                case "root_port": rootPort = line.Number(BridgeDevice.Field.RootPort) ?? rootPort; break;
                case "root_path_cost": rootPathCost = line.Number(BridgeDevice.Field.RootPathCost) ?? rootPathCost; break;
                case "topology_change": topologyChange = line.Bit(BridgeDevice.Field.TopologyChange) ?? topologyChange; break;
                case "fdb_n_learned": learnedAddresses = line.Number(BridgeDevice.Field.LearnedAddresses) ?? learnedAddresses; break;
                case "fdb_max_learned": maxLearnedAddresses = line.Number(BridgeDevice.Field.MaxLearnedAddresses) ?? maxLearnedAddresses; break;
                case "vlan_default_pvid": defaultPvid = line.Number(BridgeDevice.Field.DefaultPvid) ?? defaultPvid; break;
                case "group_fwd_mask": groupForwardMask = line.Value(BridgeDevice.Field.GroupForwardMask) ?? groupForwardMask; break;
                case "mcast_snooping": multicastSnooping = line.Bit(BridgeDevice.Field.MulticastSnooping) ?? multicastSnooping; break;
                case "mcast_querier": multicastQuerier = line.Bit(BridgeDevice.Field.MulticastQuerier) ?? multicastQuerier; break;
                case "nf_call_iptables": callsIptables = line.Bit(BridgeDevice.Field.CallsIptables) ?? callsIptables; break;
                case "nf_call_ip6tables": callsIp6tables = line.Bit(BridgeDevice.Field.CallsIp6tables) ?? callsIp6tables; break;
                case "nf_call_arptables": callsArptables = line.Bit(BridgeDevice.Field.CallsArptables) ?? callsArptables; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            ForwardDelay = forwardDelay,
            HelloTime = helloTime,
            MaxAge = maxAge,
            AgeingTime = ageingTime,
            StpState = stpState,
            Priority = priority,
            VlanFiltering = vlanFiltering,
            VlanProtocol = vlanProtocol,
            BridgeId = bridgeId,
            DesignatedRoot = designatedRoot,
            RootPort = rootPort,
            RootPathCost = rootPathCost,
            TopologyChange = topologyChange,
            LearnedAddresses = learnedAddresses,
            MaxLearnedAddresses = maxLearnedAddresses,
            DefaultPvid = defaultPvid,
            GroupForwardMask = groupForwardMask,
            MulticastSnooping = multicastSnooping,
            MulticastQuerier = multicastQuerier,
            CallsIptables = callsIptables,
            CallsIp6tables = callsIp6tables,
            CallsArptables = callsArptables,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    // vlan protocol 802.1Q id 5 <REORDER_HDR>
    private static VlanDevice Vlan(ref LineReader line, SourceLine source)
    {
        string protocol = "";
        int? vlanId = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "protocol": protocol = line.Value(VlanDevice.Field.Protocol) ?? protocol; break;
                case "id": vlanId = line.Number(VlanDevice.Field.VlanId) ?? vlanId; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Protocol = protocol,
            VlanId = vlanId,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    // macvlan mode bridge bcqueuelen 1000 usedbcqueuelen 1000
    private static MacvlanDevice Macvlan(ref LineReader line, SourceLine source, bool isTap)
    {
        string mode = "";
        while (line.Next())
        {
            switch (line.Current)
            {
                case "mode": mode = line.Value(MacvlanDevice.Field.Mode) ?? mode; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Mode = mode,
            IsTap = isTap,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    // bond mode active-backup active_slave eth0 miimon 100 updelay 0 downdelay 0 ...
    private static BondDevice Bond(ref LineReader line, SourceLine source)
    {
        string mode = "", activeSlave = "", primary = "", transmitHashPolicy = "", lacpRate = "";
        int? miimon = null, upDelay = null, downDelay = null, minLinks = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "mode": mode = line.Value(BondDevice.Field.Mode) ?? mode; break;
                case "active_slave": activeSlave = line.Value(BondDevice.Field.ActiveSlave) ?? activeSlave; break;
                case "miimon": miimon = line.Number(BondDevice.Field.Miimon) ?? miimon; break;
                case "updelay": upDelay = line.Number(BondDevice.Field.UpDelay) ?? upDelay; break;
                case "downdelay": downDelay = line.Number(BondDevice.Field.DownDelay) ?? downDelay; break;
                case "primary": primary = line.Value(BondDevice.Field.Primary) ?? primary; break;
                case "xmit_hash_policy": transmitHashPolicy = line.Value(BondDevice.Field.TransmitHashPolicy) ?? transmitHashPolicy; break;
                case "min_links": minLinks = line.Number(BondDevice.Field.MinLinks) ?? minLinks; break;
                case "lacp_rate": lacpRate = line.Value(BondDevice.Field.LacpRate) ?? lacpRate; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Mode = mode,
            ActiveSlave = activeSlave,
            Miimon = miimon,
            UpDelay = upDelay,
            DownDelay = downDelay,
            Primary = primary,
            TransmitHashPolicy = transmitHashPolicy,
            MinLinks = minLinks,
            LacpRate = lacpRate,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    // bridge_slave state forwarding priority 32 cost 2 hairpin on guard off root_block off fastleave off learning on flood on ...
    private static BridgeSlave BridgePort(ref LineReader line, SourceLine source)
    {
        string state = "", portId = "", portNumber = "", designatedBridge = "", designatedRoot = "";
        int? priority = null, cost = null;
        bool? hairpin = null, guard = null, rootBlock = null, fastLeave = null, learning = null, flood = null, proxyArp = null, multicastFlood = null, broadcastFlood = null, neighborSuppress = null, isolated = null, locked = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "state": state = line.Value(BridgeSlave.Field.State) ?? state; break;
                case "priority": priority = line.Number(BridgeSlave.Field.Priority) ?? priority; break;
                case "cost": cost = line.Number(BridgeSlave.Field.Cost) ?? cost; break;
                case "hairpin": hairpin = line.OnOff(BridgeSlave.Field.Hairpin) ?? hairpin; break;
                case "guard": guard = line.OnOff(BridgeSlave.Field.Guard) ?? guard; break;
                case "root_block": rootBlock = line.OnOff(BridgeSlave.Field.RootBlock) ?? rootBlock; break;
                case "fastleave": fastLeave = line.OnOff(BridgeSlave.Field.FastLeave) ?? fastLeave; break;
                case "learning": learning = line.OnOff(BridgeSlave.Field.Learning) ?? learning; break;
                case "flood": flood = line.OnOff(BridgeSlave.Field.Flood) ?? flood; break;
                case "port_id": portId = line.Value(BridgeSlave.Field.PortId) ?? portId; break;
                case "port_no": portNumber = line.Value(BridgeSlave.Field.PortNumber) ?? portNumber; break;
                case "designated_bridge": designatedBridge = line.Value(BridgeSlave.Field.DesignatedBridge) ?? designatedBridge; break;
                case "designated_root": designatedRoot = line.Value(BridgeSlave.Field.DesignatedRoot) ?? designatedRoot; break;
                case "proxy_arp": proxyArp = line.OnOff(BridgeSlave.Field.ProxyArp) ?? proxyArp; break;
                case "mcast_flood": multicastFlood = line.OnOff(BridgeSlave.Field.MulticastFlood) ?? multicastFlood; break;
                case "bcast_flood": broadcastFlood = line.OnOff(BridgeSlave.Field.BroadcastFlood) ?? broadcastFlood; break;
                case "neigh_suppress": neighborSuppress = line.OnOff(BridgeSlave.Field.NeighborSuppress) ?? neighborSuppress; break;
                case "isolated": isolated = line.OnOff(BridgeSlave.Field.Isolated) ?? isolated; break;
                case "locked": locked = line.OnOff(BridgeSlave.Field.Locked) ?? locked; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            State = state,
            Priority = priority,
            Cost = cost,
            Hairpin = hairpin,
            Guard = guard,
            RootBlock = rootBlock,
            FastLeave = fastLeave,
            Learning = learning,
            Flood = flood,
            PortId = portId,
            PortNumber = portNumber,
            DesignatedBridge = designatedBridge,
            DesignatedRoot = designatedRoot,
            ProxyArp = proxyArp,
            MulticastFlood = multicastFlood,
            BroadcastFlood = broadcastFlood,
            NeighborSuppress = neighborSuppress,
            Isolated = isolated,
            Locked = locked,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    // bond_slave state ACTIVE mii_status UP link_failure_count 0 perm_hwaddr 02:00:00:00:00:01 queue_id 0
    private static BondSlave BondPort(ref LineReader line, SourceLine source)
    {
        string state = "", miiStatus = "", permanentMac = "";
        int? linkFailures = null, queueId = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "state": state = line.Value(BondSlave.Field.State) ?? state; break;
                case "mii_status": miiStatus = line.Value(BondSlave.Field.MiiStatus) ?? miiStatus; break;
                case "link_failure_count": linkFailures = line.Number(BondSlave.Field.LinkFailures) ?? linkFailures; break;
                case "perm_hwaddr": permanentMac = line.Value(BondSlave.Field.PermanentMac) ?? permanentMac; break;
                case "queue_id": queueId = line.Number(BondSlave.Field.QueueId) ?? queueId; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            State = state,
            MiiStatus = miiStatus,
            LinkFailures = linkFailures,
            PermanentMac = permanentMac,
            QueueId = queueId,
            Words = words,
            Form = form,
            Source = source,
        };
    }
}
