using System.Globalization;
using GravityNet.Text;

namespace GravityNet.Netfilter;

/// <summary>
/// Sends a packet through the chains of a table of nf_tables as the kernel does (nft(8)): hooks, base chains by priority, rules, jumps and gotos, verdict maps, numbers
/// drawn at random, marks and translations. Where a condition is not known, the packet takes both ways.
/// </summary>
internal sealed class NftWalk
{
    // the kernel's NFT_JUMP_STACK_SIZE: it takes no rules with more jumps inside each other
    private const int MostJumps = 16;

    // ways that something unknown opens; more than these tell nobody anything
    private const int MostFlows = 256;

    private readonly NftIndex _index;
    private readonly NftMatch _match;
    private readonly NftTrace _trace;

    /// <summary>Makes a walk of a table.</summary>
    /// <param name="index">The table.</param>
    /// <param name="context">What is known beside the packet.</param>
    /// <param name="trace">Takes what packets came by.</param>
    public NftWalk(NftIndex index, NftContext context, NftTrace trace)
    {
        (_index, _match, _trace) = (index, new(index, context), trace);
    }

    /// <summary>Sends what still goes on through the hook's base chains.</summary>
    public IReadOnlyList<NftFlow> Hook(string hook, IEnumerable<NftFlow> flows)
    {
        var current = flows.ToList();
        foreach (var chain in _index.Hook(hook))
        {
            var after = new List<NftFlow>();
            foreach (var flow in current)
            {
                // nat chains see a connection's first packet; a second translation of the same sort is none
                if (flow.End is NetfilterVerdict.Drop or NetfilterVerdict.Reject or NetfilterVerdict.Unknown || (chain.Type == "nat" && flow.Packet.State is not (null or PacketState.New)))
                {
                    after.Add(flow);
                    continue;
                }

                foreach (var end in Chain(chain, flow with { End = NetfilterVerdict.Return }, 0))
                    Add(after, end.End == NetfilterVerdict.Return ? end with { End = chain.Policy == "drop" ? NetfilterVerdict.Drop : NetfilterVerdict.Accept } : end);
            }

            current = after;
        }

        return current;
    }

    /// <summary>Sends a packet through one chain and those that it leads to.</summary>
    public IReadOnlyList<NftFlow> Chain(NftChain chain, NftFlow start) => Chain(chain, start, 0);

    private List<NftFlow> Chain(NftChain chain, NftFlow start, int depth)
    {
        var ended = new List<NftFlow>();
        var going = new List<NftFlow> { start };
        foreach (var rule in chain.Rules)
        {
            var next = new List<NftFlow>();
            foreach (var flow in going)
            {
                foreach (var (after, goesOn) in Rule(chain, rule, flow, depth)) Add(goesOn ? next : ended, after);
            }

            going = next;
            if (going.Count == 0) break;
        }

        foreach (var flow in going) Add(ended, flow);
        return ended;
    }

    // Both ways of what is not known are one again where nothing but marks tells them apart.
    private static void Add(List<NftFlow> flows, NftFlow flow)
    {
        for (var i = 0; i < flows.Count; i++)
        {
            if (Joined(flows[i], flow) is not { } one) continue;
            flows[i] = one;
            return;
        }

        if (flows.Count < MostFlows) flows.Add(flow);
    }

    private static NftFlow? Joined(NftFlow first, NftFlow second)
    {
        if (first.End != second.End || first.Share != second.Share || !ReferenceEquals(first.DecidedBy, second.DecidedBy) || first.TranslatedIn != second.TranslatedIn) return null;
        if (first.Assumptions.Count == 0 || second.Assumptions.Count == 0 || first.Assumptions.Count != second.Assumptions.Count) return null;
        var last = first.Assumptions.Count - 1;
        if (!first.Assumptions.Take(last).SequenceEqual(second.Assumptions.Take(last)) || Opposite(first.Assumptions[last]) != second.Assumptions[last]) return null;
        var known = first.Packet.Mark.Known & second.Packet.Mark.Known & ~(first.Packet.Mark.Value ^ second.Packet.Mark.Value);
        var mark = new KnownBits(first.Packet.Mark.Value & known, known);
        if (first.Packet with { Mark = mark } != second.Packet with { Mark = mark }) return null;
        return first with
        {
            Packet = first.Packet with { Mark = mark },
            Assumptions = first.Assumptions.RemoveAt(last),
            Masquerade = first.Masquerade == second.Masquerade ? first.Masquerade : Ternary.Unknown,
        };
    }

    private static string Opposite(string assumption) => assumption.StartsWith("not ", StringComparison.Ordinal) ? assumption[4..] : "not " + assumption;

