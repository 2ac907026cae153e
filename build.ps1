<#
.SYNOPSIS
    Builds, tests and runs GravityNet. The only build logic there is; build.sh runs it where pwsh is not at hand.
.EXAMPLE
    ./build.ps1 Test
.EXAMPLE
    ./build.ps1 Test UnitTests -Filter '*Lease*'
#>
# Nothing but the first word is a parameter: the rest may be another program's switches, which must not bind here.
param(
    [ValidateSet('Build', 'Test', 'Demo', 'Shell', 'Lab', 'Bench', 'Fuzz', 'Package', 'Clean')]
    [string] $Goal = 'Build'
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$rest = @($args)
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
    & dotnet (Get-LabAssembly) @args
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

function Invoke-Build([switch] $IfNeeded) {
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

# Runs one test executable and adds up its counts; a crash, or a run without any test, counts as a failure.
function Invoke-TestExecutable([string] $project, [string[]] $before) {
    $name = Split-Path $project -LeafBase
    $assembly = Join-Path (Split-Path $project) "bin/Release/net10.0/$name.dll"
    $results = Join-Path $root "out/results/$name.xml"
    New-Item (Split-Path $results) -ItemType Directory -Force | Out-Null
    if (Test-Path $results) { Remove-Item $results }
    $line = @($before) + @($assembly, '-xml', $results, '-noLogo', '-noColor')
    if ($filter) { $line += '-method', $filter }
    Write-Host "== $name"
    & dotnet @line
    $exit = $LASTEXITCODE

    $passed, $failed, $skipped = 0, 0, 0
    if (Test-Path $results) {
        $document = [Xml.XmlDocument]::new()
        $document.Load($results)
        foreach ($run in $document.SelectNodes('/assemblies/assembly')) {
            $passed += [int]$run.GetAttribute('passed')
            $failed += [int]$run.GetAttribute('failed') + [int]$run.GetAttribute('errors')
            $skipped += [int]$run.GetAttribute('skipped')
        }
    }
    $none = $passed + $failed + $skipped -eq 0
    if ($failed -eq 0 -and ($exit -ne 0 -or ($none -and -not $filter))) {
        Write-Host "$name ended with exit code $exit after $($passed + $skipped) tests."
        $failed = 1
    }
    $script:passed += $passed
    $script:failed += $failed
    $script:skipped += $skipped
}

# pwsh and its arguments to run the acceptance tests with, and why they cannot run here: one of the two is empty.
function Find-Pester {
    $pwsh = Get-Command pwsh -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if (-not $pwsh) { return $null, 'there is no pwsh' }
    $probe = '"$($PSVersionTable.PSVersion)"; "$(Get-Module Pester -ListAvailable | Sort-Object Version -Descending | Select-Object -First 1 -ExpandProperty Version)"'
    $shell, $pester = & $pwsh.Source -NoProfile -NonInteractive -Command $probe
    if ([version]("$shell" -replace '-.*') -lt [version]'7.6') { return $null, "PowerShell is $shell, and 7.6 is needed" }
    if (-not $pester) { return $null, 'PowerShell has no Pester' }
    if ([version]"$pester" -lt [version]'5.5') { return $null, "Pester is $pester, and 5.5 is needed" }
    $pwsh.Source, $null
}

# Runs the acceptance tests in a PowerShell of their own and adds up their counts.
function Invoke-AcceptanceTests([string[]] $before) {
    $counts = Join-Path $root 'out/results/acceptance.json'
    New-Item (Split-Path $counts) -ItemType Directory -Force | Out-Null
    if (Test-Path $counts) { Remove-Item $counts }
    $program, $line = @($before) + @('-NoProfile', '-NonInteractive', '-File', (Join-Path $root 'tests/acceptance/Invoke-Acceptance.ps1'), '-CountsFile', $counts)
    if ($filter) { $line += '-Filter', $filter }
    Write-Host '== acceptance'
    & $program @line
    if (-not (Test-Path $counts)) {
        Write-Host "The acceptance tests ended with exit code $LASTEXITCODE and no counts."
        $script:failed++
        return
    }
    $result = Get-Content $counts -Raw | ConvertFrom-Json
    $script:passed += $result.passed
    $script:failed += $result.failed
    $script:skipped += $result.skipped
}

# What needs the running lab; the acceptance tests, too, where there is a pwsh for them.
function Invoke-LabTests([string[]] $projects, [string] $pwsh) {
    try {
        Invoke-Lab up
        foreach ($project in $projects) {
            Invoke-TestExecutable $project @((Get-LabAssembly), 'outside', '--', 'dotnet')
        }
        if ($pwsh) {
            $env:GRAVITYNET_LAB = (& dotnet (Get-LabAssembly) status | ConvertFrom-Json).stateDirectory
            Invoke-AcceptanceTests 'dotnet', (Get-LabAssembly), 'outside', '--', $pwsh
        }
    } catch {
        Write-Host "The lab tests ended early: $_"
        $script:failed++
    } finally {
        if ($pwsh) { $env:GRAVITYNET_LAB = $null }
        Invoke-Lab down
    }
}

function Invoke-Test {
    $names = @($rest)
    $script:filter = $null
    $at = [Array]::FindIndex([string[]]$names, [Predicate[string]] { param($word) $word -eq '-Filter' })
    if ($at -ge 0) {
        if ($at + 1 -ge $names.Count) { throw '-Filter needs a pattern, for example *Lease*.' }
        $script:filter = $names[$at + 1]
        $names = @($names | Select-Object -SkipIndex $at, ($at + 1))
    }

    Invoke-Build
    $projects = @([IO.Directory]::GetFiles((Join-Path $root 'tests'), '*Tests.csproj', [IO.SearchOption]::AllDirectories) | Sort-Object)
    $acceptance = $true
    if ($names) {
        $projects = @($projects | Where-Object { $path = $_; $names | Where-Object { (Split-Path $path -Leaf) -match [regex]::Escape($_) } })
        $acceptance = [bool]($names | Where-Object { 'AcceptanceTests' -match [regex]::Escape($_) })
        if (-not $projects -and -not $acceptance) { throw "No test project matches '$names'." }
    }
    $pwsh, $noPester = if ($acceptance) { Find-Pester } else { $null, $null }
    $inLab = @($projects | Where-Object { (Split-Path $_ -Leaf) -match 'LabTests' })

    $script:passed, $script:failed, $script:skipped = 0, 0, 0
    $obstacle = Get-LabObstacle
    if (-not $obstacle) { Invoke-Lab install }
    foreach ($project in $projects | Where-Object { $_ -notin $inLab }) { Invoke-TestExecutable $project @() }
    if ($inLab -and $obstacle) {
        Write-Host "Lab tests are skipped: $obstacle."
        $script:skipped += $inLab.Count
    }
    # somebody's own lab, or none at all
    $alone = $pwsh -and ($obstacle -or $env:GRAVITYNET_LAB)
    if (-not $obstacle -and ($inLab -or ($pwsh -and -not $alone))) { Invoke-LabTests $inLab ($alone ? '' : "$pwsh") }
    if ($alone) { Invoke-AcceptanceTests $pwsh }
    if ($noPester) { Write-Host "The acceptance tests were not run: $noPester." }

    Write-Host "$script:passed passed, $script:failed failed, $script:skipped skipped"
    if ($script:failed -or -not ($script:passed + $script:skipped)) { exit 1 }
}

# The command line that starts this same kind of shell again, with the module at hand.
function Get-ShellCommand {
    if ($Host.Name -eq 'GravityNet.Shell') {
        return 'dotnet', (Join-Path $root 'out/shell/GravityNet.Shell.dll'), '-ImportModule', (Join-Path $module 'GravityNet.psd1')
    }
    # pwsh loads it at the first use
    $env:PSModulePath = (Join-Path $root 'out') + [IO.Path]::PathSeparator + $env:PSModulePath
    (Join-Path $PSHOME 'pwsh'), '-NoProfile', '-NoLogo'
}

function Invoke-Demo {
    $demo = Join-Path $root 'tools/Demo/demo.ps1'
    if (-not (Test-Path $demo)) { throw "There is no demo in this source tree: $demo is missing." }
    Invoke-Build -IfNeeded
    $program, $line = Get-ShellCommand
    $line += '-File', $demo
    $obstacle = Get-LabObstacle
    if ($obstacle) {
        Write-Host "The demo runs from recordings: $obstacle."
        & $program @line -Recorded
        exit $LASTEXITCODE
    }
    Invoke-Lab install
    try {
        Invoke-Lab up
        Invoke-Lab outside '--' $program @line
    } finally {
        Invoke-Lab down
    }
}

function Invoke-Shell {
    Invoke-Build -IfNeeded
    $program, $line = Get-ShellCommand
    if (-not $rest) { $rest = '-NoExit', '-Command', "Import-Module '$($module.Replace("'", "''"))'" }
    & $program @line @rest
    exit $LASTEXITCODE
}

# Measures the built module beside its peers; -Short does each once.
function Invoke-Bench {
    $obstacle = Get-LabObstacle
    if ($obstacle) { throw "No bench: $obstacle." }
    Invoke-Build -IfNeeded
    Invoke-Lab install
    # a session of this same kind of shell that reads commands from its input
    $shell = if ($Host.Name -eq 'GravityNet.Shell') { 'dotnet', (Join-Path $root 'out/shell/GravityNet.Shell.dll'), '-NoLogo' }
    else { (Join-Path $PSHOME 'pwsh'), '-NoProfile', '-NonInteractive', '-Command', '-' }
    & dotnet (Join-Path $root 'tests/bench/bin/Release/net10.0/GravityNet.Bench.dll') -Module $module @rest '--' @shell
    exit $LASTEXITCODE
}

# Reads changed text until something breaks or somebody stops it: each language a minute at a time (-Seconds N). A failure tells the seed that repeats it.
function Invoke-Fuzz {
    $at = [Array]::IndexOf([object[]]$rest, '-Seconds')
    $seconds = if ($at -ge 0 -and $at + 1 -lt $rest.Count) { [int]$rest[$at + 1] } else { 60 }
    Invoke-Build -IfNeeded
    $env:GRAVITYNET_FUZZ_SECONDS = "$seconds"
    try {
        for ($round = 1; ; $round++) {
            Write-Host "round $round"
            & dotnet (Join-Path $root 'tests/unit/bin/Release/net10.0/GravityNet.UnitTests.dll') -class '*.FuzzTests' -noLogo -noColor
            if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
            if ($rest -contains '-Once') { break }
        }
    } finally {
        $env:GRAVITYNET_FUZZ_SECONDS = $null
    }
}

function Invoke-Package {
    Invoke-Build
    $archive = Join-Path $root "out/GravityNet-$version.zip"
    if (Test-Path $archive) { Remove-Item $archive }
    [IO.Compression.ZipFile]::CreateFromDirectory($module, $archive, [IO.Compression.CompressionLevel]::Optimal, $true)
    Write-Host $archive
}

switch ($Goal) {
    'Build' { Invoke-Build -IfNeeded:($rest -contains '-IfNeeded') }
    'Test' { Invoke-Test }
    'Demo' { Invoke-Demo }
    'Shell' { Invoke-Shell }
    'Lab' {
        $obstacle = Get-LabObstacle
        if ($obstacle) { throw "No lab: $obstacle." }
        Invoke-Build -IfNeeded
        & dotnet (Get-LabAssembly) @rest
        exit $LASTEXITCODE
    }
    'Bench' { Invoke-Bench }
    'Fuzz' { Invoke-Fuzz }
    'Package' { Invoke-Package }
    'Clean' {
        Get-ChildItem $root -Recurse -Directory | Where-Object Name -in 'bin', 'obj' | Where-Object { Test-Path $_.FullName } | Remove-Item -Recurse -Force
        Get-ChildItem (Join-Path $root 'out') -ErrorAction Ignore | Where-Object Name -ne 'shell' | Remove-Item -Recurse -Force
    }
}
