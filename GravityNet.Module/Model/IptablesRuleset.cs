namespace GravityNet;

/// <summary>
/// All tables of one iptables flavour on one node, or in one pod's network namespace.
/// </summary>
public sealed class IptablesRuleset
{
    internal IptablesRuleset(string node, string fact)
    {
        Node = node;
        Fact = fact;
        // a flavour without any rules prints no header that tells which it is
        Flavor = fact switch { "iptables-legacy" => Legacy, "iptables-nft" => Nft, _ => "" };
    }

    /// <summary>The flavour of the older kernel interface.</summary>
    internal const string Legacy = "legacy";

    /// <summary>The flavour that writes to nf_tables.</summary>
    internal const string Nft = "nf_tables";

    /// <summary>The node.</summary>
    public string Node { get; }

    /// <summary>The fact: <c>iptables</c>, <c>ip6tables</c>, <c>iptables-legacy</c> and their kin.</summary>
    public string Fact { get; }

    /// <summary>The version that the text says, such as <c>1.8.9</c>; empty where it says none.</summary>
    public string Version { get; internal set; } = "";

    /// <summary><c>nf_tables</c> or <c>legacy</c>; empty where the text does not tell.</summary>
    public string Flavor { get; internal set; } = "";

    /// <summary>Whether these are rules of IPv6.</summary>
    public bool IsIPv6 => Fact.Contains("ip6tables", StringComparison.Ordinal);

    /// <summary>The tables in the text's order.</summary>
    public IReadOnlyList<IptablesTable> Tables => TableList;

    /// <summary>Remarks of the tool, such as that it cannot show a table, or that the other flavour has rules too.</summary>
    public IReadOnlyList<SourceLine> Notes => NoteList;

    /// <summary>Lines that the parser does not know, as printed.</summary>
    public IReadOnlyList<SourceLine> Unread => UnreadList;

    // the lines in the text's order: a table for its header, a chain, rules that follow each other, or the text of another line
    internal List<object> Lines { get; } = [];

    internal List<IptablesTable> TableList { get; } = [];

    internal List<SourceLine> NoteList { get; } = [];

    internal List<SourceLine> UnreadList { get; } = [];

    /// <summary>Whether kube-proxy wrote its services into these rules.</summary>
    internal bool HasServices => Table("nat")?.Chain("KUBE-SERVICES") is not null;

    /// <summary>The table of that name, or null.</summary>
    public IptablesTable? Table(string name) => TableList.Find(t => t.Name == name);

    /// <summary>The whole text, line by line, from the records: remarks, blank lines and those that nobody knows stand where they stood.</summary>
    public string Print() => Print(line => line);

    /// <summary>The whole text with each line changed: a table, a chain, a rule, or the text of another line.</summary>
    internal string Print(Func<object, object> change) => string.Join('\n', Lines.SelectMany(line => line is RuleRange rules ? rules : (IEnumerable<object>)[line]).Select(change));

    internal void AddLine(IptablesTable table, int rule)
    {
        if (Lines is not [.., RuleRange last] || !last.Extend(table, rule)) Lines.Add(new RuleRange(table, rule, 1));
    }
}
