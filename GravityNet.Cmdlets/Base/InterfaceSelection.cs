using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>
/// The interfaces of nodes that a cmdlet was asked about, one pair of names a record of the pipeline. No name means all.
/// </summary>
internal sealed class InterfaceSelection
{
    private readonly List<(List<WildcardPattern> Nodes, string[] Names, List<WildcardPattern> Interfaces)> _wanted = [];

    /// <summary>Adds what one record asks about.</summary>
    public void Add(string[]? nodes, string[] interfaces)
    {
        string[] names = [.. interfaces.Where(i => i.Length > 0)];
        _wanted.Add((Patterns(nodes ?? []), names, Patterns(names)));
    }

    /// <summary>Whether the interface of the node is asked about.</summary>
    public bool Contains(string node, string name) => _wanted.Exists(w => Matches(w.Nodes, node) && Matches(w.Interfaces, name));

    /// <summary>An error for each name without wildcards that a node has no interface of.</summary>
    public void TellMissing(string node, IReadOnlyCollection<string> known, PipelineWriter writer)
    {
        var literal = _wanted.Where(w => Matches(w.Nodes, node)).SelectMany(w => w.Names).Distinct().Where(n => !WildcardPattern.ContainsWildcardCharacters(n));
        foreach (var name in literal.Where(n => !known.Contains(n))) writer.Error(Errors.NotFound("interface", $"{node}/{name}", known));
    }

    private static bool Matches(List<WildcardPattern> patterns, string name) => patterns.Count == 0 || patterns.Exists(p => p.IsMatch(name));

    private static List<WildcardPattern> Patterns(string[] names) => [.. names.Where(n => n.Length > 0).Select(n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase))];
}