    private IEnumerable<(NftFlow Flow, bool GoesOn)> Rule(NftChain chain, NftRule rule, NftFlow flow, int depth)
    {
        var expressions = rule.Expressions;
        var unsure = new List<string>();
        foreach (var expression in expressions)
        {
            if (expression.Name != "match") continue;
            var answer = _match.Of(expression.Value, flow.Packet);
            if (answer == Ternary.No) return [(flow, true)];
            if (answer == Ternary.Unknown) unsure.Add(NftText.Of(expression, rule.Family));
        }

        if (unsure.Count == 0) return Statements(chain, rule, expressions, 0, flow, depth);
        var what = string.Join(' ', unsure);
        // the same condition as before has the same answer
        if (flow.Assumptions.Contains(what)) return Statements(chain, rule, expressions, 0, flow, depth);
        if (flow.Assumptions.Contains("not " + what)) return [(flow, true)];
        return Statements(chain, rule, expressions, 0, flow with { Assumptions = flow.Assumptions.Add(what) }, depth)
            .Append((flow with { Assumptions = flow.Assumptions.Add("not " + what) }, true));
    }

    private IEnumerable<(NftFlow Flow, bool GoesOn)> Statements(NftChain chain, NftRule rule, IReadOnlyList<NftExpression> expressions, int from, NftFlow flow, int depth)
    {
        _trace.Add(chain, rule);
        for (var i = from; i < expressions.Count; i++)
        {
            var (name, value) = expressions[i];
            switch (name)
            {
                case "match" or "counter" or "log" or "limit" or "set" or "quota" or "last":
                    // a limit only lets few of many through: what is asked for is one packet
                    continue;
                case "mangle":
                    flow = flow with { Packet = Mangled(value, flow.Packet) };
                    continue;
                case "accept" or "drop" or "reject" or "return" or "jump" or "goto" or "continue":
                    return Verdict(chain, rule, NftExpression.Of(expressions[i].Whole), flow, depth);
                case "vmap":
                    return Map(chain, rule, value, flow, depth);
                case "dnat":
                    return Translations(chain, rule, value, flow);
                case "snat" or "masquerade":
                    return [(flow with { End = NetfilterVerdict.Accept, DecidedBy = rule, Masquerade = Ternary.Yes, Packet = flow.Packet with { IsSourceTranslated = true, Source = null, SourcePort = null } }, false)];
                default:
                    return [(flow with { End = NetfilterVerdict.Unknown, DecidedBy = rule, Assumptions = flow.Assumptions.Add(NftText.Of(expressions[i], rule.Family)) }, false)];
            }
        }

        return [(flow, true)];
    }

    private IEnumerable<(NftFlow Flow, bool GoesOn)> Verdict(NftChain chain, NftRule rule, NftExpression verdict, NftFlow flow, int depth)
    {
        switch (verdict.Name)
        {
            case "accept":
                return [(flow with { End = NetfilterVerdict.Accept, DecidedBy = rule }, false)];
            case "drop":
                return [(flow with { End = NetfilterVerdict.Drop, DecidedBy = rule }, false)];
            case "reject":
                return [(flow with { End = NetfilterVerdict.Reject, DecidedBy = rule }, false)];
            case "return":
                return [(flow, false)];
            case "continue":
                return [(flow, true)];
            default:
                var target = verdict.Value.TextOf("target");
                if (depth == MostJumps || !_index.Chains.TryGetValue(target, out var next))
                    return [(flow with { End = NetfilterVerdict.Unknown, DecidedBy = rule, Assumptions = flow.Assumptions.Add(depth == MostJumps ? "more jumps than the kernel takes" : $"the chain {target} is not in the text") }, false)];
                _trace.Add(next);
                // what a chain returns goes on after a jump, and not after a goto
                return Chain(next, flow, depth + 1).Select(f => (f, f.End == NetfilterVerdict.Return && verdict.Name == "jump"));
        }
    }

