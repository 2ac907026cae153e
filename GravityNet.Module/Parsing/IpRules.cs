using System.Buffers;
using System.Globalization;
using GravityNet.Text;
using static GravityNet.PolicyRule;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip [-d] rule show</c>.
/// </summary>
public static class IpRules
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<PolicyRule> Parse(string node, string fact, string text)
    {
        var pool = new LinePool();
        return FactParser.EachLine<PolicyRule>(node, fact, text, Line);

        PolicyRule? Line(string node, ref FactLines lines)
        {
            Span<char> buffer = stackalloc char[LineReader.BufferSize];
            var line = new LineReader(lines.Current, buffer, pool);
            return line.Next() && Number(line.Current) is { } priority ? Rule(node, priority, lines.Source(), ref line) : null;
        }
    }

    // 32766:
    private static long? Number(ReadOnlySpan<char> word) => word is [.. var digits, ':'] && LineReader.IsNumber(digits, out var number) ? number : null;

    // 100:	from 10.0.0.0/8 fwmark 0x4000/0x4000 lookup main suppress_prefixlength 0
    private static PolicyRule Rule(string node, long priority, SourceLine source, ref LineReader line)
    {
        line.Take(Field.Priority);
        string from = "", to = "", tos = "", input = "", output = "", uids = "", protocol = "", ipProtocol = "", sport = "", dport = "", table = "", group = "", realms = "", dscp = "", label = "";
        var action = Lookup;
        uint? mark = null, mask = null;
        long? tunnel = null, target = null;
        int? prefix = null;
        bool isInverted = false, isInputDetached = false, isOutputDetached = false, isL3mdev = false, isUnresolved = false;
        bool hasHexZero = false, isToParted = false, isUnresolvedBare = false;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "not": isInverted |= line.Take(Field.Not); break;
                case "from": from = line.Value(Field.From) ?? from; break;
                case "to": To(ref line, ref to, ref isToParted); break;
                case "tos": tos = line.Value(Field.Tos) ?? tos; break;
                case "fwmark": Mark(ref line, ref mark, ref mask, ref hasHexZero); break;
                case "iif": input = line.Value(Field.InputInterface) ?? input; break;
                case "oif": output = line.Value(Field.OutputInterface) ?? output; break;
                case "[detached]" when output.Length > 0: isOutputDetached |= line.Take(Field.OutputDetached); break;
                case "[detached]" when input.Length > 0: isInputDetached |= line.Take(Field.InputDetached); break;
                case "lookup" when line.Peek() is L3mdevTable: isL3mdev |= line.Value(Field.L3mdev) is not null; break;
                case "lookup": table = line.Value(Field.Table) ?? table; break;
                case "uidrange": uids = line.Value(Field.UidRange) ?? uids; break;
                case "ipproto": ipProtocol = line.Value(Field.IpProtocol) ?? ipProtocol; break;
                case "sport": sport = line.Value(Field.SourcePort) ?? sport; break;
                case "dport": dport = line.Value(Field.DestinationPort) ?? dport; break;
                case "tun_id": tunnel = line.LongNumber(Field.TunnelId) ?? tunnel; break;
                case "suppress_prefixlength": prefix = line.Number(Field.SuppressPrefixLength) ?? prefix; break;
                case "suppress_ifgroup": group = line.Value(Field.SuppressInterfaceGroup) ?? group; break;
                case "realms": realms = line.Value(Field.Realms) ?? realms; break;
                case "goto": Goto(ref line, ref action, ref target); break;
                case "nop" or "blackhole" or "unreachable" or "prohibit" or "masquerade": action = line.Take(Field.Action) ? line.Text() : action; break;
                case "[unresolved]": isUnresolved |= line.Take(Field.Unresolved); break;
                case "unresolved" when action == "goto" && !isUnresolved: isUnresolved = isUnresolvedBare = line.Take(Field.Unresolved); break;
                case "proto": protocol = line.Value(Field.Protocol) ?? protocol; break;
                case "dscp": dscp = line.Value(Field.Dscp) ?? dscp; break;
                case "flowlabel": label = line.Value(Field.FlowLabel) ?? label; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Node = node,
            Priority = priority,
            IsInverted = isInverted,
            From = from,
            To = to,
            Tos = tos,
            Mark = mark,
            MarkMask = mask,
            HasHexZero = hasHexZero,
            IsToParted = isToParted,
            IsUnresolvedBare = isUnresolvedBare,
            InputInterface = input,
            InputDetached = isInputDetached,
            OutputInterface = output,
            OutputDetached = isOutputDetached,
            L3mdev = isL3mdev,
            UidRange = uids,
            IpProtocol = ipProtocol,
            SourcePort = sport,
            DestinationPort = dport,
            TunnelId = tunnel,
            Table = table,
            SuppressPrefixLength = prefix,
            SuppressInterfaceGroup = group,
            Realms = realms,
            Action = action,
            GotoPriority = target,
            Unresolved = isUnresolved,
            Protocol = protocol,
            Dscp = dscp,
            FlowLabel = label,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    // to 10.0.0.0/8; 4.17 and 4.18 print: to 10.0.0.0 /8
    private static void To(ref LineReader line, ref string to, ref bool isParted)
    {
        if (line.Value(Field.To) is not { } network) return;
        isParted = !network.Contains('/', StringComparison.Ordinal) && line.Peek() is ['/', .. var digits] && LineReader.IsNumber(digits, out _);
        to = isParted ? network + line.More() : network;
    }

    // goto 100, or goto none; 4.17 and 4.18 print: goto 100unresolved
    private static void Goto(ref LineReader line, ref string action, ref long? target)
    {
        if (line.Peek() is "none")
        {
            if (line.Value(Field.Action) is not null) action = "goto";
        }
        else if (line.Peek() is var word && word.EndsWith("unresolved") && LineReader.IsNumber(word[..^"unresolved".Length], out var first))
        {
            if (line.Value(Field.Action, word.Length - "unresolved".Length)) (action, target) = ("goto", first);
        }
        else if (line.LongNumber(Field.Action) is { } number)
        {
            (action, target) = ("goto", number);
        }
    }

    // 0x4000/0x4000; of a zero, newer versions print no 0x
    private static void Mark(ref LineReader line, ref uint? mark, ref uint? mask, ref bool hasHexZero)
    {
        var word = line.Peek();
        var slash = word.IndexOf('/');
        var first = slash < 0 ? word : word[..slash];
        var second = slash < 0 ? default : word[(slash + 1)..];
        if (!Hex(first, out var value) || (slash >= 0 && !Hex(second, out _))) return;
        Hex(second, out var bits);
        // one rule, one version
        var isOld = first is "0x0" || second is "0x0";
        if (isOld && (first is "0" || second is "0")) return;
        if (line.Value(Field.Mark) is null) return;
        (mark, mask, hasHexZero) = (value, slash < 0 ? null : bits, isOld);
    }

    private static bool Hex(ReadOnlySpan<char> word, out uint value)
    {
        value = 0;
        if (word is "0" or "0x0") return true;
        if (!word.StartsWith("0x")) return false;
        word = word[2..];
        return !word.IsEmpty && word[0] != '0' && !word.ContainsAnyExcept(HexDigits) && uint.TryParse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
