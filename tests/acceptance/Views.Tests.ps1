#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

# What the embedded engine shows is kept in tests/module/Golden; PowerShell itself must show the same.
BeforeDiscovery {
    $golden = Join-Path (Split-Path $PSScriptRoot) 'module/Golden'
    $files = Get-ChildItem $golden -Filter '*.120.txt' | ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
    $redirected = Get-ChildItem $golden -Filter '*.file.txt' | ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $manifest -Force
    $style = $PSStyle.OutputRendering
    # a console of 120 columns uses 119 of them; lines are broken between words in English alone, and between any two characters in the invariant culture
    $culture = [cultureinfo]::CurrentCulture
    [cultureinfo]::CurrentCulture = 'en-US'

    # the sections of a golden file: recording, command and text
    function Read-Golden([string] $path) {
        foreach ($section in (Get-Content $path -Raw) -split '(?m)^## ' | Where-Object { $_ }) {
            $title, $text = $section -split "`n", 2
            $recording, $command = $title -split '> ', 2
            if ($recording -ne 'made') { [pscustomobject]@{ Recording = $recording; Command = $command; Text = Format-Text $text } }
        }
    }

    # as it is kept: without blanks at the ends of lines, and without the places of recordings, which differ by machine
    function Format-Text([string] $text) {
        $text = ($text -replace "`r" -split "`n" | ForEach-Object TrimEnd) -join "`n"
        ($text -replace '(?m)^(Etcd|KubernetesApi)( +:).*(\n {6,}\S.*)*', '$1$2 ...').Trim("`n")
    }
}

AfterAll {
    [cultureinfo]::CurrentCulture = $culture
    $PSStyle.OutputRendering = $style
    Remove-Module GravityNet
}

Describe 'The views of <Name>' -ForEach $files {
    AfterEach { Get-GravityCluster | Disconnect-GravityCluster }

    It 'are those that are kept' {
        foreach ($section in Read-Golden $Path) {
            $null = Connect-Recording $section.Recording
            $shown = Format-Text (Invoke-Expression "$($section.Command) | Out-String -Width 119")
            $shown | Should -BeExactly $section.Text -Because $section.Command
            Disconnect-GravityCluster
        }
    }
}

Describe 'What is redirected as <Name>' -ForEach $redirected {
    AfterEach { Get-GravityCluster | Disconnect-GravityCluster }

    It 'is plain, and each long line is whole' {
        $file = Join-Path $TestDrive 'text'
        foreach ($section in Read-Golden $Path | Where-Object Command -NotLike '*Format-Table') {
            $null = Connect-Recording $section.Recording
            Invoke-Expression "$($section.Command) > '$file'"
            $text = Get-Content $file -Raw
            $text | Should -Not -Match "`e"
            Format-Text $text | Should -BeExactly $section.Text -Because $section.Command
            Disconnect-GravityCluster
        }
    }
}

Describe 'Colours' {
    BeforeAll {
        $null = Connect-Recording b-fdb-missing
        $red = "`e[91mmissing`e[0m"
    }

    AfterAll { Disconnect-GravityCluster }

    It 'mark what is wrong, in <_>' -ForEach '', '| Format-Table', '| Format-List' {
        $PSStyle.OutputRendering = 'Ansi'
        Invoke-Expression "Get-VxlanFdb node-1 $_ | Out-String" | Should -Match ([regex]::Escape($red))
    }

    It 'are taken away where plain text is wanted, in <_>' -ForEach '', '| Format-Table', '| Format-List' {
        $PSStyle.OutputRendering = 'PlainText'
        Invoke-Expression "Get-VxlanFdb node-1 $_ | Out-String" | Should -Not -Match "`e"
        $PSStyle.OutputRendering = 'Host'
        $file = Join-Path $TestDrive 'plain'
        Invoke-Expression "Get-VxlanFdb node-1 $_ > '$file'"
        Get-Content $file -Raw | Should -Not -Match "`e"
    }

    It 'are not used under NO_COLOR' {
        $path = Join-Path $root 'tests/recordings/b-fdb-missing.tar.gz'
        $command = "`$PSStyle.OutputRendering; Import-Module '$manifest'; `$null = Connect-GravityCluster -Snapshot '$path'; Get-VxlanFdb node-1"
        $before = $env:NO_COLOR
        try {
            $env:NO_COLOR = '1'
            $told = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $command | Out-String
        } finally {
            $env:NO_COLOR = $before
        }
        $told | Should -Match '(?m)^PlainText'
        $told | Should -Match 'missing'
        $told | Should -Not -Match "`e"
    }
}
