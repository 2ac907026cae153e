using Xunit;

namespace GravityNet.ModuleTests.Shell;

public sealed class SortObjectTests : ShellTest
{
    [Theory]
    [InlineData("10, 9, 100 | Sort-Object", "9 10 100")]
    [InlineData("10, 9, 100 | Sort-Object -Descending", "100 10 9")]
    [InlineData("'b', 'A', 'c', 'B' | Sort-Object", "A b B c")]
    [InlineData("3, 1, 3, 2, 1 | Sort-Object -Unique", "1 2 3")]
    [InlineData("'b', 'B', 'a' | Sort-Object -Unique", "a b")]
    [InlineData("3, 1, 2 | Sort-Object -Top 2", "1 2")]
    [InlineData("3, 1, 2 | Sort-Object -Bottom 2", "2 3")]
    [InlineData("'aaa', 'b', 'cc' | Sort-Object Length", "b cc aaa")]
    [InlineData("'aaa', 'b', 'cc' | Sort-Object { -$_.Length }", "aaa cc b")]
    [InlineData("[version]'1.10', [version]'1.9' | Sort-Object", "1.9 1.10")]
    public void Sorts(string script, string expected) => Assert.Equal(expected, Words(script));

    [Fact]
    public void Several_keys_each_have_their_direction() =>
        Assert.Equal("a2 a1 b3", Words(
            "'b3', 'a1', 'a2' | Sort-Object @{ e = { $_[0] } }, @{ Expression = { [int][string]$_[1] }; Descending = $true }"));

    [Fact]
    public void What_lacks_the_property_comes_last_in_both_directions()
    {
        const string Items = "[pscustomobject]@{ N = 2 }, [pscustomobject]@{ M = 0 }, [pscustomobject]@{ N = 1 }";
        Assert.Equal("1 2", Words($"{Items} | Sort-Object N | Where-Object N | ForEach-Object N"));
        Assert.Equal("2 1", Words($"{Items} | Sort-Object N -Descending | Where-Object N | ForEach-Object N"));
        Assert.Equal("0", Words($"({Items} | Sort-Object N -Descending)[2].M"));
    }

    [Fact]
    public void Equal_objects_keep_their_order() =>
        Assert.Equal("ax bx ay by", Words("'bx', 'ay', 'ax', 'by' | Sort-Object | Sort-Object { $_[1] }"));
}
