using Xunit;

namespace GravityNet.ModuleTests.Shell;

public sealed class CsvTests : ShellTest
{
    private const string Items = "[pscustomobject]@{ A = 'x\"y'; B = 1.5 }, [pscustomobject]@{ B = $null; A = 'z' }";

    [Fact]
    public void The_first_object_names_the_columns() =>
        Assert.Equal(["\"A\",\"B\"", "\"x\"\"y\",\"1.5\"", "\"z\","], Shell.Invoke($"{Items} | ConvertTo-Csv").Select(l => l.ToString()));

    [Fact]
    public void Quotes_as_needed() =>
        Assert.Equal(["A;B", "\"x\"\"y\";1.5", "z;"], Shell.Invoke($"{Items} | ConvertTo-Csv -UseQuotes AsNeeded -Delimiter ';'").Select(l => l.ToString()));

    // what PowerShell 7.6 gave for the same texts
    [Theory]
    [InlineData("a,b\n1,2\n\n3,4", "1|2 3|4")]
    [InlineData("a,b\n1\n1,2,3\n,4", "1|<null> 1|2 |4")]
    [InlineData("a,b\r\n\"x\"\"y\",\"1\n2\"\r3,4", "x\"y|1\n2 3|4")]
    [InlineData("a,b\n1,", "1|<null>")]
    [InlineData("a,b\n1,\n", "1|")]
    [InlineData("a,b\n  x y  , z ", "x y  |z ")]
    [InlineData("a,b\n  x\t  ,\"z\"  ", "x\t|z")]
    [InlineData("a,b\n\"x\" y ,z", "x y |z")]
    [InlineData("a,b\nx\"\t\t,\"z", "x\"\t\t|z")]
    [InlineData("#Version 1\n#Fields: a,b\n1,2", "1|2")]
    [InlineData("#Version 1\n# more\na,b\n1,2", "1|2")]
    public void Text_becomes_objects(string text, string expected) => Assert.Equal(
        expected,
        string.Join(' ', Shell.Invoke("ConvertFrom-Csv $args[0] | ForEach-Object { $o = $_; ('a', 'b' | ForEach-Object { $null -eq $o.$_ ? '<null>' : $o.$_ }) -join '|' }", text)));

    [Fact]
    public void Columns_without_a_name_get_one_and_a_warning()
    {
        Assert.Equal("a H1 c", Words("('a,,c,', '1,2,3' | ConvertFrom-Csv -WarningAction SilentlyContinue -WarningVariable w).PSObject.Properties.Name"));
        Assert.StartsWith("One or more headers were not specified.", Words("$w"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_named_twice_is_an_error()
    {
        Shell.Invoke("'a,A', '1,2' | ConvertFrom-Csv");
        Assert.Equal("The member \"A\" is already present.", Assert.Single(Shell.Errors).Exception.Message);
    }

    [Fact]
    public void A_type_comes_back() => Assert.Equal("My.Type", One("('#TYPE My.Type', 'a', '1' | Out-String | ConvertFrom-Csv).PSObject.TypeNames[0]"));

    [Fact]
    public void A_file_keeps_objects()
    {
        Assert.Equal("1|x 2|", Words("[pscustomobject]@{ N = 1; T = 'x' }, [pscustomobject]@{ N = 2 } | Export-Csv o.csv; Import-Csv o.csv | ForEach-Object { \"$($_.N)|$($_.T)\" }"));
        Assert.Equal("\"N\",\"T\"\n\"1\",\"x\"\n\"2\",\n", File.ReadAllText(Path.Combine(Folder, "o.csv")).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Appending_keeps_to_the_columns_of_the_file()
    {
        Shell.Invoke("[pscustomobject]@{ A = 1; B = 2 } | Export-Csv o.csv; [pscustomobject]@{ B = 4; C = 5; A = 3 } | Export-Csv o.csv -Append");
        Assert.Empty(Shell.Errors);
        Shell.Invoke("[pscustomobject]@{ B = 6 } | Export-Csv o.csv -Append");
        Assert.StartsWith("CannotAppendCsvWithMismatchedPropertyNames,", Assert.Single(Shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Shell.Invoke("[pscustomobject]@{ B = 6 } | Export-Csv o.csv -Append -Force");
        Assert.Equal("A,B 1,2 3,4 ,6", Words("Get-Content o.csv | ForEach-Object { $_.Replace('\"', '') }"));
    }

    [Theory]
    [InlineData("1 | Export-Csv o.csv; 1 | Export-Csv o.csv -NoClobber", "NoClobber,GravityNet.Shell.ExportCsvCommand")]
    [InlineData("1 | Export-Csv no/dir/o.csv", "FileOpenFailure,GravityNet.Shell.ExportCsvCommand")]
    [InlineData("1 | Export-Csv", "CannotSpecifyPathAndLiteralPath,GravityNet.Shell.ExportCsvCommand")]
    [InlineData("Import-Csv none.csv", "FileOpenFailure,GravityNet.Shell.ImportCsvCommand")]
    [InlineData("Import-Csv none*.csv", "FileOpenFailure,GravityNet.Shell.ImportCsvCommand")]
    [InlineData("Import-Csv -LiteralPath none.csv", "FileOpenFailure,GravityNet.Shell.ImportCsvCommand")]
    public void Files_fail_as_in_PowerShell(string script, string id)
    {
        Shell.Invoke(script);
        Assert.Equal(id, Assert.Single(Shell.Errors).FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("1, 1, 2, '2', 2, 1", "1 2 1")]
    [InlineData("'a', 'A', 'b'", "a A b")]
    public void Neighbours_that_are_equal_are_one(string input, string expected) => Assert.Equal(expected, Words($"{input} | Get-Unique"));

    [Theory]
    [InlineData("'a', 'A', 'b' | Get-Unique -CaseInsensitive", "a b")]
    [InlineData("'A', 'a' | Get-Unique -AsString -CaseInsensitive", "A")]
    [InlineData("1, 2, 'a', 3.5, 'b', 'c' | Get-Unique -OnType", "1 a 3.5 b")]
    public void Neighbours_are_compared_by_choice(string script, string expected) => Assert.Equal(expected, Words(script));
}
