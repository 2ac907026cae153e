using Xunit;

namespace GravityNet.UnitTests;

/// <summary>Addresses and MACs as values: order, equality and text.</summary>
public sealed class AddressValueTests
{
    // in their order
    private static readonly string[] Addresses =
    [
        "", "default", "10.244.9.0", "10.244.9.0/24", "10.244.9.1", "10.244.19.0/16", "10.244.19.0/24", "10.244.100.0/24", "192.168.33.11/32", "255.255.255.255",
        "::/0", "::1", "fd00::1", "fd00::1/64", "fe80::c8af:24ff:febc:c6e0/64",
    ];

    private static readonly string[] Macs = ["", "00:00:00:00:00:00", "0a:00:00:00:00:02", "0A-00-00-00-00-10", "ca:af:24:bc:c6:e0", "ffff.ffff.ffff"];

    [Fact]
    public void Addresses_sort_by_number_and_keep_their_text()
    {
        for (var i = 0; i < Addresses.Length; i++)
        {
            var left = NetAddress.Parse(Addresses[i]);
            Assert.Equal(Addresses[i], left.ToString());
            for (var j = 0; j < Addresses.Length; j++) Assert.Equal(i.CompareTo(j), Math.Sign(left.CompareTo(NetAddress.Parse(Addresses[j]))));
        }
    }

    [Fact]
    public void Macs_sort_by_number_and_keep_their_text()
    {
        for (var i = 0; i < Macs.Length; i++)
        {
            var left = MacAddress.Parse(Macs[i]);
            Assert.Equal(Macs[i], left.ToString());
            for (var j = 0; j < Macs.Length; j++) Assert.Equal(i.CompareTo(j), Math.Sign(left.CompareTo(MacAddress.Parse(Macs[j]))));
        }
    }

    [Theory]
    [InlineData("fd00::1", "FD00:0:0:0:0:0:0:1")]
    [InlineData("default", "0.0.0.0/0")]
    [InlineData("10.244.19.0/24", "10.244.19.0/24")]
    public void Two_texts_of_one_address_are_equal_and_have_one_hash(string one, string other)
    {
        Assert.True(NetAddress.Parse(one) == NetAddress.Parse(other));
        Assert.Equal(NetAddress.Parse(one).GetHashCode(), NetAddress.Parse(other).GetHashCode());
    }

    [Fact]
    public void Two_texts_of_one_mac_are_equal_and_have_one_hash()
    {
        var texts = new[] { "ca:af:24:bc:c6:e0", "CA-AF-24-BC-C6-E0", "caaf.24bc.c6e0" };
        Assert.Single(texts.Select(MacAddress.Parse).ToHashSet());
    }

    [Theory]
    [InlineData("10.244.19.5")]
    [InlineData("fd00::1/64")]
    public void An_address_has_the_hash_that_a_hashtable_of_PowerShell_gives_its_text(string text) =>
        Assert.Equal(StringComparer.OrdinalIgnoreCase.GetHashCode(text), NetAddress.Parse(text).GetHashCode());

    [Fact]
    public void A_mac_has_the_hash_that_a_hashtable_of_PowerShell_gives_its_text() =>
        Assert.Equal(StringComparer.OrdinalIgnoreCase.GetHashCode("CA:af:24:bc:c6:e0"), MacAddress.Parse("ca:af:24:bc:c6:e0").GetHashCode());

    [Theory]
    [InlineData("10.1")]
    [InlineData("10.244.19")]
    [InlineData("0x0a000001")]
    [InlineData("10.244.19.0/33")]
    [InlineData("10.244.19.0/-1")]
    [InlineData("10.244.19.0/")]
    [InlineData("fd00::1/129")]
    [InlineData("! 10.244.0.0/16")]
    [InlineData("10.244.19.5:53")]
    [InlineData("node-1")]
    public void What_is_no_address_is_none(string text)
    {
        Assert.False(NetAddress.TryParse(text, out _));
        Assert.Contains(text, Assert.Throws<FormatException>(() => NetAddress.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ca:af:24:bc:c6")]
    [InlineData("ca:af:24:bc:c6:e0:01")]
    [InlineData("ca:af-24:bc:c6:e0")]
    [InlineData("ca:af:24:bc:c6:g0")]
    [InlineData("+a:af:24:bc:c6:e0")]
    [InlineData("10.244.19.5")]
    public void What_is_no_mac_is_none(string text)
    {
        Assert.False(MacAddress.TryParse(text, out _));
        Assert.Contains(text, Assert.Throws<FormatException>(() => MacAddress.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.244.19.0/24", "10.244.19.5", true)]
    [InlineData("10.244.19.0/24", "10.244.19.128/25", true)]
    [InlineData("10.244.19.0/24", "10.244.0.0/16", false)]
    [InlineData("10.244.19.0/24", "10.244.20.1", false)]
    [InlineData("default", "10.244.20.1", true)]
    [InlineData("10.244.19.5", "10.244.19.5/32", true)]
    [InlineData("fd00::/64", "fd00::5", true)]
    [InlineData("::/0", "10.244.19.5", false)]
    [InlineData("", "10.244.19.5", false)]
    public void A_network_contains_what_lies_in_it(string network, string other, bool contains) =>
        Assert.Equal(contains, NetAddress.Parse(network).Contains(NetAddress.Parse(other)));
}
