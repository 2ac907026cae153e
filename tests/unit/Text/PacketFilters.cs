using GravityNet.Parsing;

namespace GravityNet.UnitTests.Text;

/// <summary>The languages of packet filters: a text of many sorts of lines, of which each record knows its place.</summary>
public static class PacketFilters
{
    /// <summary>iptables-save's text from records without sources; every line must be one of them, to the byte.</summary>
    public static string Iptables(string text)
    {
        var ruleset = IptablesSave.Parse("n", "iptables", text);
        var printed = ruleset.Print(line => line switch
        {
            IptablesRule rule => rule with { Origin = default },
            IptablesChain chain => chain with { Origin = default },
            _ => line,
        });
        Xunit.Assert.Equal(text, printed);
        Xunit.Assert.All(ruleset.Lines.OfType<string>().Where(IsUnknown), line => Xunit.Assert.Contains(line.TrimEnd('\r'), ruleset.Unread.Select(l => l.Text)));
        return printed;
    }

    /// <summary>ipset's text from records without sources.</summary>
    public static string Ipset(string text)
    {
        var parsed = IpsetSave.Parse("n", "ipset", text);
        var sets = parsed.Records.Where(s => s.Type.Length > 0).Select(s => (s.Source.Line, (s with { Source = Nowhere }).ToString()));
        var entries = parsed.Records.SelectMany(s => s.Entries).Select(e => (e.Source.Line, (e with { Source = Nowhere }).Print()));
        return InOrder([.. sets, .. entries, .. parsed.Unread.Select(l => (l.Line, l.Text))]);
    }

    /// <summary>ipvsadm's text from records without sources.</summary>
    public static string Ipvs(string text)
    {
        var parsed = IpvsSave.Parse("n", "ipvs", text);
        var services = parsed.Records.Where(s => s.IsAdded).Select(s => (s.Source.Line, (s with { Source = Nowhere }).ToString()));
        var servers = parsed.Records.SelectMany(s => s.Servers).Select(s => (s.Source.Line, (s with { Source = Nowhere }).Print()));
        return InOrder([.. services, .. servers, .. parsed.Unread.Select(l => (l.Line, l.Text))]);
    }

    /// <summary>nft's JSON from its objects, to the byte; a text that is none is unread.</summary>
    public static string Nft(string text)
    {
        var ruleset = NftJson.Parse("n", "nft", text);
        var printed = ruleset.Print();
        Xunit.Assert.Equal(text, printed);
        if (ruleset.Objects.Count == 0 && !string.IsNullOrWhiteSpace(text) && !text.Contains("nftables", StringComparison.Ordinal)) Xunit.Assert.NotEmpty(ruleset.Unread);
        return printed;
    }

    private static SourceLine Nowhere { get; } = new("", "", 0, "");

    private static string InOrder(List<(int Line, string Text)> lines) => string.Join('\n', lines.OrderBy(l => l.Line).Select(l => l.Text));

    private static bool IsUnknown(string line) => !string.IsNullOrWhiteSpace(line) && line[0] is not ('#' or '*') && line.Trim() != "COMMIT";
}
