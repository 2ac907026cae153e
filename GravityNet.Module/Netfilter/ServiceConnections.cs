using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>
/// The tracked connections that a service port's rules once translated and that still lead to an endpoint which is gone. The rules are asked for a connection's first packet
/// alone; a client of UDP that keeps its port stays with its endpoint as long as it sends (conntrack(8)).
/// </summary>
internal sealed class ServiceConnections
{
    // of a connection that is over, or nearly so, only its ports are kept for a while (nf_conntrack_proto_tcp)
    private static readonly string[] Over = ["TIME_WAIT", "CLOSE"];

    private readonly Known<Connection> _known;
    private readonly KubeObjects? _objects;
    private readonly ILookup<(string Address, int Port, string Protocol), Connection> _translated;
    private readonly ILookup<(int Port, string Protocol), Connection> _byPort;

    private ServiceConnections(Known<Connection> known, KubeObjects? objects)
    {
        (_known, _objects) = (known, objects);
        var translated = known.Records
            .Where(c => c.Original is { DestinationPort: not null } && c.Reply.SourcePort is not null && c.Original.Destination != c.Reply.SourceAddress && !Over.Contains(c.State))
            .ToList();
        _translated = translated.ToLookup(c => (c.Original.Destination, c.Original.DestinationPort!.Value, c.Protocol));
        _byPort = translated.ToLookup(c => (c.Original.DestinationPort!.Value, c.Protocol));
    }

    /// <summary>
    /// Adds to each service port its connections to endpoints that the API does not have. Nothing is said where connections or endpoints are not known, and that is told.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="objects">What the API says; null where it was not asked.</param>
    /// <param name="rows">The node's service ports.</param>
    public static IEnumerable<ServiceNatChain> Apply(NodeState node, KubeObjects? objects, IReadOnlyList<ServiceNatChain> rows)
    {
        if (rows.Count == 0) return rows;
        var connections = new ServiceConnections(node.Connections, objects);
        return rows.Select(connections.Tell);
    }

    private ServiceNatChain Tell(ServiceNatChain row)
    {
        if (row.Service.Length == 0 || (row.Address.Length == 0 && row.NodePort is null && row.ExternalAddresses.Count == 0)) return row;
        if (WhyUnknown(row) is { Length: > 0 } why) return row with { NotChecked = Join(row.NotChecked, $"connections to endpoints that are gone: {why}") };

        var endpoints = _objects!.EndpointsOf(row.Namespace, row.Service)
            .Where(e => e.PortName == row.PortName && e.Protocol == row.Protocol).Select(e => (e.Address, e.Port)).ToHashSet();
        var stale = row.ExternalAddresses.Prepend(row.Address).Distinct().SelectMany(a => _translated[(a, row.Port, row.Protocol)])
            .Concat(row.NodePort is { } port ? _byPort[(port, row.Protocol)] : [])
            .Where(c => !endpoints.Contains((c.Reply.SourceAddress, c.Reply.SourcePort!.Value)))
            .DistinctBy(c => c.Source.Line).ToList();
        if (stale.Count == 0) return row;

        var lasting = stale.Where(c => c.Protocol == "udp").GroupBy(c => (c.Original.Destination, c.Original.DestinationPort, c.Reply.SourceAddress, c.Reply.SourcePort)).Select(g => Sentence([.. g])).ToList();
        return row with
        {
            TypedStaleConnections = stale,
            State = lasting.Count > 0 && row.State is ServiceChainStatus.Ok or ServiceChainStatus.Flawed or ServiceChainStatus.Missing ? ServiceChainStatus.Stale : row.State,
            Reason = lasting.Aggregate(row.Reason, Join),
        };
    }

    private string WhyUnknown(ServiceNatChain row)
    {
        if (!_known.IsKnown) return _known.Reason;
        // 'conntrack -L' lists IPv4 unless it is told otherwise
        if (Addresses.IsIPv6(row.Address) && !_known.Records.Any(c => Addresses.IsIPv6(c.Original.Destination))) return $"{row.Node}: 'conntrack -L' lists IPv4 alone";
        return _objects is null ? "the Kubernetes API was not asked"
            : _objects.Endpoints is null ? _objects.Unknown.GetValueOrDefault("kube-endpointslices", "the endpoints could not be read")
            : "";
    }

    private static string Sentence(IReadOnlyList<Connection> connections)
    {
        var (to, reply) = (connections[0].Original, connections[0].Reply);
        var unreplied = connections.Count(c => c.IsUnreplied);
        return string.Create(CultureInfo.InvariantCulture,
            $"{connections.Count} tracked udp connection{(connections.Count == 1 ? "" : "s")}{(unreplied > 0 ? $" ({unreplied} without a reply)" : "")} still lead{(connections.Count == 1 ? "s" : "")} to {Addresses.Join(reply.SourceAddress, reply.SourcePort!.Value)}, which is no endpoint of the service (end with: conntrack -D -p udp -d {to.Destination} --dport {to.DestinationPort} --dst-nat {reply.SourceAddress})");
    }

    private static string Join(string before, string sentence) => before.Length == 0 ? sentence : $"{before}; {sentence}";
}
