using GravityNet.Parsing;

namespace GravityNet.UnitTests.Text;

/// <summary>The languages of packet filters: a text of many sorts of lines, of which each record knows its place.</summary>
public static class PacketFilters
{
    /// <summary>iptables-save's text from records without sources; every line must be one of them, to the byte.</summary>
    public static string Iptables(string text)
    {
        var ruleset = IptablesSave.Parse("n", "iptables", text);
        for (var i = 0; i < ruleset.Lines.Count; i++)
        {
            ruleset.Lines[i] = ruleset.Lines[i] switch
            {
                IptablesRule rule => rule with { Origin = default },
                IptablesChain chain => chain with { Origin = default },
                var line => line,
            };
        }

        var printed = ruleset.Print();
        Xunit.Assert.Equal(text, printed);
        Xunit.Assert.All(ruleset.Lines.OfType<string>().Where(IsUnknown), line => Xunit.Assert.Contains(line.TrimEnd('\r'), ruleset.Unread.Select(l => l.Text)));
        return printed;
    }

    private static bool IsUnknown(string line) => !string.IsNullOrWhiteSpace(line) && line[0] is not ('#' or '*') && line.Trim() != "COMMIT";
}
