using System.Globalization;
using GravityNet.Probing;
using Xunit;

namespace GravityNet.UnitTests.Probing;

public sealed class DnsMessageTests
{
    // an answer of CoreDNS to the query below: one question, one A record whose name points back at the question
    private const string Answer =
        "67 00 85 80 00 01 00 01 00 00 00 00 0a 6b 75 62 65 72 6e 65 74 65 73 07 64 65 66 61 75 6c 74 03 73 76 63 07 63 6c 75 73 74 65 72 05 6c 6f 63 61 6c 00 00 01 00 01 "
        + "c0 0c 00 01 00 01 00 00 00 05 00 04 0a 64 00 01";

    [Fact]
    public void A_query_has_the_name_as_labels()
    {
        var query = DnsMessage.Query(0x6700, ProbeScript.QueryName);

        Assert.Equal("67 00 01 00 00 01 00 00 00 00 00 00 0A 6B 75 62", Convert.ToHexString(query[..16]).Chunk(2).Select(c => new string(c)).Aggregate((a, b) => $"{a} {b}"));
        Assert.Equal(12 + 1 + 10 + 1 + 7 + 1 + 3 + 1 + 7 + 1 + 5 + 1 + 4, query.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("$(id)")]
    [InlineData("a'b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void What_is_no_name_is_refused(string name) => Assert.Throws<ArgumentException>(() => DnsMessage.Query(1, name));

    [Fact]
    public void An_answer_gives_its_addresses()
    {
        var answer = DnsMessage.Read(Bytes(Answer))!;

        Assert.Equal((0x6700, 0, "NOERROR", false), (answer.Id, answer.ResponseCode, answer.ResponseWord, answer.Truncated));
        Assert.Equal(["10.100.0.1"], answer.Addresses);
    }

    [Fact]
    public void A_name_that_is_not_there_is_an_answer()
    {
        var answer = DnsMessage.Read(Bytes("12 34 81 83 00 00 00 00 00 00 00 00"))!;

        Assert.Equal(("NXDOMAIN", 0), (answer.ResponseWord, answer.Addresses.Count));
    }

    [Fact]
    public void An_answer_cut_short_anywhere_is_none_and_nothing_throws()
    {
        var whole = Bytes(Answer);
        for (var length = 0; length < whole.Length; length++) Assert.Null(DnsMessage.Read(whole.AsSpan(0, length)));
    }

    [Fact]
    public void Changed_bytes_never_throw()
    {
        var whole = Bytes(Answer);
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var changed = (byte[])whole.Clone();
            for (var i = random.Next(1, 6); i > 0; i--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            var answer = DnsMessage.Read(changed);
            Assert.True(answer is null || answer.Addresses.Count <= whole.Length);
        }
    }

    [Fact]
    public void A_query_sent_back_is_no_answer() => Assert.Null(DnsMessage.Read(DnsMessage.Query(1, "a.b")));

    internal static byte[] Bytes(string hex) => [.. hex.Split(' ').Select(h => byte.Parse(h, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
}
