using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using GravityNet.Netfilter;
using GravityNet.Parsing;

namespace GravityNet.UnitTests.Netfilter;

/// <summary>The public rule sets of Iptables_Semantics and the closures that were published with them (data/iptables-semantics).</summary>
internal static class PublishedRulesets
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Texts = new(Read);

    /// <summary>All files that <c>iptables-save</c> printed (one is a script's, with <c>-I</c>, and is there again as the kernel printed it).</summary>
    public static IEnumerable<string> Saves => Texts.Value.Where(f => f.Value.Contains("\nCOMMIT", StringComparison.Ordinal) && !f.Value.Contains("\n-I ", StringComparison.Ordinal)).Select(f => f.Key).Order(StringComparer.Ordinal);

    /// <summary>A file by the end of its path.</summary>
    public static string Text(string path) => Texts.Value.Single(f => f.Key.EndsWith(path, StringComparison.Ordinal)).Value;

    /// <summary>The rules of a file.</summary>
    public static IptablesRuleset Rules(string path) => IptablesSave.Parse("n", path.Contains("ip6tables", StringComparison.Ordinal) ? "ip6tables" : "iptables", Text(path));

    /// <summary>One rule of a closure: a prefix of each address, a protocol, ranges of ports, and what becomes of the packet.</summary>
    internal sealed record SimpleRule(bool Accepts, int Protocol, MaskedAddress Source, MaskedAddress Destination, PortRange SourcePorts, PortRange DestinationPorts)
    {
        /// <summary>Whether it is for the packet, of which everything that it asks is known.</summary>
        public bool Matches(NetfilterPacket packet) =>
            (Protocol == 0 || packet.Protocol == Protocol)
            && packet.Source!.Value.IsIn(Source) == Ternary.Yes && packet.Destination!.Value.IsIn(Destination) == Ternary.Yes
            && Has(SourcePorts, packet.SourcePort) && Has(DestinationPorts, packet.DestinationPort);

        private static bool Has(PortRange range, int? port) => range == AnyPort || range.Contains(port) == Ternary.Yes;
    }

    private static PortRange AnyPort { get; } = new(0, ushort.MaxValue);

    /// <summary>A chain of a listing by <c>iptables -L -n</c>; its policy is the last rule.</summary>
    public static IReadOnlyList<SimpleRule> Closure(string path, string chain)
    {
        var rules = new List<SimpleRule>();
        var (isIn, accepts) = (false, false);
        foreach (var line in Text(path).Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["Chain", var name, "(policy", var policy])
            {
                isIn = name == chain;
                if (isIn) accepts = policy == "ACCEPT)";
            }
            else if (isIn && words is [("ACCEPT" or "DROP") and var target, var protocol, "--", var source, var destination, ..])
            {
                var (sources, destinations) = (AnyPort, AnyPort);
                foreach (var word in words[5..])
                {
                    var colon = word.IndexOf(':', StringComparison.Ordinal);
                    if (colon < 0) continue;
                    var range = PortRange.Parse(word.AsSpan(colon + 1))!.Value;
                    if (word.StartsWith("spt", StringComparison.Ordinal)) sources = range;
                    else if (word.StartsWith("dpt", StringComparison.Ordinal)) destinations = range;
                    else throw new FormatException(line);
                }

                rules.Add(new(target == "ACCEPT", IpProtocol.Number(protocol)!.Value, MaskedAddress.Parse(source)!.Value, MaskedAddress.Parse(destination)!.Value, sources, destinations));
            }
        }

        if (rules.Count == 0) throw new FormatException($"{path} has no rules of {chain}");
        var all = MaskedAddress.Parse("0.0.0.0/0")!.Value;
        return [.. rules, new(accepts, 0, all, all, AnyPort, AnyPort)];
    }

    /// <summary>Values for packets: what the rules themselves name, and neighbours of it, so that random packets meet rules.</summary>
    internal sealed class Packets(IptablesRuleset rules, Random random)
    {
        private readonly MaskedAddress[] _networks = [.. rules.Tables.SelectMany(t => t.Rules).SelectMany(r => (string[])[r.SourceAddress, r.DestinationAddress])
            .Select(a => MaskedAddress.Parse(a.TrimStart('!', ' '))).OfType<MaskedAddress>().Distinct()];

        private readonly int[] _ports = [.. rules.Tables.SelectMany(t => t.Rules).SelectMany(r => (string[])[r.SourcePort, r.DestinationPort])
            .SelectMany(p => p.TrimStart('!', ' ').Split(',')).Select(p => PortRange.Parse(p)).OfType<PortRange>().SelectMany(p => (int[])[p.First, p.Last, p.Last + 1]).Where(p => p is >= 0 and <= ushort.MaxValue).Distinct()];

        private readonly string[] _devices = [.. rules.Tables.SelectMany(t => t.Rules).SelectMany(r => (string[])[r.InInterface, r.OutInterface])
            .Select(d => d.TrimStart('!', ' ').Replace("+", "7", StringComparison.Ordinal)).Where(d => d.Length > 0).Append("other0").Distinct()];

        /// <summary>The interfaces that rules name, and one more.</summary>
        public IReadOnlyList<string> Devices => _devices;

        /// <summary>A packet of which everything is known that a packet itself tells.</summary>
        public NetfilterPacket Next(bool isIPv6 = false)
        {
            var protocol = random.Next(8) switch { < 4 => IpProtocol.Tcp, < 6 => IpProtocol.Udp, 6 => isIPv6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp, _ => 47 };
            var hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp;
            var isIcmp = protocol is IpProtocol.Icmp or IpProtocol.Icmpv6;
            return new()
            {
                IsIPv6 = isIPv6,
                Protocol = protocol,
                Source = Address(isIPv6),
                Destination = Address(isIPv6),
                SourcePort = hasPorts ? Port() : null,
                DestinationPort = hasPorts ? Port() : null,
                InInterface = _devices[random.Next(_devices.Length)],
                OutInterface = _devices[random.Next(_devices.Length)],
                PhysicalIn = "",
                PhysicalOut = "",
                State = PacketState.New,
                IsDestinationTranslated = false,
                IsSourceTranslated = false,
                Mark = KnownBits.Of(0),
                ConnectionMark = KnownBits.Of(0),
                TcpFlags = KnownBits.Of(protocol == IpProtocol.Tcp ? random.Next(4) == 0 ? (uint)random.Next(64) : 2 : 0),
                IcmpType = isIcmp ? random.Next(3) == 0 ? random.Next(20) : 8 : null,
                IcmpCode = isIcmp ? 0 : null,
                Length = random.Next(28, 1500),
                Ttl = random.Next(1, 255),
                IsFragment = false,
            };
        }

        private int Port() => _ports.Length > 0 && random.Next(3) > 0 ? _ports[random.Next(_ports.Length)] : random.Next(65536);

        private MaskedAddress Address(bool isIPv6)
        {
            var own = _networks.Where(n => n.IsIPv6 == isIPv6).ToArray();
            UInt128 bits = isIPv6 ? new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()) : (uint)random.NextInt64(1L << 32);
            if (own.Length > 0 && random.Next(8) > 0)
            {
                var network = own[random.Next(own.Length)];
                bits = network.Bits | (bits & ~network.Mask);
                // the address before or behind
                if (random.Next(8) == 0) bits ^= UInt128.One << random.Next(isIPv6 ? 128 : 32);
            }

            return MaskedAddress.Of(isIPv6, isIPv6 ? bits : bits & uint.MaxValue, isIPv6 ? 128 : 32);
        }
    }

    private static Dictionary<string, string> Read()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "data", "iptables-semantics", "rulesets.tar.gz"));
        using var tar = new TarReader(new GZipStream(file, CompressionMode.Decompress));
        var texts = new Dictionary<string, string>();
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null) continue;
            using var reader = new StreamReader(entry.DataStream);
            texts[entry.Name.ToString(CultureInfo.InvariantCulture)] = reader.ReadToEnd();
        }

        return texts;
    }
}
