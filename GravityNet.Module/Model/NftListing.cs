using System.Globalization;
using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// Prints chains, sets and maps as <c>nft list ruleset</c> does (nft(8)), from their objects.
/// </summary>
internal static class NftListing
{
    // nft(8), "priority": names that hold in every hook of ip, ip6 and inet, and those of one hook
    private static readonly (string Name, long Value, string Hook)[] Priorities =
        [("raw", -300, ""), ("mangle", -150, ""), ("dstnat", -100, "prerouting"), ("filter", 0, ""), ("security", 50, ""), ("srcnat", 100, "postrouting")];

    /// <summary>The lines of a table with these of its chains, sets and maps, in this order.</summary>
    public static IEnumerable<string> Table(string family, string name, IEnumerable<NftObject> objects)
    {
        yield return $"table {family} {name} {{";
        foreach (var one in objects)
        {
            foreach (var line in Lines(one)) yield return "\t" + line;
        }

        yield return "}";
    }

    /// <summary>The lines of a chain, a set or a map; none for another object.</summary>
    public static IEnumerable<string> Lines(NftObject one) => one switch
    {
        NftChain chain => Block($"chain {chain.Name}", [.. Words("comment", chain.Comment), .. Hook(chain), .. chain.Rules.Select(r => r.Text)]),
        NftSet set => Block($"{set.Kind} {set.Name}", [.. Head(set), .. Words("comment", set.Comment), .. Elements(set.Elements)]),
        _ => [],
    };

    private static IEnumerable<string> Block(string head, IEnumerable<string> lines) => [head + " {", .. lines.Select(l => "\t" + l), "}"];

    private static IEnumerable<string> Words(string word, string text) => text.Length > 0 ? [$"{word} \"{text}\""] : [];

    private static IEnumerable<string> Hook(NftChain chain) => chain.Hook.Length == 0 ? [] :
        [$"type {chain.Type} hook {chain.Hook} priority {Priority(chain)}; policy {(chain.Policy.Length > 0 ? chain.Policy : "accept")};"];

    private static string Priority(NftChain chain)
    {
        var number = chain.Priority ?? 0;
        // a number that is no more than ten from a name is told by it
        var (name, value, _) = Array.Find(Priorities, p => Math.Abs(number - p.Value) <= 10 && (p.Hook.Length == 0 || p.Hook == chain.Hook));
        if (name is null) return number.ToString(CultureInfo.InvariantCulture);
        return number == value ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {(number < value ? '-' : '+')} {Math.Abs(number - value)}");
    }

    private static IEnumerable<string> Head(NftSet set)
    {
        yield return $"type {set.Type}{(set.MapType.Length > 0 ? " : " + set.MapType : "")}";
        if (set.Json.NumberOf("size") is { } size) yield return string.Create(CultureInfo.InvariantCulture, $"size {size}");
        if (set.Json["flags"] is { } flags) yield return $"flags {(flags.Items is { } items ? string.Join(',', items.Select(i => i.Text)) : flags.Text)}";
        if (set.Timeout is { } timeout) yield return $"timeout {NftText.Time(timeout)}";
    }

    private static IEnumerable<string> Elements(IReadOnlyList<NftElement> elements)
    {
        for (var i = 0; i < elements.Count; i++)
            yield return $"{(i == 0 ? "elements = { " : "\t     ")}{NftText.Of(elements[i])}{(i == elements.Count - 1 ? " }" : ",")}";
    }
}
