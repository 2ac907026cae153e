#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $manifest -Force
}

AfterAll {
    Remove-Module GravityNet
}

Describe 'Without a connection' {
    It '<_> says how to get one' -ForEach 'Get-FlannelLog', 'Get-OverlayLease', 'Get-NodeBridge', 'Get-NodeForwarding', 'Get-NodeRoute', 'Get-PodNetwork', 'Get-VxlanFdb', 'Get-ServiceNatChain kube-dns', 'Test-PodReachability', 'Invoke-NodeCapture', 'Watch-OverlayLease' {
        $failed = { Invoke-Expression "$_ -ErrorAction Stop" } | Should -Throw -PassThru
        $failed.FullyQualifiedErrorId | Should -BeLike 'NotConnected,*'
        $failed.ErrorDetails.RecommendedAction | Should -Match 'Connect-GravityCluster'
    }
}

Describe 'A healthy cluster' {
    BeforeAll { $cluster = Connect-Recording healthy }
    AfterAll { Disconnect-GravityCluster }

    It 'is described by its connection' {
        $cluster.Nodes | Should -Be 'node-1', 'node-2', 'node-3'
        $cluster.IsLive | Should -BeFalse
        $cluster.OverlayNetwork | Should -Be '10.244.0.0/16'
        (Get-GravityCluster).Name | Should -Be $cluster.Name
    }

    It 'has a lease of each node' {
        $leases = Get-OverlayLease
        $leases.Node | Should -Be 'node-1', 'node-2', 'node-3'
        $leases.Subnet | Should -Be '10.244.19.0/24', '10.244.65.0/24', '10.244.92.0/24'
        $leases[1].PublicIP | Should -Be '192.168.33.12'
    }

    It 'has an overlay that agrees with the leases' {
        $rows = Get-VxlanFdb
        $rows | Should -HaveCount 9
        $rows.Status | Sort-Object -Unique | Should -Be 'ok'
    }

    It 'has pods behind the ports of its bridges' {
        $ports = (Get-NodeBridge node-1).Ports
        $ports.Pod | Should -Contain 'shell-node-1'
        $ports | Where-Object Pod -EQ 'shell-node-1' | ForEach-Object Address | Should -Be '10.244.19.2'
    }

    It 'forwards on every interface' {
        $rows = Get-NodeForwarding
        $rows.Status | Sort-Object -Unique | Should -Be 'ok'
        $rows | Where-Object Family -EQ inet | ForEach-Object Forwarding | Sort-Object -Unique | Should -BeTrue
    }

    It 'routes to pods over the bridge and the overlay' {
        (Get-NodeRoute node-1 -Table main | Where-Object Interface -EQ flannel.1).Destination | Where-Object { "$_" -like '10.*' } | Should -Be '10.244.65.0/24', '10.244.92.0/24'
        $way = Get-NodeRoute node-1 10.244.65.4
        "$way" | Should -Be '10.244.65.4 via 10.244.65.0 dev flannel.1 src 10.244.19.0'
        $way.Rule.Priority | Should -Be 32766
        (Get-NodeRoute -To 10.244.92.5 | Sort-Object Node).Interface | Should -Be 'flannel.1', 'flannel.1', 'cni0'
        # the rules of IPv6 were not recorded
        (Get-NodeRoute node-1 fd00::1).Verdict | Should -Be 'unknown'
        { Get-NodeRoute node-1 nonsense -ErrorAction Stop } | Should -Throw -ErrorId 'AddressInvalid,*'
    }

    It 'has pods that fit their cables' {
        $networks = Get-PodNetwork
        $networks.Status | Sort-Object -Unique | Should -Be 'ok'
        $pod = $networks | Where-Object Pod -EQ 'shell-node-1'
        "$($pod.PodInterface) $($pod.PodIndex) $($pod.Interface) $($pod.Index) $($pod.Bridge)" | Should -Be 'eth0 2 vethd181c5c0 5 cni0'
        (Get-NodeBridge node-1).Ports | Get-PodNetwork | Should -HaveCount 4
        (Get-ServiceNatChain kube-dns node-1 -Protocol udp).Endpoints | Get-PodNetwork | ForEach-Object Node | Should -Be 'node-1', 'node-2', 'node-3'
    }

    It 'shares a service evenly among its endpoints' {
        $chain = Get-ServiceNatChain kube-dns node-1 -Protocol udp
        $chain.Status | Should -Be 'ok'
        $chain.Endpoints | Should -HaveCount 3
        $chain.Endpoints.State | Sort-Object -Unique | Should -Be 'live'
    }

    It 'lets everybody reach everybody' {
        $results = Test-PodReachability
        $results.Count | Should -BeGreaterThan 10
        $results.Verdict | Sort-Object -Unique | Should -Be 'ok'
    }

    It 'has no saved packets to filter' {
        { Invoke-NodeCapture -Filter icmp -ErrorAction Stop } | Should -Throw -ErrorId 'FilterNeedsLiveNode,*'
    }

    It 'completes <Line>' -ForEach @(
        @{ Line = 'Get-VxlanFdb -Node no'; Expected = 'node-1', 'node-2', 'node-3' }
        @{ Line = 'Get-NodeBridge node-2, node-'; Expected = 'node-1', 'node-2', 'node-3' }
        @{ Line = 'Test-PodReachability -Protocol d'; Expected = @('Dns') }
        @{ Line = 'Get-VxlanFdb -Nod'; Expected = @('-Node') }
        @{ Line = 'Get-NodeRoute -Table ma'; Expected = @('main') }
        @{ Line = 'Get-OverlayLease | Where-Object PublicI'; Expected = @('PublicIP') }
    ) {
        Get-Completion $Line | Should -Be $Expected
    }

    It 'completes services in their namespace, once they were read' {
        $null = Get-ServiceNatChain kube-dns
        Get-Completion 'Get-ServiceNatChain -Namespace kube-system -Service kube' | Should -Be 'kube-dns'
    }

    It 'pipes leases into the questions about their nodes' {
        (Get-OverlayLease node-2 | Get-VxlanFdb).Node | Sort-Object -Unique | Should -Be 'node-2'
        (Get-OverlayLease | Get-NodeBridge).Node | Sort-Object | Should -Be 'node-1', 'node-2', 'node-3'
    }

    It 'pipes a service into its test' {
        $results = Get-ServiceNatChain -Service web -Namespace default -Node node-1 | Test-PodReachability
        $results.To | Should -Contain 'service:default/web'
        # what nobody recorded is unknown
        $results.Verdict | Should -BeIn 'ok', 'unknown'
    }

    It 'stops early when the pipe has enough' {
        Get-VxlanFdb | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'survives <_>' -ForEach 'Json', 'Csv', 'CliXml' {
        $file = Join-Path $TestDrive "leases.$_"
        $back = switch ($_) {
            'Json' { Get-OverlayLease | ConvertTo-Json -Depth 2 | ConvertFrom-Json }
            'Csv' { Get-OverlayLease | Export-Csv $file; Import-Csv $file }
            'CliXml' { Get-OverlayLease | Export-Clixml $file; Import-Clixml $file }
        }
        $back.Node | Should -Be 'node-1', 'node-2', 'node-3'
        $back.Subnet | Should -Be '10.244.19.0/24', '10.244.65.0/24', '10.244.92.0/24'
    }

    It 'shows leases as a table' {
        $shown = (Get-OverlayLease | Out-String -Width 100).Trim() -split '\r?\n'
        $shown[0] | Should -Match '^Node +Subnet +PublicIP +VtepMAC'
        $shown | Should -HaveCount 5
    }

    It 'names a node that it does not have' {
        $rows = Get-VxlanFdb node-9, node-1 -ErrorAction SilentlyContinue -ErrorVariable failed
        $rows.Node | Sort-Object -Unique | Should -Be 'node-1'
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'NodeNotFound,GravityNet.Cmdlets.GetVxlanFdbCommand'
        $failed[0].TargetObject | Should -Be 'node-9'
    }
}

Describe 'A cluster with a fault' {
    AfterEach { Disconnect-GravityCluster }

    It 'lacks an FDB row' {
        $null = Connect-Recording b-fdb-missing
        $row = Get-VxlanFdb | Where-Object Status -NE ok
        "$($row.Node) $($row.RemoteNode) $($row.Status)" | Should -Be 'node-1 node-2 missing'
        $results = $row | Test-PodReachability
        $results.Verdict | Should -Contain 'lost'
    }

    It 'does not forward, and the broken hop is named' {
        $null = Connect-Recording a-forwarding-off
        $result = Test-PodReachability node:node-2 default/shell-node-1
        $result.Verdict | Should -Be 'lost'
        "$($result.FirstBrokenHop)" | Should -Be 'node-1: between flannel.1 and cni0'
        "$($result.LostAt)" | Should -Be 'node-1'
        Get-NodeForwarding | Where-Object Status -NE ok | ForEach-Object { "$($_.Node) $($_.Interface)" } | Should -Be 'node-1 cni0'
    }

    It 'sends a service to a pod that is gone' {
        $null = Connect-Recording g-dead-sep
        (Get-ServiceNatChain web | Where-Object Status -NE ok).Status | Should -Be 'stale'
    }

    It 'can be open beside a healthy one' {
        $broken = Connect-Recording b-fdb-missing
        $null = Connect-Recording healthy
        Get-VxlanFdb | Where-Object Status -NE ok | Should -BeNullOrEmpty
        Get-VxlanFdb -Cluster $broken | Where-Object Status -NE ok | Should -HaveCount 1
        Disconnect-GravityCluster
    }
}

Describe 'Something that is no recording' {
    It 'is one error that says what one is' {
        $failed = { Connect-GravityCluster -Snapshot (Join-Path $TestDrive 'none') -ErrorAction Stop } | Should -Throw -PassThru
        $failed.ErrorDetails.RecommendedAction | Should -Match 'snapshot\.json'
    }
}
