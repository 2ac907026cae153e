using GravityNet.Netfilter;
using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A rule of nf_tables.
/// </summary>
public sealed record NftRule() : NftObject("rule")
{
    private static readonly string[] Verdicts = ["accept", "drop", "return", "continue", "jump", "goto", "reject", "queue"];

    /// <summary>The table's name.</summary>
    public string Table { get => Json.TextOf("table"); init => Json = Json.With("table", JsonItem.Of(value)); }

    /// <summary>The chain's name.</summary>
    public string Chain { get => Json.TextOf("chain"); init => Json = Json.With("chain", JsonItem.Of(value)); }

    /// <summary>The rule as <c>nft list ruleset</c> prints it in its chain; what is not known of it stays JSON.</summary>
    public string Text => NftText.Of(this);

    /// <summary>accept, drop, return, continue, jump, goto, reject or queue; empty for a rule that decides nothing by itself (dnat, masquerade, a verdict map, a mark).</summary>
    public string Verdict => Expressions.Select(e => e.Name).LastOrDefault(n => Verdicts.Contains(n), "");

    /// <summary>The chain that <c>jump</c> or <c>goto</c> leads to; empty for another rule.</summary>
    public string Target
    {
        get => Expression(Verdict)?.Value.TextOf("target") ?? "";
        init
        {
            if (Verdict is "jump" or "goto") Json = Changed(Verdict, v => v.With("target", JsonItem.Of(value)));
        }
    }

    /// <summary>
    /// Where <c>dnat</c> sends packets, as <c>ADDRESS:PORT</c>; empty for a rule without one, and for one whose address comes out of a map.
    /// </summary>
    public string ToDestination
    {
        get
        {
            if (Expression("dnat")?.Value is not { } to || to.TextOf("addr") is not { Length: > 0 } address) return "";
            return to.NumberOf("port") is { } port ? Addresses.Join(address, (int)port) : address;
        }

        init
        {
            var hasPort = Addresses.TrySplit(value, out var address, out var port);
            Json = Changed("dnat", to => to.With("addr", JsonItem.Of(hasPort ? address : value)).With("port", hasPort ? JsonItem.Of(port) : null));
        }
    }

    /// <summary>Whether it gives packets the node's own address.</summary>
    public bool IsMasquerade => Expression("masquerade") is not null;

    /// <summary>Packets that matched; null for a rule that does not count.</summary>
    public long? Packets { get => Expression("counter")?.Value.NumberOf("packets"); init => Json = Changed("counter", c => c.With("packets", Number(value))); }

    /// <summary>Bytes of these packets; null for a rule that does not count.</summary>
    public long? Bytes { get => Expression("counter")?.Value.NumberOf("bytes"); init => Json = Changed("counter", c => c.With("bytes", Number(value))); }

    /// <summary>What is looked up in a verdict map (<c>vmap</c>), in nft's words: <c>numgen random mod 2</c>, <c>ip daddr . meta l4proto . th dport</c>; empty for another rule.</summary>
    public string MapKey => NftText.Of(Expression("vmap")?.Value["key"]);

    /// <summary>The name of the verdict map that is looked into; empty for another rule, and for one that brings its own.</summary>
    public string MapName => Expression("vmap")?.Value["data"] is { Raw: var raw } data && raw.StartsWith("\"@", StringComparison.Ordinal) ? data.Text[1..] : "";

    /// <summary>The verdict map that the rule brings: of kube-proxy's service chains, a number and the endpoint's chain that it leads to.</summary>
    public IReadOnlyList<NftElement> MapElements => NftElement.Of(Expression("vmap")?.Value["data"]?["set"]);

    /// <summary>The expressions in order.</summary>
    internal IReadOnlyList<NftExpression> Expressions => [.. (Json["expr"]?.Items ?? []).Select(NftExpression.Of)];

    internal NftExpression? Expression(string name) => Expressions.FirstOrDefault(e => e.Name == name);

    private JsonItem Changed(string name, Func<JsonItem, JsonItem> change)
    {
        var items = (Json["expr"]?.Items ?? []).ToList();
        var at = items.FindIndex(i => NftExpression.Of(i).Name == name);
        if (at < 0) return Json;
        items[at] = items[at].With(name, change(NftExpression.Of(items[at]).Value));
        return Json.With("expr", new() { Items = items });
    }
}
