using Xunit;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// Text in, records, the same text out.
/// </summary>
public sealed class RoundTripTests
{
    public static TheoryData<string> Facts => [.. Languages.Facts];

    [Theory]
    [MemberData(nameof(Facts))]
    public void Every_text_is_printed_again_from_its_records(string fact)
    {
        var language = Languages.Get(fact);
        var texts = Languages.TextsOf(fact).ToList();

        Assert.NotEmpty(texts);
        Assert.All(texts, text => language.Holds(text.Text));
    }
}
