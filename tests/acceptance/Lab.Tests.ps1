#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

# The lab runs by itself; $env:GRAVITYNET_LAB is its folder, or the status.json in it. Its addresses are reached from its outside namespace:
# lab outside -- pwsh ...
BeforeDiscovery {
    $noLab = -not $env:GRAVITYNET_LAB
}

Describe 'The running lab' -Skip:$noLab {
    BeforeAll {
        . $PSScriptRoot/Common.ps1
        Import-Module $manifest -Force
        $file = (Test-Path $env:GRAVITYNET_LAB -PathType Container) ? (Join-Path $env:GRAVITYNET_LAB 'status.json') : $env:GRAVITYNET_LAB
        $lab = Get-Content $file -Raw | ConvertFrom-Json
        # by name: an array has a method Address of its own
        $nodes = $lab.nodes | ForEach-Object { $_.address }
        $login = @{ User = $lab.user; KeyFile = $lab.keyFile; KnownHostsFile = $lab.knownHosts; Etcd = $lab.etcd; KubeConfig = $lab.kubeConfig }
        $cluster = Connect-GravityCluster $nodes @login
    }

    AfterAll {
        Disconnect-GravityCluster
        Remove-Module GravityNet
    }

    It 'is described by its connection' {
        $cluster.IsLive | Should -BeTrue
        $cluster.Nodes | Should -Be $lab.nodes.name
        $cluster.LeaseHome | Should -BeLike 'etcd*'
    }

    It 'has a lease of each node' {
        $leases = Get-OverlayLease
        $leases.Node | Should -Be $lab.nodes.name
        $leases.Subnet | Should -Be $lab.nodes.subnet
        $leases.VtepMAC | Should -Be $lab.nodes.vtepMac
    }

    It 'watches leases for as long as it is told' {
        $watch = Measure-Command { Watch-OverlayLease -Seconds 2 -ErrorAction Stop }
        $watch.TotalSeconds | Should -BeGreaterOrEqual 2
    }

    It 'has an overlay that agrees with the leases' {
        $rows = Get-VxlanFdb
        $rows | Should -HaveCount ($lab.nodes.Count * $lab.nodes.Count)
        $rows.Status | Sort-Object -Unique | Should -Be 'ok'
    }

    It 'has each pod behind the port that it really has' {
        $ports = (Get-NodeBridge).Ports
        foreach ($pod in $lab.pods) {
            $ports | Where-Object Pod -EQ $pod.name | ForEach-Object { "$($_.Interface) $($_.Address)" } | Should -Be "$($pod.hostInterface) $($pod.ip)"
        }
    }

    It 'forwards between bridge and overlay' {
        $rows = Get-NodeForwarding -Interface cni0, flannel.1 | Where-Object Family -EQ inet
        $rows | Should -HaveCount (2 * $lab.nodes.Count)
        $rows.EffectiveForwarding | Sort-Object -Unique | Should -BeTrue
    }

    It 'routes to each pod over the bridge or the overlay' {
        foreach ($pod in $lab.pods) {
            foreach ($way in Get-NodeRoute -To $pod.ip) { $way.Interface | Should -Be $(if ($way.Node -eq $pod.node) { 'cni0' } else { 'flannel.1' }) }
        }
    }

    It 'has each pod at the end of the cable that it really has' {
        $networks = Get-PodNetwork
        foreach ($pod in $lab.pods) {
            $networks | Where-Object Pod -EQ $pod.name | ForEach-Object { "$($_.Status) $($_.Interface) $($_.Address) $($_.PodMac)" } | Should -Be "ok $($pod.hostInterface) $($pod.ip) $($pod.mac)"
        }
    }

    It 'shares a service among its endpoints' {
        $chain = Get-ServiceNatChain kube-dns $lab.nodes[0].name -Protocol udp
        $chain.Status | Should -Be 'ok'
        $chain.Endpoints.Address | Sort-Object | Should -Be ($lab.pods | Where-Object app -EQ 'kube-dns' | ForEach-Object ip | Sort-Object)
    }

    It 'gives the endpoints of each service equal shares, on every node' {
        foreach ($service in $lab.services | Where-Object { $_.endpoints.Count -gt 0 }) {
            foreach ($chain in Get-ServiceNatChain "$($service.namespace)/$($service.name)") {
                $chain.Status | Should -Be 'ok'
                $chain.Endpoints.Address | Sort-Object | Should -Be ($service.endpoints | Sort-Object)
                $chain.Endpoints.ShareText | Sort-Object -Unique | Should -Be ($service.endpoints.Count -eq 1 ? '1' : "1/$($service.endpoints.Count)")
                $chain.Endpoints.State | Sort-Object -Unique | Should -Be 'live'
                ($chain.Endpoints | Measure-Object Share -Sum).Sum | Should -BeGreaterThan 0.999999
            }
        }
    }

    It 'says on which nodes a service has no endpoints' {
        $chains = Get-ServiceNatChain gravity-site
        $chains.Node | Sort-Object | Should -Be $lab.nodes.name
        $chains.Status | Sort-Object -Unique | Should -Be 'noendpoints'
        $chains | ForEach-Object Endpoints | Should -BeNullOrEmpty
        $chains.Reason | Should -BeLike '*refused*'
    }

    It 'finds nothing wrong with any chain' {
        Get-ServiceNatChain | ForEach-Object Problems | Should -BeNullOrEmpty
    }

    It 'answers probes, from nodes and from pods' {
        $results = Test-PodReachability "node:$($lab.nodes[0].name)", 'pod:default/shell-node-2' 'default/shell-node-*'
        $results.Count | Should -BeGreaterThan 3
        $results.Verdict | Sort-Object -Unique | Should -Be 'ok'
    }

    It 'shows the packets of a probe on both nodes' {
        $pod = $lab.pods | Where-Object name -EQ 'shell-node-1'
        $packets = Test-PodReachability 'node:node-2' 'default/shell-node-1' | Invoke-NodeCapture -Seconds 5
        $packets.Node | Sort-Object -Unique | Should -Be 'node-1', 'node-2'
        "$($packets.Destination)" | Should -Match ([regex]::Escape($pod.ip))
    }

    It 'refuses a server that known_hosts does not know' {
        $empty = Join-Path $TestDrive 'known_hosts'
        $null = New-Item $empty
        $other = $login + @{}
        $other.KnownHostsFile = $empty
        $failed = { Connect-GravityCluster $nodes[0] @other -ErrorAction Stop } | Should -Throw -PassThru
        "$failed" | Should -Match 'SHA256:'
    }
}
