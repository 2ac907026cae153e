# Connects to the running lab: dot-source it at a prompt inside the lab's outside network.
. (Join-Path $PSScriptRoot 'lab.ps1')
Connect-GravityCluster $nodes @login @stores
