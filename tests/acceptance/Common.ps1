# What all acceptance tests start with.
Set-StrictMode -Version 3
$root = Split-Path (Split-Path $PSScriptRoot)
$manifest = Join-Path $root 'out/GravityNet/GravityNet.psd1'
if (-not (Test-Path $manifest)) { throw "$manifest is missing: run ./build.ps1 Build first." }

function Connect-Recording([string] $name) {
    Connect-GravityCluster -Snapshot (Join-Path $root "tests/recordings/$name.tar.gz")
}

# The texts that Tab offers at the end of a line.
function Get-Completion([string] $line) {
    (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText
}
