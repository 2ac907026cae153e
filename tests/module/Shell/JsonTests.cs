using Xunit;

namespace GravityNet.ModuleTests.Shell;

public sealed class JsonTests : ShellTest
{
    [Theory]
    [InlineData("'a' | ConvertTo-Json", "\"a\"")]
    [InlineData("1, 2 | ConvertTo-Json -Compress", "[1,2]")]
    [InlineData(",(1) | ConvertTo-Json -Compress", "1")]
    [InlineData("1 | ConvertTo-Json -AsArray -Compress", "[1]")]
    [InlineData("$null | ConvertTo-Json", "null")]
    [InlineData("1.0 | ConvertTo-Json", "1.0")]
    [InlineData("[DayOfWeek]::Monday | ConvertTo-Json", "1")]
    [InlineData("[DayOfWeek]::Monday | ConvertTo-Json -EnumsAsStrings", "\"Monday\"")]
    [InlineData("'<a&b>' + [char]10 + [char]34 | ConvertTo-Json", "\"<a&b>\\n\\\"\"")]
    [InlineData("[pscustomobject]@{ B = 1; A = $true; C = $null } | ConvertTo-Json -Compress", "{\"B\":1,\"A\":true,\"C\":null}")]
    [InlineData("[ordered]@{ z = 'x'; a = @() } | ConvertTo-Json -Compress", "{\"z\":\"x\",\"a\":[]}")]
    [InlineData("[datetime]::new(2026, 1, 2, 3, 4, 5, [DateTimeKind]::Utc) | ConvertTo-Json", "\"2026-01-02T03:04:05Z\"")]
    public void Writes(string script, string expected) => Assert.Equal(expected, One(script));

    [Fact]
    public void Indents_by_two() =>
        Assert.Equal("{\n  \"a\": [\n    1\n  ]\n}", ((string)One("@{ a = @(1) } | ConvertTo-Json")!).ReplaceLineEndings("\n"));

    [Fact]
    public void Below_the_depth_objects_become_text_with_one_warning()
    {
        var json = One("@{ a = @{ b = @{ c = @{ d = 1 } ; e = [pscustomobject]@{ f = 2 } } } } | ConvertTo-Json -Compress");
        Assert.Contains("\"c\":\"System.Collections.Hashtable\"", (string)json!, StringComparison.Ordinal);
        Assert.Contains("\"e\":\"@{f=2}\"", (string)json!, StringComparison.Ordinal);
        Assert.Equal("Resulting JSON is truncated as serialization has exceeded the set depth of 2.", Assert.Single(Shell.Streams!.Warning).Message);
    }

    [Fact]
    public void Members_of_the_type_system_follow_an_objects_own() =>
        Assert.Equal("{\"Major\":1,\"Minor\":2,\"Build\":-1,\"Revision\":-1,\"MajorRevision\":-1,\"MinorRevision\":-1,\"Extra\":3}", One(
            "$v = [psobject][version]'1.2'; $v.psobject.Properties.Add([psnoteproperty]::new('Extra', 3)); $v | ConvertTo-Json -Compress"));

    [Fact]
    public void A_key_that_is_no_text_is_refused() =>
        Assert.StartsWith("NonStringKeyInDictionary", One("try { @{ 1 = 2 } | ConvertTo-Json } catch { $_.FullyQualifiedErrorId }") as string, StringComparison.Ordinal);

    [Theory]
    [InlineData("('{\"a\": [1, {\"b\": \"x\"}], \"c\": null}' | ConvertFrom-Json).a[1].b", "x")]
    [InlineData("'[1,2]' | ConvertFrom-Json | ForEach-Object { $_ + 1 }", "2 3")]
    [InlineData("('[1,2]' | ConvertFrom-Json -NoEnumerate).GetType().Name", "Object[]")]
    [InlineData("('{', '\"a\":1', '}' | ConvertFrom-Json).a", "1")]
    [InlineData("('{\"b\":1,\"a\":2}' | ConvertFrom-Json -AsHashtable).Keys", "b a")]
    [InlineData("('{\"d\":\"2026-01-02T03:04:05Z\"}' | ConvertFrom-Json).d.GetType().Name", "DateTime")]
    [InlineData("(12345678901 | ConvertTo-Json | ConvertFrom-Json).GetType().Name", "Int64")]
    public void Reads(string script, string expected) => Assert.Equal(expected, Words(script));

    [Fact]
    public void Wrong_text_is_told() =>
        Assert.StartsWith("Conversion from JSON failed with error: ", One("try { '{' | ConvertFrom-Json } catch { $_.Exception.Message }") as string, StringComparison.Ordinal);

    [Fact]
    public void Keys_that_differ_by_case_alone_need_a_table() =>
        Assert.Contains("-AsHashTable", One("try { '{\"a\":1,\"A\":2}' | ConvertFrom-Json } catch { $_.Exception.Message }") as string, StringComparison.Ordinal);
}