    private IEnumerable<(NftFlow Flow, bool GoesOn)> Map(NftChain chain, NftRule rule, JsonItem map, NftFlow flow, int depth)
    {
        if (map["key"] is not { } key || map["data"] is not { } data) return [(flow, true)];
        if (key["numgen"] is { } numbers) return Drawn(numbers, data).SelectMany(d => d.Value is { } value ? Verdict(chain, rule, NftExpression.Of(value), Part(flow, d.Share), depth) : [(Part(flow, d.Share), true)]);

        var found = _match.Find(key, data, flow.Packet);
        var name = data.Raw is ['"', '@', ..] ? data.Text[1..] : "";
        var ways = new List<(NftFlow, bool)>();
        foreach (var (element, answer) in found)
        {
            if (name.Length > 0) _trace.Add(_index.Sets[name], element);
            var way = answer == Ternary.Yes ? flow : flow with { Assumptions = flow.Assumptions.Add($"{NftText.Of(key)} {element.Words.Key}") };
            ways.AddRange(Verdict(chain, rule, NftExpression.Of(element.Value ?? new()), way, depth));
            if (answer == Ternary.Yes) return ways;
        }

        if (found.Count == 0 && name.Length > 0 && !_index.Sets.ContainsKey(name))
            return [(flow with { End = NetfilterVerdict.Unknown, DecidedBy = rule, Assumptions = flow.Assumptions.Add($"the map {name} is not in the text") }, false)];
        ways.Add((found.Count == 0 ? flow : flow with { Assumptions = flow.Assumptions.Add($"not {NftText.Of(key)} in {(name.Length > 0 ? "@" + name : "the map")}") }, true));
        return ways;
    }

    // Each number of numgen with its element; null for numbers that no element has.
    private static IEnumerable<(Fraction Share, JsonItem? Value)> Drawn(JsonItem numbers, JsonItem data)
    {
        var (mod, offset) = (numbers.NumberOf("mod") ?? 0, numbers.NumberOf("offset") ?? 0);
        var elements = data["set"]?.Items?.Select(i => (Key: i.Items is [var k, _] ? k.Raw : "", Value: i.Items is [_, var v] ? v : null)).ToList();
        if (mod <= 0 || elements is null) return [(Fraction.One, null)];
        var drawn = elements.Where(e => long.TryParse(e.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= offset && n < offset + mod).DistinctBy(e => e.Key).ToList();
        var each = drawn.Select(e => (Fraction.Of(1, mod), e.Value));
        return drawn.Count == mod ? each : each.Append((Fraction.Of(mod - drawn.Count, mod), null));
    }

    private static NftFlow Part(NftFlow flow, Fraction share) => flow with { Share = flow.Share.Times(share) };

    private static IEnumerable<(NftFlow Flow, bool GoesOn)> Translations(NftChain chain, NftRule rule, JsonItem to, NftFlow flow)
    {
        if (to["addr"]?["map"] is { } map && map["key"]?["numgen"] is { } numbers && map["data"] is { } data)
        {
            return Drawn(numbers, data).Select(d => d.Value is { } value
                ? (Translated(chain, rule, Part(flow, d.Share), value["concat"]?.Items is [var a, ..] ? a : value, value["concat"]?.Items is [_, var p] ? p : to["port"]), false)
                : (Part(flow, d.Share), true));
        }

        return [(Translated(chain, rule, flow, to["addr"], to["port"]), false)];
    }

    private static NftFlow Translated(NftChain chain, NftRule rule, NftFlow flow, JsonItem? address, JsonItem? port)
    {
        int? number = port is null ? flow.Packet.DestinationPort : int.TryParse(port.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var one) ? one : null;
        var packet = flow.Packet with { Destination = address is null ? flow.Packet.Destination : MaskedAddress.Parse(address.Text), DestinationPort = number, IsDestinationTranslated = true };
        return flow with { Packet = packet, End = NetfilterVerdict.Accept, DecidedBy = rule, TranslatedIn = chain.Name };
    }

    // meta mark set VALUE, meta mark | VALUE, meta mark & VALUE, meta mark ^ VALUE
    private static NetfilterPacket Mangled(JsonItem mangle, NetfilterPacket packet)
    {
        var isPacket = mangle["key"]?["meta"]?.TextOf("key") == "mark";
        var isConnection = mangle["key"]?["ct"]?.TextOf("key") == "mark";
        if (!isPacket && !isConnection) return packet;
        var old = isPacket ? packet.Mark : packet.ConnectionMark;
        var mark = Computed(mangle["value"], old, packet);
        return isPacket ? packet with { Mark = mark } : packet with { ConnectionMark = mark };
    }

    private static KnownBits Computed(JsonItem? value, KnownBits own, NetfilterPacket packet)
    {
        if (uint.TryParse(value?.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return KnownBits.Of(number);
        if (value is null) return KnownBits.Unknown;
        var (name, of) = NftExpression.Of(value);
        if (name == "meta" && of.TextOf("key") == "mark") return packet.Mark;
        if (name == "ct" && of.TextOf("key") == "mark") return packet.ConnectionMark;
        if (of.Items is not [var left, { Raw: var right }] || !uint.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)) return KnownBits.Unknown;
        var before = Computed(left, own, packet);
        return name switch
        {
            "|" => before.SetXmark(bits, bits),
            "^" => before.SetXmark(bits, 0),
            "&" => before.SetXmark(0, ~bits),
            _ => KnownBits.Unknown,
        };
    }
}
