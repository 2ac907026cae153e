using System.Globalization;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// Rules of iptables by chance, of words that every flavour and kernel here takes: the same for the same seed.
/// </summary>
internal sealed class RuleRandom(int seed, bool isIPv6)
{
    private static readonly string[] Letters = ["a", "Z", "7", "_", "-", " ", "  ", "\"", "'", "\\", ":", "-j", "-m x", "é", "[0:0]", "!", "/", "*", "#"];
    private readonly Random _random = new(seed);

    /// <summary>One rule of a chain of the table filter.</summary>
    public IptablesRule Next(string chain, string other)
    {
        var protocol = Maybe(0.5) ? Pick("tcp", "udp") : "";
        var rule = new IptablesRule("filter", chain)
        {
            SourceAddress = Negated(0.4, Network),
            DestinationAddress = Negated(0.4, Network),
            InInterface = Negated(0.2, () => Pick("eth0", "cni0", "veth+")),
            OutInterface = Negated(0.2, () => Pick("flannel.1", "lo", "x-y_z")),
            Protocol = protocol,
            IsFragment = !isIPv6 && protocol.Length == 0 && Maybe(0.1) ? Maybe(0.5) : null,
            Packets = _random.NextInt64(0, 1L << _random.Next(1, 62)),
            Bytes = _random.NextInt64(0, 1L << _random.Next(1, 62)),
        };
        if (Maybe(0.5)) rule = rule with { Comment = Text(120) };
        if (protocol.Length > 0 && Maybe(0.7)) rule = rule with { DestinationPort = Negated(1, Port) };
        if (protocol.Length > 0 && Maybe(0.3)) rule = rule with { SourcePort = Negated(1, Port) };
        var target = _random.Next(7);
        return target switch
        {
            0 => rule,
            1 => rule with { Target = other },
            2 => rule with { Target = other, IsGoto = true },
            3 => rule with { Target = "REJECT", RejectWith = isIPv6 ? "icmp6-port-unreachable" : "icmp-port-unreachable" },
            4 => rule with { Target = "LOG", TargetOptions = "--log-prefix " + Quoted(Text(20)) },
            5 => rule with { Target = "MARK", TargetOptions = string.Create(CultureInfo.InvariantCulture, $"--set-xmark 0x{_random.Next(1, 0xffff):x}/0xffffffff") },
            _ => rule with { Target = Pick("ACCEPT", "DROP", "RETURN") },
        };
    }

    private bool Maybe(double chance) => _random.NextDouble() < chance;

    private string Pick(params string[] words) => words[_random.Next(words.Length)];

    private string Negated(double chance, Func<string> value) => Maybe(chance) ? (Maybe(0.25) ? "! " : "") + value() : "";

    // as the tools print a network: no bits beyond its length
    private string Network() => isIPv6
        ? Pick(string.Create(CultureInfo.InvariantCulture, $"fd00:{_random.Next(1, 0xffff):x}::/32"), string.Create(CultureInfo.InvariantCulture, $"fd00::{_random.Next(1, 0xffff):x}/128"))
        : Pick(string.Create(CultureInfo.InvariantCulture, $"10.{_random.Next(256)}.0.0/16"), string.Create(CultureInfo.InvariantCulture, $"192.168.{_random.Next(256)}.{_random.Next(256)}/32"));

    private string Port()
    {
        var first = _random.Next(1, 60000);
        return Maybe(0.3) ? string.Create(CultureInfo.InvariantCulture, $"{first}:{first + _random.Next(1, 5000)}") : first.ToString(CultureInfo.InvariantCulture);
    }

    private string Text(int length)
    {
        var text = "";
        for (var count = _random.Next(1, 12); count > 0; count--) text += Letters[_random.Next(Letters.Length)];
        // the tools cut a text at its length in bytes
        return text.Length * 2 > length ? text[..(length / 2)] : text;
    }

    private static string Quoted(string text) => Parsing.OptionWords.Quote(text);
}
