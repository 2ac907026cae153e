using System.Collections;
using Xunit;

namespace GravityNet.ModuleTests.Shell;

public sealed class GroupAndMeasureTests : ShellTest
{
    [Fact]
    public void Groups_come_sorted_with_count_and_name() =>
        Assert.Equal("1:1:a 2:2:bb,dd 3:1:ccc", Words("'bb', 'a', 'ccc', 'dd' | Group-Object Length | ForEach-Object { \"$($_.Name):$($_.Count):$($_.Group -join ',')\" }"));

    [Fact]
    public void Without_elements_a_group_only_counts() =>
        Assert.Equal("2 0", Words("$g = 'a', 'A' | Group-Object -NoElement; $g.Count; $g.Group.Count"));

    [Fact]
    public void As_a_table_a_group_is_found_by_its_key()
    {
        var table = Assert.IsType<Hashtable>(One("'bb', 'a', 'cc' | Group-Object Length -AsHashTable"));
        Assert.Equal(2, ((ICollection)table[2]!).Count);
    }

    [Fact]
    public void Several_keys_are_joined_in_the_name() =>
        Assert.Equal("1, x", Words("[pscustomobject]@{ A = 1; B = 'x' } | Group-Object A, B | ForEach-Object Name"));

    [Fact]
    public void Measures_numbers() =>
        Assert.Equal("4 10 2.5 1 4", Words("$m = 1..4 | Measure-Object -Sum -Average -Minimum -Maximum; $m.Count, $m.Sum, $m.Average, $m.Minimum, $m.Maximum"));

    [Fact]
    public void Measures_a_property_and_names_it() =>
        Assert.Equal("Length 6", Words("$m = 'aaa', 'b', 'cc' | Measure-Object Length -Sum; $m.Property, $m.Sum"));

    [Fact]
    public void What_was_not_asked_for_is_null() =>
        Assert.Equal(true, One("$m = 1..3 | Measure-Object; $null -eq $m.Sum -and $null -eq $m.Maximum -and $m.Count -eq 3"));

    [Fact]
    public void Nothing_measured_counts_zero() => Assert.Equal(0, One("(@() | Measure-Object).Count"));

    [Fact]
    public void A_text_has_no_sum()
    {
        Shell.Invoke("'x' | Measure-Object -Sum");
        Assert.StartsWith("NonNumericInputObject", Assert.Single(Shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_lines_words_and_characters() =>
        Assert.Equal("3 4 8", Words("$m = 'ab cd', \"e`nf\" | Measure-Object -Line -Word -Character; $m.Lines, $m.Words, $m.Characters"));
}
