using Xunit;

namespace GravityNet.ModuleTests.Shell;

/// <summary>Compare-Object; the expected is what PowerShell 7.6 gave.</summary>
public sealed class CompareTests : ShellTest
{
    private const string Pairs = "$a = [pscustomobject]@{ N = 'a'; V = 1 }, [pscustomobject]@{ N = 'b'; V = 2 }; $b = [pscustomobject]@{ N = 'a'; V = 1 }, [pscustomobject]@{ N = 'b'; V = 3 };";

    [Theory]
    [InlineData("1, 2, 3", "2, 3, 4", "", "4=> 1<=")]
    [InlineData("1, 2, 3", "2, 3, 4", "-IncludeEqual", "2== 3== 4=> 1<=")]
    [InlineData("1, 2, 3", "2, 3, 4", "-ExcludeDifferent", "2== 3==")]
    [InlineData("1, 2, 3", "3, 2, 1", "", "")]
    [InlineData("1, 2, 3", "3, 2, 1", "-SyncWindow 0", "3=> 1<= 1=> 3<=")]
    [InlineData("1, 2, 3, 4, 5", "5, 4, 3, 2, 1", "-SyncWindow 1 -IncludeEqual", "5=> 1<= 3== 2== 4== 1=> 5<=")]
    [InlineData("'x', 'y', '1', '2'", "'1', '2', 'z'", "-SyncWindow 1 -IncludeEqual", "1=> x<= 2=> y<= 1<= z=> 2<=")]
    [InlineData("'a', 'b', 'c'", "'C', 'x', 'a'", "", "x=> b<=")]
    [InlineData("'a', 'b', 'c'", "'C', 'x', 'a'", "-CaseSensitive", "C=> x=> b<= c<=")]
    [InlineData("1, 1, 2", "1, 2, 2", "", "2=> 1<=")]
    [InlineData("@()", "1, 2", "", "1=> 2=>")]
    [InlineData("1, 2", "@()", "", "1<= 2<=")]
    [InlineData("10", "'10'", "", "")]
    public void Lists_are_compared(string reference, string difference, string options, string expected) =>
        Assert.Equal(expected, Words($"Compare-Object ({reference}) ({difference}) {options} | ForEach-Object {{ \"$($_.InputObject)$($_.SideIndicator)\" }}"));

    [Theory]
    [InlineData("Compare-Object $a $b -Property N, V | ForEach-Object { \"$($_.N)$($_.V)$($_.SideIndicator)\" }", "b3=> b2<=")]
    [InlineData("Compare-Object $a $b -Property N -IncludeEqual | ForEach-Object { \"$($_.N)$($_.SideIndicator)\" }", "a== b==")]
    [InlineData("Compare-Object $a $b -Property V -PassThru | ForEach-Object { \"$($_.N)$($_.V)$($_.SideIndicator)\" }", "b3=> b2<=")]
    [InlineData("Compare-Object $a $b -Property @{ e = { $_.V*2 } } | ForEach-Object { $_.PSObject.Properties | ForEach-Object { $_.Name.Trim(); $_.Value } }", "$_.V*2 6 SideIndicator => $_.V*2 4 SideIndicator <=")]
    [InlineData("1, 2, 3 | Compare-Object 2, 3, 4 | ForEach-Object { \"$($_.InputObject)$($_.SideIndicator)\" }", "1=> 4<=")]
    public void Properties_are_compared(string script, string expected) => Assert.Equal(expected, Words(Pairs + script));
}
