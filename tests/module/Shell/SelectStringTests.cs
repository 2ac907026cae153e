using Xunit;

namespace GravityNet.ModuleTests.Shell;

/// <summary>Select-String; the expected is what PowerShell 7.6 gave.</summary>
public sealed class SelectStringTests : ShellTest
{
    public SelectStringTests() =>
        Shell.Invoke("'alpha', 'beta', 'gamma', 'alphabet', 'delta', 'epsilon', 'Alpha2' | Set-Content a.txt; 'x', 'alpha' | Set-Content b.txt; $null = New-Item sub -ItemType Directory");

    [Theory]
    [InlineData("Select-String alpha a.txt", "a.txt:1:alpha\na.txt:4:alphabet\na.txt:7:Alpha2")]
    [InlineData("Select-String alpha *", "a.txt:1:alpha\na.txt:4:alphabet\na.txt:7:Alpha2\nb.txt:2:alpha")]
    [InlineData("Get-ChildItem *.txt | Select-String alpha -List", "a.txt:1:alpha\nb.txt:2:alpha")]
    [InlineData("Select-String alpha -LiteralPath a.txt -CaseSensitive", "a.txt:1:alpha\na.txt:4:alphabet")]
    [InlineData("Select-String alpha a.txt -NotMatch", "a.txt:2:beta\na.txt:3:gamma\na.txt:5:delta\na.txt:6:epsilon")]
    [InlineData("Select-String a.p a.txt -SimpleMatch", "")]
    [InlineData("Select-String alpha * -Exclude *a.txt", "b.txt:2:alpha")]
    [InlineData("Select-String alpha a.txt -Raw", "alpha\nalphabet\nAlpha2")]
    [InlineData("Select-String beta a.txt -Context 1", "  a.txt:1:alpha\n> a.txt:2:beta\n  a.txt:3:gamma")]
    // no line is shown twice
    [InlineData("Select-String alpha a.txt -Context 2, 1", "> a.txt:1:alpha\n  a.txt:2:beta\n  a.txt:3:gamma\n> a.txt:4:alphabet\n  a.txt:5:delta\n  a.txt:6:epsilon\n> a.txt:7:Alpha2")]
    [InlineData("'one alpha', 'two' | Select-String alpha", "one alpha")]
    [InlineData("'a', 'b', 'c', 'd', 'b' | Select-String b -Context 1", "  a\n> b\n  c\n  d\n> b")]
    [InlineData("Select-String alpha a.txt -Quiet; Select-String nope a.txt -Quiet; 'x' | Select-String x -Quiet", "True\nFalse\nTrue")]
    [InlineData("Select-String nope none*", "")]
    public void Lines_are_found(string script, string expected) => Assert.Equal(expected, Shell.Render(script).Trim('\n').ReplaceLineEndings("\n"));

    [Theory]
    [InlineData("(Select-String a a.txt -AllMatches).Matches.Count", "10")]
    [InlineData("Select-String beta, gamma a.txt | ForEach-Object { \"$($_.LineNumber) $($_.Pattern) $($_.Filename)\" }", "2 beta a.txt 3 gamma a.txt")]
    [InlineData("$m = 'one alpha' | Select-String 'al(.)'; \"$($m.Path) $($m.LineNumber) $($m.Matches[0].Groups[1]) $($m.IgnoreCase)\"", "InputStream 1 p True")]
    [InlineData("(Select-String alphabet a.txt -Context 1).Context | ForEach-Object { $_.PreContext; $_.PostContext }", "gamma delta")]
    [InlineData("(Select-String beta a.txt).RelativePath('/nowhere') -eq (Get-Item a.txt).FullName", "True")]
    public void Finds_carry_what_was_found(string script, string expected) => Assert.Equal(expected, Words(script));

    [Theory]
    [InlineData("Select-String '(' a.txt", "InvalidRegex,GravityNet.Shell.SelectStringCommand")]
    [InlineData("Select-String a none.txt", "PathNotFound,GravityNet.Shell.SelectStringCommand")]
    public void What_is_wrong_is_told(string script, string id) => Assert.Equal(id, One($"try {{ {script} }} catch {{ $_.FullyQualifiedErrorId }}"));
}
