@{
    RootModule             = 'GravityNet.Cmdlets.dll'
    ModuleVersion          = '0.1.0'
    GUID                   = '6f0f7c0e-6c1b-4a55-9f0c-3d6a4b6b9e21'
    Author                 = 'The GravityNet authors'
    CompanyName            = 'GravityNet'
    Copyright              = '(c) The GravityNet authors'
    Description            = 'Walks the path of a packet through a flannel-VXLAN Kubernetes network, across nodes, live or from a saved bundle, and tells where it is lost and why.'
    PowerShellVersion      = '7.6'
    CompatiblePSEditions   = @('Core')

    TypesToProcess         = @('GravityNet.types.ps1xml')
    FormatsToProcess       = @(
        'Bridge.format.ps1xml'
        'Capture.format.ps1xml'
        'Cluster.format.ps1xml'
        'Flannel.format.ps1xml'
        'Forwarding.format.ps1xml'
        'Lines.format.ps1xml'
        'Overlay.format.ps1xml'
        'Pods.format.ps1xml'
        'Reachability.format.ps1xml'
        'Routes.format.ps1xml'
        'Services.format.ps1xml'
        'Snapshots.format.ps1xml'
    )

    CmdletsToExport        = @(
        'Connect-GravityCluster'
        'Get-GravityCluster'
        'Disconnect-GravityCluster'
        'Get-OverlayLease'
        'Watch-OverlayLease'
        'Get-NodeBridge'
        'Get-NodeForwarding'
        'Get-NodeRoute'
        'Get-PodNetwork'
        'Get-VxlanFdb'
        'Get-FlannelLog'
        'Get-ServiceNatChain'
        'Test-PodReachability'
        'Invoke-NodeCapture'
        'Export-ClusterSnapshot'
        'Compare-ClusterSnapshot'
    )
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()

    PrivateData            = @{
        PSData = @{
            Tags         = @('Kubernetes', 'flannel', 'VXLAN', 'Gravity', 'network', 'troubleshooting', 'PSEdition_Core', 'Linux', 'Windows', 'MacOS')
            ReleaseNotes = 'First version: connect over SSH or to a snapshot, leases, bridges, forwarding tables, service chains, reachability and captures.'
        }
    }
}
