using System.Globalization;
using GravityNet.Netfilter;
using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// Says in nft's own language (nft(8)) what the JSON of rules, elements, keys, types and verdicts says. What it does not know stays JSON.
/// </summary>
internal static class NftText
{
    // packets, where a rule says none (nft(8), "limit statement")
    private const long UsualBurst = 5;

    /// <summary>An expression: a key, a type, a value, a verdict.</summary>
    public static string Of(JsonItem? item) => Of(item, Form.Plain);

    /// <summary>A rule as <c>nft list ruleset</c> prints it in its chain.</summary>
    public static string Of(NftRule rule)
    {
        var words = rule.Expressions.Select(e => Of(e, rule.Family));
        if (rule.Comment.Length > 0) words = words.Append(Comment(rule.Comment));
        return string.Join(' ', words);
    }

    /// <summary>An element of a set or a map, as nft prints it.</summary>
    public static string Of(NftElement element)
    {
        var comment = element.Comment.Length > 0 ? " " + Comment(element.Comment) : "";
        return element.Value.Length > 0 ? $"{element.Key}{comment} : {element.Value}" : element.Key + comment;
    }

    /// <summary>A comment with its keyword.</summary>
    public static string Comment(string comment) => $"comment {Quoted(comment)}";

    // what is printed in another way than JSON has it
    private enum Form
    {
        Plain,

        // eight hexadecimal digits
        Mark,

        // in quotes
        Name,
    }

    private static string Of(JsonItem? item, Form form)
    {
        if (item is null) return "";
        if (item.Items is { } parts) return string.Join(" . ", parts.Select(p => Of(p, form)));
        if (item.Members is not [var member]) return item.Members is null ? Scalar(item, form) : item.ToString();
        var (name, value) = NftExpression.Of(item);
        return name switch
        {
            "concat" => Of(value, form),
            "prefix" => $"{value.TextOf("addr")}/{value.TextOf("len")}",
            "range" when value.Items is [var first, var last] => $"{Of(first, form)}-{Of(last, form)}",
            "elem" => $"{Of(value["val"], form)}{Lifetime(value)}",
            "payload" when value.TextOf("field").Length > 0 => $"{value.TextOf("protocol")} {value.TextOf("field")}",
            "meta" => value.TextOf("key") is var key && key is "iif" or "iifname" or "iiftype" or "oif" or "oifname" or "oiftype" or "skuid" or "skgid" ? key : $"meta {value.TextOf("key")}",
            "ct" => $"ct {Spaced(value.TextOf("dir"))}{value.TextOf("key")}",
            "fib" => $"fib {string.Join(" . ", Words(value["flags"]))} {value.TextOf("result")}",
            "numgen" => $"numgen {value.TextOf("mode")} mod {value.TextOf("mod")}{(value.NumberOf("offset") is > 0 and var offset ? $" offset {offset}" : "")}",
            "set" => Braced(value, form),
            "map" => $"{Of(value["key"])} map {Data(value["data"])}",
            "|" or "&" or "^" or "<<" or ">>" when value.Items is [var left, var right] => $"{Of(left)} {name} {Of(right, IsMark(left) ? Form.Mark : form)}",
            "jump" or "goto" => $"{name} {value.TextOf("target")}",
            "accept" or "drop" or "return" or "continue" or "notrack" => name,
            _ => item.ToString(),
        };
    }

    /// <summary>A condition or statement of a rule.</summary>
    public static string Of(NftExpression expression, string family)
    {
        var (name, value) = expression;
        return name switch
        {
            "match" => Match(value),
            "vmap" => $"{Of(value["key"])} vmap {Data(value["data"])}",
            "mangle" => $"{Of(value["key"])} set {Of(value["value"], FormOf(value["key"]))}",
            "counter" => value.NumberOf("packets") is { } packets ? $"counter packets {packets} bytes {value.NumberOf("bytes")}" : value.Raw is ['"', ..] ? $"counter name {Quoted(value.Text)}" : "counter",
            "dnat" or "snat" or "masquerade" or "redirect" => Translation(name, value),
            "reject" => Reject(value, family),
            "set" => $"{value.TextOf("op")} {value.TextOf("set")} {{ {Of(value["elem"])} }}",
            "limit" when value.TextOf("rate_unit") is "" or "packets" =>
                $"limit rate {(value.TextOf("inv") == "true" ? "over " : "")}{value.TextOf("rate")}/{value.TextOf("per")}{(value.NumberOf("burst") is > 0 and not UsualBurst and var burst ? $" burst {burst} packets" : "")}",
            "log" when value.Members is null => "log",
            "log" when value.Members is { Count: 1 } && value.TextOf("prefix").Length > 0 => $"log prefix {Quoted(value.TextOf("prefix"))}",
            "xt" when value.TextOf("name").Length > 0 => $"xt {value.TextOf("type")} {Quoted(value.TextOf("name"))}",
            _ => Of(expression.Whole),
        };
    }

