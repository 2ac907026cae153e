using GravityNet.Facts;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// A pod's network namespace as the commands inside it tell it.
/// </summary>
public sealed class NamespaceState
{
    private readonly Lazy<IReadOnlyList<Link>> _links;

    internal NamespaceState(NodeState node, NamespaceFacts facts)
    {
        Facts = facts;
        _links = new(() => facts.Facts.GetValueOrDefault("ip-addr") is { Answered: true } fact
            ? IpLinks.Parse(node.Node, $"pods/{facts.Key}/ip-addr", fact.Text).Records
            : []);
    }

    /// <summary>What was answered inside.</summary>
    public NamespaceFacts Facts { get; }

    /// <summary>The links inside; empty where unknown.</summary>
    public IReadOnlyList<Link> Links => _links.Value;

    /// <summary>The global IPv4 and IPv6 addresses inside.</summary>
    public IEnumerable<string> Addresses => Links.SelectMany(l => l.Addresses).Where(a => a.Scope == "global").Select(a => a.Address);
}
