namespace GravityNet.ModuleTests.Views;

/// <summary>What is shown in the golden files: for each output type, commands on recordings, healthy ones and others.</summary>
internal static class GoldenViews
{
    /// <summary>The types with their commands, each as <c>RECORDING&gt; COMMAND</c>.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Commands = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["BridgeNeighbor"] = ["healthy> (Get-NodeBridge node-1).Neighbors"],
        ["BridgePort"] = ["healthy> (Get-NodeBridge node-1).Ports"],
        ["BridgeStation"] = ["healthy> (Get-NodeBridge node-1).Macs"],
        ["CapturedPacket"] = ["healthy> Invoke-NodeCapture node-1 | Select-Object -First 3"],
        ["ClusterDifference"] = ["made> $differences"],
        ["ClusterSnapshotFile"] = ["made> $snapshot"],
        ["FdbEntry"] = ["healthy> (Get-VxlanFdb node-1).Fdb"],
        ["FlannelEvent"] = ["made> $event"],
        ["GravityCluster"] = ["healthy> Get-GravityCluster"],
        ["IptablesRule"] = ["healthy> (Get-ServiceNatChain kube-dns node-1 -Protocol udp).Rules | Select-Object -First 4"],
        ["Neighbor"] = ["healthy> (Get-VxlanFdb node-1).Neighbor"],
        ["NodeBridge"] = ["healthy> Get-NodeBridge node-1"],
        ["NodeForwarding"] = ["healthy> Get-NodeForwarding node-1 cni0", "a-forwarding-off> Get-NodeForwarding node-1 cni0"],
        ["OverlayConfig"] = ["healthy> Get-OverlayLease -Config"],
        ["OverlayLease"] = ["healthy> Get-OverlayLease", "healthy-kubesubnet> Get-OverlayLease node-1"],
        ["OverlayLeaseChange"] = ["made> $change"],
        ["PodNetwork"] = ["healthy> Get-PodNetwork shell-node-1", "healthy> Get-PodNetwork kube-proxy-q8w2k"],
        ["ReachabilityResult"] = ["healthy> Test-PodReachability node:node-2 default/shell-node-*", "a-forwarding-off> Test-PodReachability node:node-2 default/shell-node-1"],
        ["Route"] = ["healthy> (Get-VxlanFdb node-1).Route", "healthy> Get-NodeRoute node-1 | Select-Object -First 5"],
        ["RouteDecision"] = ["healthy> Get-NodeRoute node-1 -To 10.244.65.2", "d-route-missing> Get-NodeRoute node-2 -To 10.244.92.2"],
        ["ServiceChainEndpoint"] = ["g-dead-sep> (Get-ServiceNatChain web node-2).Endpoints"],
        ["ServiceChainEntry"] = ["healthy> (Get-ServiceNatChain web node-1).Entries"],
        ["ServiceNatChain"] = ["healthy> Get-ServiceNatChain kube-dns node-1 -Protocol udp", "g-dead-sep> Get-ServiceNatChain web node-2", "g-dead-sep> Get-ServiceNatChain -Node node-2 | Where-Object Service -in orphan, web, web-headless", "modes/modes> Get-ServiceNatChain web node-1", "modes/modes> Get-ServiceNatChain web-local node-2", "modes/modes> Get-ServiceNatChain web-lb node-3"],
        ["ServiceNodeComparison"] = ["healthy> Get-ServiceNatChain kube-dns -AllNodes", "g-dead-sep> Get-ServiceNatChain web, kube-dns -AllNodes -Protocol tcp"],
        ["VxlanFdbEntry"] = ["healthy> Get-VxlanFdb node-1", "b-fdb-missing> Get-VxlanFdb node-1 | Where-Object Status -ne ok", "h-mtu-1500> Get-VxlanFdb node-1 | Where-Object Status -ne ok"],
    };

    /// <summary>What no recording gives, each in the variable of that name.</summary>
    public static readonly string Made = """
        function Set-Member($object, [hashtable] $values) {
            foreach ($name in $values.Keys) {
                $property = $object.GetType().GetProperty($name)
                $property.SetValue($object, [System.Management.Automation.LanguagePrimitives]::ConvertTo($values[$name], $property.PropertyType))
            }
            $object
        }
        $source = [GravityNet.SourceLine]::new('', 'etcd-v3', 0, '{"PublicIP":"192.168.33.12","BackendType":"vxlan","BackendData":{"VNI":1,"VtepMAC":"66:4d:e8:c1:ff:9d"}}')
        function New-Lease([string] $mac) {
            Set-Member ([Activator]::CreateInstance([GravityNet.OverlayLease])) @{
                Node = 'node-2'; Subnet = '10.244.65.0/24'; Address = '10.244.65.0'; PublicIP = '192.168.33.12'; VtepMAC = $mac; Home = 'etcd-v3'; Key = '/coreos.com/network/subnets/10.244.65.0-24'; Source = $source
            }
        }
        $time = [DateTimeOffset]::new(2026, 11, 23, 14, 5, 9, [TimeSpan]::FromHours(1))
        $change = @(
            Set-Member ([Activator]::CreateInstance([GravityNet.OverlayLeaseChange])) @{
                Time = $time; Change = 'Changed'; Node = 'node-2'; Subnet = '10.244.65.0/24'; Home = 'etcd-v3'; Lease = New-Lease '66:4d:e8:c1:ff:9d'; Before = New-Lease '4a:6c:67:96:7e:83'
            }
            Set-Member ([Activator]::CreateInstance([GravityNet.OverlayLeaseChange])) @{
                Time = $time.AddSeconds(61.5); Change = 'Removed'; Node = 'node-2'; Subnet = '10.244.65.0/24'; Home = 'etcd-v3'; Before = New-Lease '66:4d:e8:c1:ff:9d'
            }
        )
        $differences = @(
            Set-Member ([Activator]::CreateInstance([GravityNet.ClusterDifference])) @{
                Node = 'node-1'; Kind = 'Route'; Change = 'Changed'; Object = '10.244.65.0/24'; Before = '10.244.65.0/24 via 10.244.65.0 dev flannel.1 onlink'; After = '10.244.65.0/24 via 192.168.33.12 dev eth0'
                Evidence = [string[]]('- node-1 ip-route:3: unicast 10.244.65.0/24 via 10.244.65.0 dev flannel.1 onlink', '+ node-1 ip-route:3: unicast 10.244.65.0/24 via 192.168.33.12 dev eth0')
            }
            Set-Member ([Activator]::CreateInstance([GravityNet.ClusterDifference])) @{
                Kind = 'Pod'; Change = 'Removed'; Namespace = 'default'; Object = 'echo-0'; Before = 'default/echo-0 10.244.19.4 node-1 Running'; Evidence = [string[]]'- kube-pods: default/echo-0'
            }
        )
        $snapshot = Set-Member ([Activator]::CreateInstance([GravityNet.ClusterSnapshotFile])) @{
            Path = '/tmp/case-7.tar.gz'; Nodes = [string[]]('node-1', 'node-2'); Pods = 9; Facts = 214; Bytes = 1234567; At = $time; Missing = [string[]]('node-3: no answer within 30 s', 'node-1: the command ''ipvsadm'' is not there')
        }
        $event = Set-Member ([Activator]::CreateInstance([GravityNet.FlannelEvent])) @{
            Node = 'node-1'; Time = $time; Level = 'info'; Location = 'vxlan_network.go:63'; Kind = 'SubnetAdded'; Subnet = '10.244.65.0/24'; PublicIP = '192.168.33.12'; RenewSeconds = 82800.5
            VtepMAC = '66:4d:e8:c1:ff:9d'; Message = 'Subnet added: 10.244.65.0/24'; Identifier = 'flanneld'; Source = [GravityNet.SourceLine]::new('node-1', 'flanneld-log', 7, 'I1123 13:05:09.000000 1 vxlan_network.go:63] Subnet added: 10.244.65.0/24')
        }
        """;
}
