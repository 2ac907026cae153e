#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $manifest -Force
    $null = Connect-Recording b-fdb-missing
    $leases = Get-OverlayLease
}

AfterAll {
    Disconnect-GravityCluster
    Remove-Module GravityNet
}

Describe 'Addresses and MACs' {
    It 'compare by number' {
        $subnet = $leases[0].Subnet
        "$subnet" | Should -BeExactly '10.244.19.0/24'
        $subnet -gt '10.244.9.0' | Should -BeTrue
        $subnet -lt '10.244.100.0/24' | Should -BeTrue
        $subnet -eq '10.244.19.0/24' | Should -BeTrue
        '10.244.19.0/24' -eq $subnet | Should -BeTrue
        $subnet -ne '10.244.19.0/25' | Should -BeTrue
        $subnet -in '10.244.65.0/24', '10.244.19.0/24' | Should -BeTrue
        '10.244.19.0/24' -in $leases.Subnet | Should -BeTrue
        $leases[0].VtepMAC -eq $leases[0].VtepMAC.Text.ToUpperInvariant() | Should -BeTrue
        $leases[1].VtepMAC -lt $leases[0].VtepMAC | Should -BeTrue
        $subnet.Contains('10.244.19.7') | Should -BeTrue
    }

    It 'sort by number, with others beside them' {
        $texts = '10.244.100.0/24', 'fd00::1', '10.244.9.0/24', '', 'default', '10.244.9.0/16'
        $texts | ForEach-Object { [GravityNet.NetAddress] $_ } | Sort-Object | ForEach-Object Text |
            Should -Be '', 'default', '10.244.9.0/16', '10.244.9.0/24', '10.244.100.0/24', 'fd00::1'
        (Get-NodeBridge).Ports | Sort-Object Address -Descending | Select-Object -First 1 | ForEach-Object { "$($_.Address)" } | Should -BeLike '10.244.92.*'
        # a row without a MAC has an empty text there, which comes first
        @(Get-VxlanFdb node-1 | Sort-Object Mac)[0].Status | Should -Be 'missing'
        (Get-VxlanFdb | Sort-Object Address, Node).Count | Should -Be 9
    }

    It 'are false where there is none' {
        [bool](Get-VxlanFdb node-1 | Where-Object Status -EQ missing).Mac | Should -BeFalse
        (Get-VxlanFdb node-1 | Where-Object Mac -EQ '').RemoteNode | Should -Be 'node-2'
    }

    It 'filter' {
        (Get-OverlayLease | Where-Object Subnet -GT '10.244.19.0/24').Node | Should -Be 'node-2', 'node-3'
        (Get-OverlayLease | Where-Object Subnet -EQ '10.244.65.0/24').Node | Should -Be 'node-2'
        (Get-OverlayLease | Where-Object Subnet -In '10.244.65.0/24', '10.244.92.0/24').Node | Should -Be 'node-2', 'node-3'
        (Get-OverlayLease | Where-Object PublicIP -Like '192.168.33.1*').Node | Should -HaveCount 3
        (Get-OverlayLease | Where-Object VtepMAC -Match '^c2:').Node | Should -Be 'node-1'
    }

    It 'group, also as the keys of a table' {
        (Get-VxlanFdb | Group-Object Subnet).Name | Sort-Object | Should -Be '10.244.19.0/24', '10.244.65.0/24', '10.244.92.0/24'
        $table = Get-OverlayLease | Group-Object Subnet -AsHashTable
        $table[$leases[1].Subnet].Node | Should -Be 'node-2'
        (Get-OverlayLease | Group-Object Subnet -AsHashTable -AsString)['10.244.65.0/24'].Node | Should -Be 'node-2'
        $own = @{}
        Get-OverlayLease | ForEach-Object { $own[$_.VtepMAC] = $_.Node }
        $own["$($leases[2].VtepMAC)"] | Should -Be 'node-3'
        (Get-VxlanFdb | Select-Object -ExpandProperty Subnet -Unique) | Should -HaveCount 3
    }

    It 'bind to the parameters of the next command' {
        function Get-Bound {
            param([Parameter(ValueFromPipelineByPropertyName)] [string] $Address, [Parameter(ValueFromPipelineByPropertyName)] [string[]] $Subnet)
            process { "$Address $Subnet" }
        }
        Get-OverlayLease node-1 | Get-Bound | Should -Be '10.244.19.0 10.244.19.0/24'
        (Get-VxlanFdb node-1 | Where-Object Status -NE ok | Test-PodReachability).Verdict | Should -Contain 'lost'
    }

    It 'say what is wrong with a text that is none' {
        { [GravityNet.NetAddress] '10.244.19' } | Should -Throw "*'10.244.19' is no address*"
        { [GravityNet.MacAddress] 'c2:a1' } | Should -Throw "*'c2:a1' is no MAC address*"
    }
}

