using GravityNet.Facts;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// A pod's network namespace as the commands inside it tell it.
/// </summary>
public sealed class NamespaceState
{
    private readonly NodeState _node;
    private readonly Lazy<Known<Link>> _links;
    private readonly Lazy<Known<Route>> _routes;
    private readonly Lazy<Known<Neighbor>> _neighbors;

    internal NamespaceState(NodeState node, NamespaceFacts facts)
    {
        _node = node;
        Facts = facts;
        _links = new(() => Read("ip-addr", IpLinks.Parse));
        _routes = new(() => Read("ip-route", IpRoutes.Parse));
        _neighbors = new(() => Read("ip-neighbor", IpNeighbors.Parse));
    }

    /// <summary>What was answered inside.</summary>
    public NamespaceFacts Facts { get; }

    /// <summary>The links inside; empty where unknown.</summary>
    public IReadOnlyList<Link> Links => _links.Value.Records;

    /// <summary>Why the links are unknown; empty where they are known.</summary>
    public string LinksUnknown => _links.Value.Reason;

    /// <summary>The routes of all tables inside.</summary>
    public Known<Route> Routes => _routes.Value;

    /// <summary>The neighbor entries inside.</summary>
    public Known<Neighbor> Neighbors => _neighbors.Value;

    /// <summary>The global IPv4 and IPv6 addresses inside.</summary>
    public IEnumerable<string> Addresses => Links.SelectMany(l => l.Addresses).Where(a => a.Scope == "global").Select(a => a.Address);

    private Known<T> Read<T>(string fact, Func<string, string, string, Parsed<T>> parse) => Facts.Facts.GetValueOrDefault(fact) switch
    {
        null => new([], $"{_node.Node}: '{fact}' was not collected inside the pod"),
        { Answered: true } answer => new(parse(_node.Node, $"pods/{Facts.Key}/{fact}", answer.WholeText).Records, answer.Damage.Length > 0 ? $"{_node.Node}: {answer.Damage} (of a pod, {Facts.Key})" : ""),
        var failed => new([], $"{_node.Node}: {failed.Reason}"),
    };
}
