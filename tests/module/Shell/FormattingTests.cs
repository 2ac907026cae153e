using GravityNet.Shell;
using Xunit;

namespace GravityNet.ModuleTests.Shell;

public sealed class FormattingTests : ShellTest
{
    [Fact]
    public void A_table_is_as_wide_as_its_columns_with_autosize() =>
        Assert.Equal("\nA B\n- -\n1 xyz\n2 q\n\n", Shell.Render("[pscustomobject]@{ A = 1; B = 'xyz' }, [pscustomobject]@{ A = 2; B = 'q' } | Format-Table -AutoSize"));

    [Fact]
    public void A_list_has_a_line_a_property() =>
        Assert.Equal("\nA  : 1\nBb : x\n\n", Shell.Render("[pscustomobject]@{ A = 1; Bb = 'x' } | Format-List"));

    [Fact]
    public void Calculated_columns_and_groups_work() =>
        Assert.Contains("   K: 1", Shell.Render("[pscustomobject]@{ A = 1 } | Format-Table @{ n = 'Twice'; e = { $_.A * 2 } } -GroupBy @{ n = 'K'; e = { $_.A } }"), StringComparison.Ordinal);

    [Fact]
    public void What_is_rendered_is_cut_at_the_screens_width()
    {
        using var narrow = new BufferedShell(width: 30);
        var text = narrow.Render("[pscustomobject]@{ Name = 'a'; Text = 'x' * 50 } | Format-Table Name, Text");
        Assert.Contains("…", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 30, line));
    }

    [Fact]
    public void Wrapping_keeps_all_of_a_long_text()
    {
        using var narrow = new BufferedShell(width: 30);
        var text = narrow.Render("[pscustomobject]@{ Name = 'a'; Text = 'x' * 50 } | Format-Table Name, Text -Wrap");
        Assert.Equal(50, text.Count(c => c == 'x') - "Text".Count(c => c == 'x'));
    }

    [Fact]
    public void Custom_shows_nested_objects_to_a_depth()
    {
        var text = Shell.Render("[pscustomobject]@{ A = [pscustomobject]@{ B = 1 } } | Format-Custom");
        Assert.Contains("class PSCustomObject", text, StringComparison.Ordinal);
        Assert.Contains("B = 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Out_String_gives_one_text_or_lines()
    {
        Assert.Equal($"a{Environment.NewLine}b{Environment.NewLine}", One("'a', 'b' | Out-String"));
        Assert.Equal("ab", One("'a', 'b' | Out-String -NoNewline"));
        Assert.Equal(2, Shell.Invoke("'a', 'b' | Out-String -Stream").Count);
        Assert.Equal(10, One("([pscustomobject]@{ A = 'x' * 25 } | Format-Table | Out-String -Width 10 -Stream | Select-Object -Index 3).Length"));
    }

    [Fact]
    public void Redirection_writes_a_file()
    {
        Shell.Invoke("'a' > f.txt; 'b' >> f.txt");
        Assert.Equal($"a{Environment.NewLine}b{Environment.NewLine}", File.ReadAllText(Path.Combine(Folder, "f.txt")));
    }

    [Fact]
    public void Every_stream_has_its_form_and_stands_in_order()
    {
        var text = Shell.Render("'out'; Write-Warning w; Write-Verbose v -Verbose; Write-Debug d -Debug; Write-Host h; Write-Information i; Write-Information j -InformationAction Continue; Write-Error e");
        Assert.Equal("out\nWARNING: w\nVERBOSE: v\nDEBUG: d\nh\nj\nWrite-Error: e\n", text);
    }

    [Fact]
    public void An_uncaught_error_names_its_place()
    {
        var script = Path.Combine(Folder, "x.ps1");
        File.WriteAllText(script, "'first'\nthrow 'bad luck'\n");
        var text = Shell.Render($"& '{script}'");
        Assert.StartsWith("first\nException: ", text, StringComparison.Ordinal);
        Assert.Contains("throw 'bad luck'", text, StringComparison.Ordinal);
    }
}
