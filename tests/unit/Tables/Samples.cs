using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Tables;

/// <summary>
/// The samples under <c>data/text</c>, read.
/// </summary>
internal static class Samples
{
    public static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "text", name + ".txt"));

    /// <summary>The records of a sample of which every line is known.</summary>
    public static IReadOnlyList<T> All<T>(string name, Func<string, string, string, Parsed<T>> parse)
    {
        var parsed = Of(name, parse);
        Assert.Empty(parsed.Unread);
        return parsed.Records;
    }

    public static Parsed<T> Of<T>(string name, Func<string, string, string, Parsed<T>> parse) => parse("n", name[..name.IndexOf('.', StringComparison.Ordinal)], Text(name));
}
