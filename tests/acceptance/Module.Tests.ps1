#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }

BeforeDiscovery {
    # the names stand here once more: the manifest is what is tested
    $commands = 'Compare-ClusterSnapshot', 'Connect-GravityCluster', 'Disconnect-GravityCluster', 'Export-ClusterSnapshot', 'Get-FlannelLog', 'Get-GravityCluster', 'Get-NodeBridge',
        'Get-NodeForwarding', 'Get-NodeRoute', 'Get-OverlayLease', 'Get-PodNetwork', 'Get-ServiceNatChain', 'Get-VxlanFdb', 'Invoke-NodeCapture', 'Test-PodReachability', 'Watch-OverlayLease'
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    Import-Module $manifest -Force
}

AfterAll {
    Remove-Module GravityNet
}

Describe 'The manifest' {
    It 'is valid' {
        $info = Test-ModuleManifest $manifest
        $info.Name | Should -Be 'GravityNet'
        $info.PowerShellVersion | Should -Be ([version]'7.6')
        $info.CompatiblePSEditions | Should -Be @('Core')
        $info.Description | Should -Not -BeNullOrEmpty
    }

    It 'exports cmdlets only, with approved verbs' {
        $module = Get-Module GravityNet
        $module.ExportedFunctions.Count | Should -Be 0
        $module.ExportedAliases.Count | Should -Be 0
        $module.ExportedVariables.Count | Should -Be 0
        $module.ExportedCmdlets.Values.Verb | Should -BeIn (Get-Verb).Verb
    }

    It 'exports <_>' -ForEach $commands {
        (Get-Module GravityNet).ExportedCmdlets.Keys | Should -Contain $_
    }

    It 'exports nothing else' -ForEach @{ Commands = $commands } {
        (Get-Module GravityNet).ExportedCmdlets.Keys | Sort-Object | Should -Be $Commands
    }
}

Describe 'Importing in a new process' {
    BeforeAll {
        # what this process has loaded already would hide what the import brings
        $script = {
            param($manifest)
            $before = [AppDomain]::CurrentDomain.GetAssemblies().FullName
            $variables = (Get-Variable -Scope Global).Name
            $place = "$PWD$env:PSModulePath$env:PATH"
            $said = Import-Module $manifest 6>&1 5>&1 4>&1 3>&1 2>&1
            [pscustomobject]@{
                Said       = @($said | ForEach-Object { "$_" })
                Assemblies = @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object FullName -NotIn $before | ForEach-Object { $_.GetName().Name })
                Variables  = @((Get-Variable -Scope Global).Name | Where-Object { $_ -notin $variables })
                SamePlace  = $place -eq "$PWD$env:PSModulePath$env:PATH"
            } | ConvertTo-Json
        }
        # the quoted path is an argument of the script's own text, so that no shell takes it apart
        $line = "& { $script } '$($manifest.Replace("'", "''"))'"
        $found = & (Join-Path $PSHOME 'pwsh') -NoProfile -NonInteractive -EncodedCommand ([Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($line))) | ConvertFrom-Json
    }

    It 'loads no library of other makers' {
        $found.Assemblies | Should -Contain 'GravityNet.Cmdlets'
        $found.Assemblies | Where-Object { $_ -notmatch '^(GravityNet\.(Cmdlets|Module)|System|Microsoft)(\.|$)' } | Should -BeNullOrEmpty
    }

    It 'says nothing' {
        $found.Said | Should -BeNullOrEmpty
    }

    It 'leaves the session as it was' {
        $found.SamePlace | Should -BeTrue
        # what the script itself and the engine's own bookkeeping made
        $found.Variables | Where-Object { $_ -notin 'before', 'variables', 'place', 'said', 'manifest', 'matches', 'LASTEXITCODE' } | Should -BeNullOrEmpty
    }
}

Describe 'Help of <_>' -ForEach $commands {
    BeforeAll {
        $name = $_
        $help = Get-Help $name -Full
        $command = Get-Command $name -Module GravityNet
    }

    It 'has a synopsis and a description' {
        # where there is no help the engine shows the syntax instead
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match ([regex]::Escape("$name ["))
        $help.description.Text | Should -Not -BeNullOrEmpty
    }

    It 'has examples that parse' {
        # what is typed stands behind prompts; the rest is output
        $lines = @($help.examples.example.code -split '\r?\n' | Where-Object { $_ -match '^(PS>|>>) ' })
        $code = ($lines -replace '^PS> ', "`n" -replace '^>> ') -join "`n"
        $code | Should -Match ([regex]::Escape($name))
        $errors = $null
        $null = [Management.Automation.Language.Parser]::ParseInput($code, [ref]$null, [ref]$errors)
        $errors | Should -BeNullOrEmpty -Because $code
    }

    It 'describes each parameter' {
        $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters
        $described = @($help.parameters.parameter | Where-Object { $_.description.Text } | ForEach-Object name)
        $own = @($command.Parameters.Keys | Where-Object { $_ -notin $common -or $_ -in $described })
        $described | Sort-Object | Should -Be ($own | Sort-Object)
    }

    It 'knows its output' {
        # completion after a pipe lives from it
        $command.OutputType.Count -gt 0 | Should -Be ($command.Verb -ne 'Disconnect')
    }
}

Describe 'The overview topic' {
    It 'names <_>' -ForEach $commands {
        Get-Help about_GravityNet | Out-String | Should -Match ([regex]::Escape($_))
    }
}

Describe 'The topic on connecting' {
    It 'shows <_>' -ForEach '-JumpHost', '-KeyFile', '-HostKeyPolicy', '-Sudo', '-LeaseSource', '-EtcdNode', '-KubeConfig', '-Snapshot', 'ssh-agent', 'gravity exec' {
        Get-Help about_GravityNet_Connecting | Out-String | Should -Match ([regex]::Escape($_))
    }
}

Describe 'Removing' {
    It 'takes the module and its connections away, and importing brings a fresh one' {
        $null = Connect-Recording healthy
        Remove-Module GravityNet
        Get-Module GravityNet | Should -BeNullOrEmpty
        Import-Module $manifest
        Get-Module GravityNet | Should -HaveCount 1
        Get-GravityCluster | Should -BeNullOrEmpty
    }
}

Describe 'A key that takes a passphrase' {
    BeforeAll {
        $key = Join-Path $TestDrive 'key'
        if (Get-Command ssh-keygen -ErrorAction Ignore) { ssh-keygen -q -t ed25519 -N 'open sesame' -f $key }
        $pwsh = (Get-Process -Id $PID).Path
        $command = "Import-Module '$manifest'; Connect-GravityCluster 127.0.0.1:1 -KeyFile '$key' -SshConfigFile none; 'went on'"
    }

    # pwsh ends without a word when it prompts and its input has ended
    It 'is one error where nobody can be asked: <_>' -ForEach '-NonInteractive', '-NoLogo' {
        if (-not (Test-Path $key)) { Set-ItResult -Skipped -Because 'ssh-keygen is not there' }
        $told = $null | & $pwsh -NoProfile $_ -Command $command 2>&1 | Out-String
        $told | Should -BeLike '*is encrypted and no passphrase was given*'
        $told | Should -BeLike '*went on*'
    }
}
