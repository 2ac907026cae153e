using Xunit;

namespace GravityNet.ModuleTests.Shell;

public sealed class SelectObjectTests : ShellTest
{
    [Theory]
    [InlineData("1..5 | Select-Object -First 2", "1 2")]
    [InlineData("1..5 | Select-Object -Last 2", "4 5")]
    [InlineData("1..5 | Select-Object -Skip 3", "4 5")]
    [InlineData("1..5 | Select-Object -Skip 1 -First 2", "2 3")]
    [InlineData("1..5 | Select-Object -First 1 -Last 1", "1 5")]
    [InlineData("1..5 | Select-Object -Last 2 -Skip 1", "3 4")]
    [InlineData("1..5 | Select-Object -SkipLast 2", "1 2 3")]
    [InlineData("1..5 | Select-Object -Skip 1 -SkipLast 2", "2 3")]
    [InlineData("1..5 | Select-Object -Index 0, 3", "1 4")]
    [InlineData("1..5 | Select-Object -SkipIndex 0, 3", "2 3 5")]
    [InlineData("1..5 | Select-Object -First 0", "")]
    [InlineData("2, 1, 2, 1 | Select-Object -Unique", "2 1")]
    [InlineData("'a', 'A', 'a' | Select-Object -Unique", "a A")]
    [InlineData("'a', 'A' | Select-Object -Unique -CaseInsensitive", "a")]
    public void Picks_by_place(string script, string expected) => Assert.Equal(expected, Words(script));

    [Fact]
    public void First_stops_the_commands_before_it_and_only_those() =>
        Assert.Equal("1 2 end", Words("$n = 0; & { while ($true) { $script:n++; $script:n } } | Select-Object -First 2 | ForEach-Object { $_ } -End { 'end' }"));

    [Fact]
    public void Names_wildcards_and_calculated_properties_make_a_new_object()
    {
        var made = Shell.Invoke("[pscustomobject]@{ Alpha = 1; Alphabet = 2; Beta = 3 } | Select-Object Alph*, @{ n = 'Twice'; e = { $_.Beta * 2 } }, Missing")[0];
        Assert.Equal("Alpha=1; Alphabet=2; Twice=6; Missing=", string.Join("; ", made.Properties.Select(p => $"{p.Name}={p.Value}")));
        Assert.Equal("Selected.System.Management.Automation.PSCustomObject", made.TypeNames[0]);
    }

    [Fact]
    public void Excluding_alone_keeps_all_others() =>
        Assert.Equal("A C", Words("([pscustomobject]@{ A = 1; B = 2; C = 3 } | Select-Object -ExcludeProperty B).psobject.Properties.Name"));

    [Fact]
    public void Expanding_writes_the_values_with_the_properties_asked_for() =>
        Assert.Equal("1 x 2 x", Words("[pscustomobject]@{ Items = 1, 2; Name = 'x' } | Select-Object Name -ExpandProperty Items | ForEach-Object { $_; $_.Name }"));

    [Fact]
    public void Expanding_what_is_not_there_is_an_error_and_the_rest_goes_on()
    {
        Assert.Equal("2", Words("[pscustomobject]@{ B = 1 }, [pscustomobject]@{ A = 2 } | Select-Object -ExpandProperty A"));
        Assert.Equal("ExpandPropertyNotFound,GravityNet.Shell.SelectObjectCommand", Assert.Single(Shell.Errors).FullyQualifiedErrorId);
    }
}