Describe 'What is written for other programs' {
    It 'is plain text in JSON' {
        $back = Get-OverlayLease | ConvertTo-Json -Depth 2 | ConvertFrom-Json
        $back.Subnet | Should -Be '10.244.19.0/24', '10.244.65.0/24', '10.244.92.0/24'
        $back[0].VtepMAC | Should -BeOfType string
        (Get-GravityCluster | ConvertTo-Json | ConvertFrom-Json).LeaseSource | Should -Be 'Auto'
    }

    It 'fits in JSON of depth 2, each object by itself: <_>' -ForEach @(
        'Get-GravityCluster', 'Get-OverlayLease', 'Get-OverlayLease -Config', 'Get-VxlanFdb', 'Get-NodeBridge', 'Get-ServiceNatChain *', 'Get-NodeForwarding', 'Get-PodNetwork', 'Get-NodeRoute', 'Get-NodeRoute -To 10.244.65.4', 'Test-PodReachability node-1', 'Invoke-NodeCapture node-1',
        'Get-NodeForwarding node-1', 'Get-PodNetwork -Node node-1', 'Get-NodeRoute node-1', 'Get-NodeRoute node-1 -To 10.244.65.2'
    ) {
        $objects = @(Invoke-Expression $_)
        $objects.Count | Should -BeGreaterThan 0
        foreach ($object in $objects) {
            $json = ConvertTo-Json -InputObject $object -Depth 2 -WarningVariable warned
            $warned | Should -BeNullOrEmpty
            # an address that became an object has lost its text
            ($json | ConvertFrom-Json).PSObject.Properties | Where-Object { "$($_.Value)" -match '^@{Text=' } | Should -BeNullOrEmpty
        }
    }

    It 'has the items of lists in CSV' {
        (Get-GravityCluster | ConvertTo-Csv | ConvertFrom-Csv).Nodes | Should -Be 'node-1; node-2; node-3'
        $bridge = Get-NodeBridge node-1 | ConvertTo-Csv | ConvertFrom-Csv
        $bridge.Address | Should -Be '10.244.19.1/24'
        $bridge.Ports | Should -BeLike '*; veth63421a69 default/hostport-5c7bd 10.244.19.5; *'
        $bridge.Macs | Should -BeLike '*; da:d8:ee:0a:0d:6f dev vethd181c5c0 age * default/shell-node-1; *'
        $all = 'Get-VxlanFdb', 'Get-NodeBridge', 'Get-ServiceNatChain *', 'Test-PodReachability node-1' | ForEach-Object { Invoke-Expression $_ | ConvertTo-Csv }
        $all | Where-Object { $_ -match 'System\.|`1' } | Should -BeNullOrEmpty
        $file = Join-Path $TestDrive 'rows.csv'
        Get-VxlanFdb node-1 | Export-Csv $file
        (Import-Csv $file)[1].LeaseMac | Should -Be '4a:6c:67:96:7e:83'
    }

    It 'comes back from CLIXML' {
        $file = Join-Path $TestDrive 'rows.xml'
        Get-VxlanFdb node-1 | Export-Clixml $file
        $back = Import-Clixml $file
        $back.Subnet | Should -Be '10.244.19.0/24', '10.244.65.0/24', '10.244.92.0/24'
        $back[0].Mac | Should -BeOfType string
        $back[1].Lease.VtepMAC | Should -Be '4a:6c:67:96:7e:83'
        $back[1].Evidence | Should -HaveCount 4
        [GravityNet.NetAddress] $back[0].Subnet -lt $back[1].Subnet | Should -BeTrue
        Get-OverlayLease | Select-Object Node, Subnet | Export-Clixml $file
        (Import-Clixml $file)[2].Subnet | Should -Be '10.244.92.0/24'
    }
}
