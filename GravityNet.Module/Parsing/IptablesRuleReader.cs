using System.Numerics;
using System.Runtime.InteropServices;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads rules of one text of iptables-save, each when somebody asks for it: of the hundreds of thousands of a large node, a question looks at few.
/// </summary>
internal sealed class IptablesRuleReader
{
    // the words of all chains' rules come again and again, a service's comment some twenty times, and one endpoint's hardly ever
    private readonly WordCache<string> _words;
    private readonly WordCache<IptablesMatch> _matches;
    private readonly List<IptablesMatch> _found = [];
    private readonly List<int> _places = [];
    private readonly FactText _text;
    private bool _isPlain;

    public IptablesRuleReader(FactText text)
    {
        _text = text;
        // a rule has some hundred letters, and most matches are some others' too
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(text.Text.Length / 512, 1 << 6, 1 << 17));
        _words = new(Math.Min(size, 1 << 12), w => w.ToString(), (known, word) => word.SequenceEqual(known));
        _matches = new(size, MatchOf, (known, word) => known.IsPrintedAs(word));
    }

    /// <summary>Goes to the name of the chain that a rule is added to; false where the line is no rule.</summary>
    public static bool IsRule(ref OptionWords words)
    {
        if (!words.Next()) return false;
        if (words.Current[0] == '[' && (!Counters(words.Current, out _, out _) || !words.Next())) return false;
        return words.Current is "-A" && words.Next();
    }

    /// <summary>The line that begins there, without its line feed.</summary>
    public ReadOnlyMemory<char> Line(int start)
    {
        var line = _text.Text.AsMemory(start);
        return line.Span.IndexOf('\n') is >= 0 and var end ? line[..end] : line;
    }

    /// <summary>Reads a rule: a line that <see cref="IsRule"/> says yes to.</summary>
    public IptablesRule Rule(IptablesTable table, IptablesChain chain, int number, int start)
    {
        var line = Line(start).Span;
        // several questions may look at one node at a time
        lock (_found) return Rule(table, chain.Name, line, new TextSlice(_text, number, start));
    }

    /// <summary>A chain's declaration, <c>:KUBE-SERVICES - [0:0]</c>; null where the line is none.</summary>
    public IptablesChain? Chain(string table, ReadOnlySpan<char> line, TextSlice origin)
    {
        var words = new OptionWords(line);
        Begin(line);
        if (!Next(ref words) || words.Current.Length < 2) return null;
        var name = words.Current[1..].ToString();
        if (!Next(ref words)) return null;
        var policy = _words.Get(words.Current);
        long? packets = null, bytes = null;
        if (Next(ref words))
        {
            if (!Counters(words.Current, out var p, out var b) || words.Next()) return null;
            (packets, bytes) = (p, b);
        }

        return new(table, name) { Policy = policy, Packets = packets, Bytes = bytes, Form = Form(line), Origin = origin };
    }

    // [21:1260] -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
    private IptablesRule Rule(IptablesTable table, string chain, ReadOnlySpan<char> line, TextSlice origin)
    {
        var words = new OptionWords(line);
        Begin(line);
        Next(ref words);
        long packets = -1, bytes = -1;
        if (words.Current[0] == '[')
        {
            Counters(words.Current, out packets, out bytes);
            Next(ref words);
        }

        // -A and the chain
        Next(ref words);
        string source = "", destination = "", inInterface = "", outInterface = "", protocol = "", target = "", targetOptions = "";
        bool? isFragment = null;
        var (isGoto, countersLast) = (false, false);
        _found.Clear();

        // iptables-save prints the conditions in this order, then the matches. What stands elsewhere (a line that somebody wrote) is kept as it is,
        // in its place, as words outside any module.
        var order = 0;
        var more = words.Next();
        while (more && !IsMatchOrTarget(words.Current) && !IsCounters(in words, packets))
        {
            var first = words;
            var negated = words.Current is "!" && words.Next();
            var option = words;
            var place = words.Current switch { "-s" => 1, "-d" => 2, "-i" => 3, "-o" => 4, "-p" => 5, "-f" => 6, _ => 0 };
            if (place <= order || (place < 6 && (!words.Next() || words.Current is "!")))
            {
                words = first;
                more = SkipOptions(ref words, packets, out var end);
                Place(first.Start, end);
                _found.Add(new IptablesMatch("", line[first.Start..end].ToString()));
                break;
            }

            order = place;
            if (negated) Place(first.Start, first.End);
            Place(option.Start, option.End);
            if (place < 6) Place(words.Start, words.End);
            switch (place)
            {
                case 1: source = Word(words.Current, negated); break;
                case 2: destination = Word(words.Current, negated); break;
                case 3: inInterface = Word(words.Current, negated); break;
                case 4: outInterface = Word(words.Current, negated); break;
                case 5: protocol = Word(words.Current, negated); break;
                default: isFragment = !negated; break;
            }

            more = words.Next();
        }

        while (more && words.Current is "-m")
        {
            var first = words;
            if (!words.Next())
            {
                more = false;
                Place(first.Start, first.End);
                _found.Add(new IptablesMatch("", "-m"));
                break;
            }

            var module = words;
            more = SkipOptions(ref words, packets, out var end);
            Place(first.Start, first.End);
            Place(module.Start, module.End);
            if (end > module.End) Place(module.End + line[module.End..].IndexOfAnyExcept(' ', '\t', '\r'), end);
            _found.Add(_matches.Get(line[module.Start..end]));
        }

        if (more && words.Current is "-c")
        {
            Place(words.Start, words.End);
            Next(ref words);
            Number(words.Current, out packets);
            Next(ref words);
            Number(words.Current, out bytes);
            countersLast = true;
            more = words.Next();
        }

        if (more)
        {
            var first = words;
            Place(first.Start, first.End);
            if (words.Next())
            {
                isGoto = first.Current is "-g";
                target = table.Find(words.Current)?.Name ?? _words.Get(words.Current);
                Place(words.Start, words.End);
                if (words.Next())
                {
                    var end = line.TrimEnd(" \t\r").Length;
                    Place(words.Start, end);
                    targetOptions = _words.Get(line[words.Start..end]);
                }
            }
            else
            {
                _found.Add(new IptablesMatch("", first.Current.ToString()));
            }
        }

        return new(table.Name, chain)
        {
            SourceAddress = source,
            DestinationAddress = destination,
            InInterface = inInterface,
            OutInterface = outInterface,
            Protocol = protocol,
            IsFragment = isFragment,
            Target = target,
            IsGoto = isGoto,
            TargetOptions = targetOptions,
            Packets = packets < 0 ? null : packets,
            Bytes = bytes < 0 ? null : bytes,
            CountersLast = countersLast,
            Matches = _found.Count == 0 ? [] : _found.ToArray(),
            Form = Form(line),
            Origin = origin,
        };
    }

    private static bool IsMatchOrTarget(ReadOnlySpan<char> word) => word is ['-', 'm' or 'j' or 'g'];

    // Whether the words are the -c PACKETS BYTES that 'iptables -S -v' prints before the target.
    private static bool IsCounters(in OptionWords words, long packets) => words.Current is "-c" && packets < 0 && IsCounters(words);

    private static bool IsCounters(OptionWords words)
    {
        if (!words.Next() || !Number(words.Current, out _) || !words.Next() || !Number(words.Current, out _)) return false;
        return !words.Next() || (words.Current is "-j" or "-g" && words.Next());
    }

    // Goes to the next -m, -j, -g or -c, and tells where the words before it end; false at the line's end.
    private static bool SkipOptions(ref OptionWords words, long packets, out int end)
    {
        end = words.End;
        while (words.Next())
        {
            if (IsMatchOrTarget(words.Current) || IsCounters(in words, packets)) return true;
            if (OptionWords.TakesFreeText(words.Current)) words.Next();
            end = words.End;
        }

        return false;
    }

    // what stands after -m
    private IptablesMatch MatchOf(ReadOnlySpan<char> words)
    {
        var end = words.IndexOfAny(" \t\r");
        return end < 0 ? new(_words.Get(words), "") : new(_words.Get(words[..end]), words[end..].TrimStart(" \t\r").ToString());
    }

    private string Word(ReadOnlySpan<char> word, bool negated) => _words.Get(negated ? $"! {word}" : word);

    // where the words stand matters where something else than one blank may stand between them
    private void Begin(ReadOnlySpan<char> line)
    {
        _places.Clear();
        _isPlain = line[^1] != ' ' && !line.ContainsAny('\t', '\r') && line.IndexOf("  ") < 0;
    }

    private bool Next(ref OptionWords words)
    {
        if (!words.Next()) return false;
        Place(words.Start, words.End);
        return true;
    }

    private void Place(int start, int end)
    {
        if (_isPlain) return;
        _places.Add(start);
        _places.Add(end);
    }

    private string? Form(ReadOnlySpan<char> line)
    {
        if (_isPlain) return null;
        var form = BlankForm.Of(line, CollectionsMarshal.AsSpan(_places));
        return form is null ? null : _words.Get(form);
    }

    // [21:1260]
    private static bool Counters(ReadOnlySpan<char> word, out long packets, out long bytes)
    {
        (packets, bytes) = (-1, -1);
        if (word is not ['[', .. var inner, ']']) return false;
        var colon = inner.IndexOf(':');
        return colon > 0 && Number(inner[..colon], out packets) && Number(inner[(colon + 1)..], out bytes);
    }

    // a counter as the tools print it: digits without zeros before them
    private static bool Number(ReadOnlySpan<char> word, out long number)
    {
        number = -1;
        if (word.Length is 0 or > 19 || (word[0] == '0' && word.Length > 1)) return false;
        ulong sum = 0;
        foreach (var c in word)
        {
            if (!char.IsAsciiDigit(c)) return false;
            sum = (sum * 10) + (ulong)(c - '0');
        }

        if (sum > long.MaxValue) return false;
        number = (long)sum;
        return true;
    }
}
