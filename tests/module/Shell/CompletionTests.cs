using Xunit;

namespace GravityNet.ModuleTests.Shell;

/// <summary>What the engine proposes in the shell: it asks the shell's own commands, by the names of PowerShell's modules.</summary>
public sealed class CompletionTests : ShellTest
{
    [Theory]
    [InlineData("$x.Na", "Name")]
    [InlineData("'abc'.Len", "Length")]
    [InlineData("@{ a = 1 }.Ke", "Keys")]
    [InlineData("Get-Item . | Where-Object FullN", "FullName")]
    [InlineData("$x | Select-Object LastW", "LastWriteTime LastWriteTimeString LastWriteTimeUtc")]
    [InlineData("$x | Sort-Object Exi", "Exists")]
    [InlineData("$x | Group-Object -Property Exi", "Exists")]
    [InlineData("$x | Format-Table Exi", "Exists")]
    [InlineData("$x | ForEach-Object { $_.FullN", "FullName")]
    [InlineData("[pscustomobject]@{ Abc = 1 } | Select-Object A", "Abc")]
    [InlineData("Get-Content o", "./one ./other")]
    [InlineData("Get-ChildItem ./sub/", "./sub/inner")]
    [InlineData("cd s", "./sub")]
    [InlineData("./o", "./one ./other")]
    [InlineData("Get-Content 'with", "'./with blank'")]
    [InlineData("Get-Variable abcd", "abcde")]
    [InlineData("$abcd", "$abcde")]
    [InlineData("Get-ChildI", "Get-ChildItem")]
    [InlineData("Get-ChildItem -Rec", "-Recurse")]
    [InlineData("Test-Path . -PathType ", "Any Container Leaf")]
    public void Proposals_are_those_of_PowerShell(string text, string expected)
    {
        Shell.Invoke("$null = New-Item sub/inner, one, other, 'with blank' -Force; $x = Get-Item one; $global:abcde = 1");
        Assert.Equal(expected.Replace('/', Path.DirectorySeparatorChar), Words($"(TabExpansion2 $args[0] $args[0].Length).CompletionMatches.CompletionText", text));
        Assert.Empty(Shell.Errors);
    }

    [Theory]
    [InlineData("Microsoft.PowerShell.Management\\Get-ChildItem -Name", "sub")]
    [InlineData("1, 3, 2 | Microsoft.PowerShell.Utility\\Sort-Object -Descending", "3 2 1")]
    [InlineData("Get-Command Sort-Object, Get-Item, Where-Object | ForEach-Object Source", "Microsoft.PowerShell.Utility Microsoft.PowerShell.Management Microsoft.PowerShell.Core")]
    public void Commands_answer_to_the_names_of_the_modules_that_have_them(string script, string expected)
    {
        Shell.Invoke("$null = New-Item sub -ItemType Directory");
        Assert.Equal(expected, Words(script));
    }

    [Theory]
    [InlineData("(Resolve-Path s*).Path", "PWD/sub")]
    [InlineData("Resolve-Path sub -Relative", "./sub")]
    [InlineData("Resolve-Path sub/inner -Relative", "./sub/inner")]
    [InlineData("Resolve-Path inner -Relative -RelativeBasePath sub", "./inner")]
    [InlineData("(Resolve-Path -LiteralPath sub).ProviderPath", "PWD/sub")]
    [InlineData("Resolve-Path env:PATH -Relative", "Env:/PATH")]
    [InlineData("Resolve-Path missing*", "")]
    public void Paths_are_resolved(string script, string expected)
    {
        Shell.Invoke("$null = New-Item sub/inner -Force");
        Assert.Equal(expected.Replace("PWD", Folder, StringComparison.Ordinal).Replace('/', Path.DirectorySeparatorChar), Words(script));
        Assert.Empty(Shell.Errors);
    }

    [Fact]
    public void A_path_that_is_missing_is_told()
    {
        Shell.Invoke("Resolve-Path missing");
        Assert.StartsWith("PathNotFound,", Assert.Single(Shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
