<#
.SYNOPSIS
    Builds, tests and runs GravityNet. The only build logic there is; build.sh runs it where pwsh is not at hand.
.EXAMPLE
    ./build.ps1 Test
.EXAMPLE
    ./build.ps1 Test unit -Filter *Lease*
#>
param(
    # What to do.
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Demo', 'Shell', 'Lab', 'Package', 'Clean')]
    [string] $Task = 'Build',

    # Test: only the projects of these names (unit, module, lab ...), and only the tests that match.
    [string] $Filter,

    # Build: nothing to do when no source is newer than the last build.
    [switch] $IfNeeded,

    # What else was said: the lab's words, the shell's arguments, the tests' projects.
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Rest = @()
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
$module = Join-Path $root 'out/GravityNet'
$version = '0.1.0'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:MSBUILDDISABLENODEREUSE = '1'
$env:DOTNET_CLI_USE_MSBUILD_SERVER = '0'

# Runs dotnet and shows what it said only when it failed. No build server outlives the call.
function Invoke-DotNet {
    $output = & dotnet @args --nologo -v q --disable-build-servers 2>&1
    if ($LASTEXITCODE -ne 0) {
        $output | ForEach-Object { "$_" } | Out-Host
        throw "dotnet $($args[0]) failed."
    }
}

function Test-Root {
    $IsLinux -and (& id -u) -eq '0'
}

# Why the lab cannot run here; nothing when it can.
function Get-LabObstacle {
    if (-not $IsLinux) { return 'the lab needs Linux' }
    if (-not (Test-Root)) { return 'the lab needs root' }
    if (-not (Test-Path (Join-Path $root 'tests/lab/Lab'))) { return 'the lab is not in this source tree' }
}

function Get-LabAssembly {
    Join-Path $root 'tests/lab/Lab/bin/Release/net10.0/GravityNet.Lab.dll'
}

function Invoke-Lab {
    & dotnet (Get-LabAssembly) @args | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "lab $($args -join ' ') failed with exit code $LASTEXITCODE." }
}

function Test-UpToDate {
    $stamp = Join-Path $root 'out/.built'
    if (-not (Test-Path $stamp)) { return $false }
    $built = [IO.File]::GetLastWriteTimeUtc($stamp)
    $sources = 'GravityNet.Module', 'GravityNet.Transports', 'GravityNet.Cmdlets', 'tools', 'tests', 'en-US'
    foreach ($folder in $sources | ForEach-Object { Join-Path $root $_ } | Where-Object { Test-Path $_ }) {
        foreach ($file in [IO.Directory]::EnumerateFiles($folder, '*', [IO.SearchOption]::AllDirectories)) {
            if ($file -notmatch '[\\/](bin|obj)[\\/]' -and [IO.File]::GetLastWriteTimeUtc($file) -gt $built) { return $false }
        }
    }
    foreach ($file in [IO.Directory]::GetFiles($root)) {
        if ([IO.File]::GetLastWriteTimeUtc($file) -gt $built) { return $false }
    }
    $true
}

function Invoke-Build {
    if ($IfNeeded -and (Test-UpToDate)) { return }
    Invoke-DotNet build (Join-Path $root 'GravityNet.slnx') -c Release

    # the module folder is made anew, so that nothing old stays in it
    if (Test-Path $module) { Remove-Item $module -Recurse -Force }
    New-Item (Join-Path $module 'transports') -ItemType Directory -Force | Out-Null
    $built = Join-Path $root 'GravityNet.Cmdlets/bin/Release/net10.0'
    foreach ($name in 'GravityNet.Cmdlets', 'GravityNet.Module') {
        foreach ($extension in 'dll', 'pdb', 'xml') { Copy-Item (Join-Path $built "$name.$extension") $module }
    }
    Copy-Item (Join-Path $root 'GravityNet.psd1') $module
    Copy-Item (Join-Path $root 'LICENSE') $module
    Copy-Item (Join-Path $root 'GravityNet.Cmdlets/Views/*.ps1xml') $module
    $help = Join-Path $root 'en-US'
    if (Test-Path $help) { Copy-Item $help $module -Recurse }

    $transports = Join-Path $module 'transports'
    Invoke-DotNet publish (Join-Path $root 'GravityNet.Transports') -c Release -o $transports --no-build
    # these two are shared with the module itself, or are PowerShell's own
    Get-ChildItem $transports | Where-Object Name -match '^(GravityNet\.Module|System\.Management\.Automation)\.' | Remove-Item -Force
    [IO.File]::WriteAllText((Join-Path $root 'out/.built'), '')
}

# One test executable. Returns its counts; a crash, or a run without tests, counts as a failure.
function Invoke-TestExecutable([string] $name, [string] $assembly, [string[]] $before) {
    $results = Join-Path $root "out/results/$name.xml"
    New-Item (Split-Path $results) -ItemType Directory -Force | Out-Null
    if (Test-Path $results) { Remove-Item $results }
    $line = @($before) + @($assembly, '-xml', $results, '-noLogo', '-noColor')
    if ($Filter) { $line += '-method', $Filter }
    Write-Host "== $name"
    & dotnet @line | Out-Host
    $exit = $LASTEXITCODE

    $count = [pscustomobject]@{ Passed = 0; Failed = 0; Skipped = 0 }
    if (Test-Path $results) {
        $document = [Xml.XmlDocument]::new()
        $document.Load($results)
        foreach ($run in $document.SelectNodes('/assemblies/assembly')) {
            $count.Passed += [int]$run.GetAttribute('passed')
            $count.Failed += [int]$run.GetAttribute('failed') + [int]$run.GetAttribute('errors')
            $count.Skipped += [int]$run.GetAttribute('skipped')
        }
    }
    $total = $count.Passed + $count.Failed + $count.Skipped
    if ($count.Failed -eq 0 -and ($exit -ne 0 -or ($total -eq 0 -and -not $Filter))) {
        Write-Host "$name ended with exit code $exit after $total tests."
        $count.Failed = 1
    }
    $count
}

