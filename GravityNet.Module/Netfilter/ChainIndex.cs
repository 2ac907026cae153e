using System.Globalization;
using GravityNet.Parsing;

namespace GravityNet.Netfilter;

/// <summary>
/// Finds the rules of a long chain that a packet may match by the one address (<c>-d 10.96.0.10/32</c>) and the one port (<c>--dport 53</c>) that most of them ask for:
/// KUBE-SERVICES has a rule or two for each of thousands of services. It is made of the rules' lines alone, so that a rule that does not count is never read.
/// </summary>
internal sealed class ChainIndex
{
    private const int AnyPort = -1;

    // Rules by a hash of what they ask for, as lists in their order. Rules with the same hash that ask for something else are asked in vain, no more.
    private readonly int[] _first;
    private readonly int[] _next;
    private readonly int[] _others;
    private readonly bool _hasAddresses;
    private readonly bool _hasPorts;

    /// <summary>Makes the index of a chain.</summary>
    public ChainIndex(IptablesChain chain, int count)
    {
        _first = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count * 2)];
        _next = new int[count];
        Array.Fill(_first, -1);
        var others = new List<int>();
        for (var at = count - 1; at >= 0; at--)
        {
            Key(chain.TextOf(at), out var address, out var port);
            if (address is null && port == AnyPort)
            {
                others.Add(at);
                continue;
            }

            _hasAddresses |= address is not null && port == AnyPort;
            _hasPorts |= address is null;
            ref var first = ref _first[Place(address, port)];
            _next[at] = first;
            first = at;
        }

        others.Reverse();
        _others = [.. others];
    }

    /// <summary>The places of the rules for a destination from one place on.</summary>
    public Places Find(MaskedAddress address, int port, int from) => new(
        this,
        From(_first[Place(address, port)], from),
        _hasAddresses ? From(_first[Place(address, AnyPort)], from) : -1,
        _hasPorts ? From(_first[Place(null, port)], from) : -1,
        from);

    private int From(int at, int from)
    {
        while (at >= 0 && at < from) at = _next[at];
        return at;
    }

    private int Place(MaskedAddress? address, int port)
    {
        var bits = address?.Bits ?? UInt128.MaxValue;
        var mixed = (((ulong)bits ^ (ulong)(bits >> 64)) * 0x9E3779B97F4A7C15) + ((ulong)(port + 2) * 0xC2B2AE3D27D4EB4F);
        return (int)((mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9 >> 33) & (_first.Length - 1);
    }

    // The one address and port that a rule asks for. Where the line is not plainly so, it counts for every packet.
    private static void Key(ReadOnlySpan<char> line, out MaskedAddress? address, out int port)
    {
        (address, port) = (null, AnyPort);
        var words = new OptionWords(line);
        if (!IptablesRuleReader.IsRule(ref words)) return;
        // iptables-save prints -s -d -i -o -p -f before all matches
        while (words.Next() && words.Current is not ['-', 'm' or 'j' or 'g'])
        {
            if (words.Current is "!" && !words.Next()) return;
            var isNegated = words.Current.Length > 0 && words.Start >= 2 && line[words.Start - 2] == '!';
            if (words.Current is not ("-s" or "-d" or "-i" or "-o" or "-p")) continue;
            var isDestination = words.Current is "-d" && !isNegated;
            if (!words.Next()) return;
            if (isDestination && MaskedAddress.Parse(words.Current) is { IsWhole: true } whole) address = whole;
        }

        const string Option = " --dport ";
        var rest = line[words.End..];
        var at = rest.LastIndexOf(Option);
        // not in a text between quotes, and not behind a !
        if (at < 1 || rest[at..].Contains('"') || rest[at - 1] == '!') return;
        var digits = rest[(at + Option.Length)..];
        if (digits.IndexOf(' ') is >= 0 and var end) digits = digits[..end];
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) port = number;
    }

    /// <summary>The places of rules in ascending order.</summary>
    internal struct Places
    {
        private readonly ChainIndex? _index;
        private readonly int _end;
        private int _both;
        private int _address;
        private int _port;
        private int _other;

        /// <summary>All places from one to another.</summary>
        public Places(int from, int end) => (Current, _end) = (from - 1, end);

        /// <summary>The places at the heads of three lists of an index, and those that count for every packet.</summary>
        public Places(ChainIndex index, int both, int address, int port, int from)
        {
            (_index, _both, _address, _port) = (index, both, address, port);
            while (_other < index._others.Length && index._others[_other] < from) _other++;
        }

        /// <summary>The place.</summary>
        public int Current { get; private set; }

        /// <summary>Goes to the next place; false at the end.</summary>
        public bool Next()
        {
            if (_index is null) return ++Current < _end;
            var other = _other < _index._others.Length ? _index._others[_other] : -1;
            var next = Least(Least(_both, _address), Least(_port, other));
            if (next < 0) return false;
            // different lists may be one, where hashes are the same
            if (_both == next) _both = _index._next[next];
            if (_address == next) _address = _index._next[next];
            if (_port == next) _port = _index._next[next];
            if (other == next) _other++;
            Current = next;
            return true;
        }

        private static int Least(int one, int two) => one < 0 ? two : two < 0 ? one : Math.Min(one, two);
    }
}
