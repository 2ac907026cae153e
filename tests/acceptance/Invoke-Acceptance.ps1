#Requires -Version 7.6
<#
.SYNOPSIS
    Runs the acceptance tests with the Pester that is loaded, or the newest there is, and writes their counts to a file.
.EXAMPLE
    pwsh tests/acceptance/Invoke-Acceptance.ps1 -CountsFile counts.json
#>
param(
    # Where passed, failed and skipped go, as JSON.
    [Parameter(Mandatory)] [string] $CountsFile,
    # Only tests whose full name is like this.
    [string] $Filter
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Module Pester)) { Import-Module Pester -MinimumVersion 5.5 }
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
if ($Filter) { $configuration.Filter.FullName = $Filter }
$result = Invoke-Pester -Configuration $configuration
# a file that cannot be read, or a block whose setup failed, is a failure too
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
@{ passed = $result.PassedCount; failed = $failed; skipped = $result.SkippedCount } | ConvertTo-Json | Set-Content $CountsFile
exit [int]($failed -gt 0)
