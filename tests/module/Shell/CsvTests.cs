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
}
