using GravityNet.Shell;
using Xunit;

namespace GravityNet.ModuleTests.Shell;

public sealed class SessionTests : ShellTest
{
    [Theory]
    [InlineData("Get-Date -Date '2026-03-04T05:06:07' -Format yyyy/MM", "2026/03")]
    [InlineData("Get-Date -Date '2026-03-04T05:06:07' -Format FileDateTime", "20260304T0506070000")]
    [InlineData("(Get-Date -UnixTimeSeconds 0 -AsUTC).ToString('s')", "1970-01-01T00:00:00")]
    [InlineData("(Get-Date '2026-03-04' -Day 9 -Hour 1).ToString('s')", "2026-03-09T01:00:00")]
    [InlineData("$x = 5; Get-Variable x -ValueOnly", "5")]
    [InlineData("$abc1 = 1; $abc2 = 2; Get-Variable abc? | ForEach-Object Name", "abc1 abc2")]
    [InlineData("Set-Variable y 7; $y", "7")]
    [InlineData("1, 2 | Set-Variable z; $z.Count", "2")]
    [InlineData("& { Set-Variable g 1 -Scope Global }; $g", "1")]
    [InlineData("(New-Object System.Text.StringBuilder 'abc').Length", "3")]
    [InlineData("(New-Object psobject -Property @{ A = 1 }).A", "1")]
    [InlineData("(New-Object Collections.Generic.List[int]).Count", "0")]
    [InlineData("(New-Object UriBuilder -Property @{ Host = 'h'; Port = 81 }).Uri", "http://h:81/")]
    [InlineData("'x' | Get-Member Length | ForEach-Object { \"$($_.MemberType) $($_.Definition)\" }", "Property int Length {get;}")]
    [InlineData("[pscustomobject]@{ A = 1 } | Get-Member -MemberType NoteProperty | ForEach-Object Definition", "int A=1")]
    [InlineData("[int] | Get-Member MaxValue -Static | ForEach-Object Name", "MaxValue")]
    [InlineData("Write-Output 1, 2 -NoEnumerate | ForEach-Object { $_.Count }", "2")]
    [InlineData("New-TimeSpan -Hours 1 -Minutes 2 | ForEach-Object TotalMinutes", "62")]
    [InlineData("\"$(New-TimeSpan 2020-01-01 2020-01-02)\"", "1.00:00:00")]
    [InlineData("(New-TimeSpan ([datetime]::Now.AddHours(-1))).Hours", "1")]
    [InlineData("$m = 5; $t = Measure-Command { $m = 6; Start-Sleep -Milliseconds 60; 'out' }; $m; $t.TotalMilliseconds -ge 60", "6 True")]
    [InlineData("$s = 0; $null = 1..3 | Measure-Command { $s += $_ }; $s", "6")]
    [InlineData("(Get-Random).GetType().Name; (Get-Random 1.0).GetType().Name; (Get-Random -Minimum 3000000000).GetType().Name; (Get-Random -Maximum '10').GetType().Name", "Int32 Double Int64 Int32")]
    [InlineData("Get-Random -Minimum 1 -Maximum 2 -Count 2", "1 1")]
    [InlineData("1..10 | Get-Random -Count 3 | Get-Unique | Measure-Object | ForEach-Object Count", "3")]
    [InlineData("1..10 | Get-Random -Shuffle | Sort-Object", "1 2 3 4 5 6 7 8 9 10")]
    [InlineData("$a = Get-Random -SetSeed 4; $b = Get-Random; (Get-Random -SetSeed 4) -eq $a; (Get-Random) -eq $b", "True True")]
    [InlineData("try { Get-Random -Minimum 5 -Maximum 5 } catch { $_.FullyQualifiedErrorId }", "MinGreaterThanOrEqualMax,GravityNet.Shell.GetRandomCommand")]
    [InlineData("(Write-Host a 6>&1).MessageData.Message", "a")]
    public void Answers(string script, string expected) => Assert.Equal(expected, Words(script));

    [Fact]
    public void An_unknown_type_or_variable_is_told()
    {
        Assert.StartsWith("TypeNotFound", One("try { New-Object No.Such.Type } catch { $_.FullyQualifiedErrorId }") as string, StringComparison.Ordinal);
        Shell.Invoke("Get-Variable nosuchvariable");
        Assert.StartsWith("VariableNotFound", Assert.Single(Shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_carries_what_its_writer_said()
    {
        Shell.Invoke("Write-Error 'm' -ErrorId I -Category ObjectNotFound -TargetObject t -RecommendedAction r");
        var error = Assert.Single(Shell.Errors);
        Assert.Equal("I", error.FullyQualifiedErrorId);
        Assert.Equal("ObjectNotFound: (t:String) [Write-Error], WriteErrorException", error.CategoryInfo.ToString());
        Assert.Equal("r", error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Questions_are_answered_from_the_input()
    {
        using var asked = new BufferedShell(input: "maybe\n?\ny\n42\nme\nsecret\n");
        Assert.Equal("go on", asked.Invoke("function f { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() if ($PSCmdlet.ShouldProcess('x')) { 'go on' } }; f")[0].ToString());
        Assert.Equal("43", asked.Invoke("function g { param([Parameter(Mandatory)][int] $Number) $Number + 1 }; g")[0].ToString());
        Assert.Equal("me secret", asked.Invoke("$c = $Host.UI.PromptForCredential('', '', '', ''); \"$($c.UserName) $($c.GetNetworkCredential().Password)\"")[0].ToString());
    }

    [Fact]
    public void A_question_without_an_answer_is_an_error() =>
        Assert.Contains("-Confirm:$false", One("try { Read-Host q } catch { $_.Exception.Message }") as string, StringComparison.Ordinal);
}