function Get-TestAssembly([string] $project) {
    $name = [IO.Path]::GetFileNameWithoutExtension($project)
    Join-Path (Split-Path $project) "bin/Release/net10.0/$name.dll"
}

function Invoke-Test {
    Invoke-Build
    $obstacle = Get-LabObstacle
    if (-not $obstacle) { Invoke-Lab install }

    $projects = [IO.Directory]::GetFiles((Join-Path $root 'tests'), '*Tests.csproj', [IO.SearchOption]::AllDirectories) | Sort-Object
    if ($Rest) {
        $projects = @($projects | Where-Object { $path = $_; $Rest | Where-Object { $path -match [regex]::Escape($_) } })
        if (-not $projects) { throw "No test project matches '$Rest'." }
    }
    $inLab, $plain = @(), @()
    foreach ($project in $projects) {
        if ((Split-Path $project -Leaf) -match 'LabTests') { $inLab += $project } else { $plain += $project }
    }

    $counts = @()
    foreach ($project in $plain) {
        $counts += Invoke-TestExecutable (Split-Path $project -LeafBase) (Get-TestAssembly $project)
    }
    if ($inLab -and $obstacle) {
        Write-Host "Lab tests are skipped: $obstacle."
        $counts += [pscustomobject]@{ Passed = 0; Failed = 0; Skipped = $inLab.Count }
    } elseif ($inLab) {
        try {
            Invoke-Lab up
            foreach ($project in $inLab) {
                $counts += Invoke-TestExecutable (Split-Path $project -LeafBase) (Get-TestAssembly $project) @((Get-LabAssembly), 'outside', '--', 'dotnet')
            }
        } finally {
            Invoke-Lab down
        }
    }

    $sum = @{}
    foreach ($kind in 'Passed', 'Failed', 'Skipped') {
        $sum[$kind] = [int]($counts | Measure-Object $kind -Sum).Sum
    }
    Write-Host "$($sum.Passed) passed, $($sum.Failed) failed, $($sum.Skipped) skipped"
    if ($sum.Failed) { exit 1 }
}

# The command line that starts this same kind of shell again.
function Get-ShellCommand {
    $pwsh = Join-Path $PSHOME 'pwsh'
    if ($Host.Name -ne 'GravityNet.Shell') { return $pwsh, '-NoProfile', '-NoLogo' }
    'dotnet', (Join-Path $root 'out/shell/GravityNet.Shell.dll'), '-NoLogo'
}

function Invoke-Demo {
    $script = Join-Path $root 'tools/Demo/demo.ps1'
    if (-not (Test-Path $script)) { throw "There is no demo in this source tree: $script is missing." }
    Invoke-Build
    $line = @(Get-ShellCommand) + @('-File', $script)
    $obstacle = Get-LabObstacle
    if ($obstacle) {
        Write-Host "The demo runs from recordings: $obstacle."
        $line += '-Recorded'
        $program, $line = $line
        & $program @line | Out-Host
        if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
        return
    }
    Invoke-Lab install
    try {
        Invoke-Lab up
        Invoke-Lab outside '--' @line
    } finally {
        Invoke-Lab down
    }
}

function Invoke-Shell {
    Invoke-Build
    $program, $line = Get-ShellCommand
    if ($Rest) {
        $env:PSModulePath = (Join-Path $root 'out') + [IO.Path]::PathSeparator + $env:PSModulePath
        & $program @line @Rest
    } else {
        & $program @line -NoExit -Command "Import-Module '$($module.Replace("'", "''"))'"
    }
    exit $LASTEXITCODE
}

function Invoke-Package {
    Invoke-Build
    $archive = Join-Path $root "out/GravityNet-$version.zip"
    if (Test-Path $archive) { Remove-Item $archive }
    [IO.Compression.ZipFile]::CreateFromDirectory($module, $archive, [IO.Compression.CompressionLevel]::Optimal, $true)
    Write-Host $archive
}

switch ($Task) {
    'Build' { Invoke-Build }
    'Test' { Invoke-Test }
    'Demo' { Invoke-Demo }
    'Shell' { Invoke-Shell }
    'Lab' {
        $obstacle = Get-LabObstacle
        if ($obstacle) { throw "No lab: $obstacle." }
        if (-not (Test-Path (Get-LabAssembly))) { Invoke-DotNet build (Join-Path $root 'tests/lab/Lab') -c Release }
        & dotnet (Get-LabAssembly) @Rest | Out-Host
        exit $LASTEXITCODE
    }
    'Package' { Invoke-Package }
    'Clean' {
        Get-ChildItem $root -Recurse -Directory | Where-Object Name -in 'bin', 'obj' | Where-Object { Test-Path $_.FullName } | Remove-Item -Recurse -Force
        Get-ChildItem (Join-Path $root 'out') -ErrorAction Ignore | Where-Object Name -ne 'shell' | Remove-Item -Recurse -Force
    }
}