    private static string Match(JsonItem match)
    {
        var (left, right, op) = (match["left"], match["right"], match.TextOf("op"));
        if (left?["&"]?.Items is [var flags, var mask] && flags["payload"] is { } payload && (payload.TextOf("protocol"), payload.TextOf("field")) is ("tcp", "flags"))
            return $"{Of(flags)} {(op == "==" ? "" : op + " ")}{Listed(right)} / {Listed(mask)}";

        var form = FormOf(left);
        // flags are a list: any of them is enough
        var value = right?.Items is not null ? Listed(right)
            : left?["fib"] is { } fib && fib.TextOf("result").StartsWith("oif", StringComparison.Ordinal) && right?.Raw is "true" or "false" ? (right!.Raw == "true" ? "exists" : "missing")
            : Of(right, form);
        // what is equal has no sign, unless it was computed
        var sign = op is "in" || (op == "==" && !IsComputed(left)) ? "" : op + " ";
        return $"{Of(left)} {sign}{value}";
    }

    private static string Translation(string name, JsonItem value)
    {
        var (address, port) = (value["addr"], value["port"]);
        var to = (address, port) switch
        {
            (null, null) => "",
            (null, _) => $":{Of(port)}",
            (_, null) => Of(address),
            _ when address.Raw is ['"', ..] && Addresses.IsIPv6(address.Text) => $"[{address.Text}]:{Of(port)}",
            _ => $"{Of(address)}:{Of(port)}",
        };
        var family = value.TextOf("family") is { Length: > 0 } of ? " " + of : "";
        var flags = Words(value["flags"]) is { Count: > 0 } all ? " " + string.Join(',', all) : "";
        return $"{name}{family}{(to.Length > 0 ? $" to {to}" : "")}{flags}";
    }

    private static string Reject(JsonItem value, string family)
    {
        var (type, how) = (value.TextOf("type"), Of(value["expr"]));
        var isUsual = how == "port-unreachable" && (type, family) is ("icmp", "ip") or ("icmpv6", "ip6") or ("icmpx", "inet" or "bridge");
        return type.Length == 0 || isUsual ? "reject" : $"reject with {type}{(how.Length > 0 ? " " + how : "")}";
    }

    // a set by its name, or one that the rule brings
    private static string Data(JsonItem? data) => data?["set"] is { } own ? Braced(own, Form.Plain) : Of(data);

    private static string Braced(JsonItem set, Form form)
    {
        var elements = set.Items is { } items
            ? items.Select(i => i.Items is [var key, var value] ? $"{Of(key, form)} : {Of(value)}" : Of(i, form))
            : [Of(set, form)];
        return $"{{ {string.Join(", ", elements)} }}";
    }

    private static string Lifetime(JsonItem element) => element.NumberOf("timeout") is { } seconds ? $" timeout {Time(seconds)}" : "";

    /// <summary>Seconds as nft prints them: <c>3h</c>, <c>1m30s</c>.</summary>
    internal static string Time(long seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        var parts = new[] { (time.Days, "d"), (time.Hours, "h"), (time.Minutes, "m"), (time.Seconds, "s") }.Where(p => p.Item1 > 0).ToList();
        return parts.Count == 0 ? "0s" : string.Concat(parts.Select(p => p.Item1.ToString(CultureInfo.InvariantCulture) + p.Item2));
    }

    private static string Scalar(JsonItem item, Form form) =>
        form == Form.Name && item.Raw is ['"', not '@', ..] ? Quoted(item.Text)
        : form == Form.Mark && uint.TryParse(item.Raw, NumberStyles.None, CultureInfo.InvariantCulture, out var mark) ? string.Create(CultureInfo.InvariantCulture, $"0x{mark:x8}") : item.Text;

    private static string Listed(JsonItem? item) => item?.Items is { } items ? string.Join(',', items.Select(i => Of(i))) : Of(item);

    private static Form FormOf(JsonItem? key) =>
        IsMark(key) ? Form.Mark : key?["meta"] is { } meta && meta.TextOf("key") is "iif" or "iifname" or "oif" or "oifname" ? Form.Name : Form.Plain;

    private static bool IsMark(JsonItem? item) => item is not null && NftExpression.Of(item) switch
    {
        ("meta" or "ct", var value) => value.TextOf("key") == "mark",
        ("&" or "|" or "^" or "<<" or ">>", { Items: [var left, ..] }) => IsMark(left),
        _ => false,
    };

    private static bool IsComputed(JsonItem? item) => item is not null && NftExpression.Of(item).Name is "&" or "|" or "^" or "<<" or ">>";

    private static IReadOnlyList<string> Words(JsonItem? item) => item is null ? [] : item.Items is { } items ? [.. items.Select(i => i.Text)] : [item.Text];

    private static string Spaced(string word) => word.Length > 0 ? word + " " : "";

    private static string Quoted(string text) => $"\"{text}\"";
}
