<#
.SYNOPSIS
    Tells a fault from its first symptom to its cause, on a live cluster or from recordings.
.DESCRIPTION
    The last chapter of the Gravity networking training: DNS fails for some, one node's pods cannot be reached from the others, and the cause is a switch in a
    kernel. Every command that is shown is run; nothing is prepared but the fault.
#>
param(
    # From recordings of a real cluster, where no live one can be started.
    [switch] $Recorded
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module (Join-Path $root 'out/GravityNet')

function Say([string] $text) {
    Write-Host ''
    Write-Host "# $text" -ForegroundColor Cyan
}

# Shows a command as it would be typed, and returns it: dot-sourced by the caller, it runs in the script's own scope.
function Show([string] $command) {
    Write-Host "PS> $command" -ForegroundColor Yellow
    [scriptblock]::Create($command)
}

function Set-Fault([string] $name, [string] $state) {
    Write-Host "lab> fault $name $state" -ForegroundColor Yellow
    & dotnet (Join-Path $root 'tests/lab/Lab/bin/Release/net10.0/GravityNet.Lab.dll') fault $name $state | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "The lab could not switch $name $state." }
}

# What the story claims is checked as it is told.
function Confirm-That([bool] $claim, [string] $what) {
    if (-not $claim) { throw "This is not what happened: $what." }
}

$recordings = Join-Path $root 'tests/recordings'
if ($Recorded) {
    Say 'A healthy cluster of three nodes, as it was recorded.'
    $healthy = Join-Path $recordings 'healthy.tar.gz'
    . (Show 'Connect-GravityCluster -Snapshot $healthy') | Out-Host
} else {
    . (Join-Path $PSScriptRoot 'lab.ps1')
    Say 'A cluster of three nodes, each reached over SSH.'
    . (Show 'Connect-GravityCluster $nodes @login @stores') | Out-Host
}

Say 'Who leases which part of the overlay, and does every node know the others?'
. (Show 'Get-OverlayLease') | Out-Host
. (Show 'Get-VxlanFdb | Format-Table Node, RemoteNode, Subnet, Mac, Destination, Status') | Out-Host
Confirm-That (-not (Get-VxlanFdb | Where-Object Status -ne ok)) 'the overlay is in order'

Say 'Everybody reaches everybody.'
. (Show '$matrix = Test-PodReachability; $matrix | Group-Object Verdict -NoElement') | Out-Host
if (-not $Recorded) { Confirm-That (-not ($matrix | Where-Object Verdict -ne ok)) 'all probes are answered' }

Say 'Somebody switches forwarding off on cni0 of node-1.'
if ($Recorded) {
    $broken = Join-Path $recordings 'a-forwarding-off.tar.gz'
    . (Show '$null = Connect-GravityCluster -Snapshot $broken') | Out-Host
} else {
    Set-Fault forwarding-off on
}

Say 'A user reports that DNS fails, now and then. One DNS pod after the other is asked, from every node:'
$dnsPods = 'kube-system/coredns-*'
if ($Recorded) { $from = 'pod:default/shell-node-*' } else { $from = 'node:*' }
. (Show '$dns = Test-PodReachability $from $dnsPods -Protocol Dns -NoIsolation; $dns | Format-Table Verdict, From, To, Detail') | Out-Host
Confirm-That ([bool]($dns | Where-Object { $_.Verdict -ne 'ok' -and $_.ToNode -eq 'node-1' -and $_.Node -ne 'node-1' })) 'DNS of node-1 fails from the other nodes'

Say 'It is not DNS: the pods of node-1 do not answer a ping either. Where does it break?'
if ($Recorded) { $pods = 'pod:default/shell-node-1' } else { $pods = 'node:node-1' }
. (Show '$failing = @(Test-PodReachability node:node-2 $pods -Protocol Icmp | Where-Object Verdict -ne ok); $failing') | Out-Host
Confirm-That ($failing.Count -gt 0 -and -not ($failing | Where-Object LostAt -ne node-1)) 'the isolation names node-1'

Say 'The packets themselves: the reply of the pod is on cni0 of node-1, and not on its flannel.1.'
if ($Recorded) {
    # node-2 sends from the address of its flannel.1
    . (Show '$packets = Invoke-NodeCapture node-1 cni0, flannel.1 | Where-Object { $_.Protocol -eq ''icmp'' -and ''10.244.65.0'' -in $_.Source, $_.Destination }; $packets') | Out-Host
} else {
    . (Show '$packets = $failing | Select-Object -First 1 | Invoke-NodeCapture -Interface cni0, flannel.1 | Where-Object Node -eq node-1; $packets') | Out-Host
}
$replies = @($packets | Where-Object { $_.Info -like '*echo reply*' })
Confirm-That ([bool]($replies | Where-Object Interface -eq cni0)) 'the reply is seen on cni0'
Confirm-That (-not ($replies | Where-Object Interface -eq flannel.1)) 'no reply is seen on flannel.1'

Say 'The cause, with the line that proves it:'
. (Show '$failing[0].Cause; $failing[0].Evidence') | Out-Host
Confirm-That ($failing[0].Cause -like '*forwarding*cni0*') 'the cause is the forwarding of cni0'

if ($Recorded) {
    Say 'On the node, sysctl -w net.ipv4.conf.cni0.forwarding=1 heals it.'
    . (Show 'Disconnect-GravityCluster; Disconnect-GravityCluster') | Out-Host
} else {
    Say 'It is healed, and everybody reaches everybody again.'
    Set-Fault forwarding-off off
    . (Show '$matrix = Test-PodReachability; $matrix | Group-Object Verdict -NoElement') | Out-Host
    Confirm-That (-not ($matrix | Where-Object Verdict -ne ok)) 'all probes are answered again'
    . (Show 'Disconnect-GravityCluster') | Out-Host
}
