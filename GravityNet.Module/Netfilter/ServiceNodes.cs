namespace GravityNet.Netfilter;

/// <summary>
/// Compares the nodes' rules for each service port: with the API where it is known, else with each other. No node is taken to be right because more are like it.
/// </summary>
internal static class ServiceNodes
{
    /// <summary>Compares.</summary>
    /// <param name="rows">The service ports of all nodes.</param>
    /// <param name="notCompared">The nodes that nothing is known of, each with the reason.</param>
    /// <param name="objects">What the API says; null where it was not asked.</param>
    public static IEnumerable<ServiceNodeComparison> Compare(IReadOnlyList<ServiceNatChain> rows, IReadOnlyList<string> notCompared, KubeObjects? objects)
    {
        var isKnown = objects is { Services: not null, Endpoints: not null };
        var nodes = rows.Select(r => r.Node).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var group in rows.GroupBy(Key))
        {
            var of = group.OrderBy(r => r.Node, StringComparer.Ordinal).ToList();
            // no rule has a part in it, so no node can be behind
            if (of.TrueForAll(r => r.State is ServiceChainStatus.Headless or ServiceChainStatus.ExternalName && r.Problems.Count == 0)) continue;
            yield return WithModes(isKnown ? WithApi(of, nodes, notCompared, objects!) : WithEachOther(of, nodes, notCompared, objects), of);
        }
    }

    private static (string, string, string, string, string) Key(ServiceNatChain row) =>
        row.Service.Length > 0
            ? (row.Namespace, row.Service, row.PortName, row.Protocol, Addresses.IsIPv6(row.Address) ? "IPv6" : "")
            : (row.Chain, row.Address, "", row.Protocol, row.Problems.Count > 0 ? row.Problems[0].Chain : "");

    private static ServiceNodeComparison WithApi(List<ServiceNatChain> rows, List<string> nodes, IReadOnlyList<string> notCompared, KubeObjects objects)
    {
        var service = objects.Services!.FirstOrDefault(s => s.Namespace == rows[0].Namespace && s.Name == rows[0].Service);
        var endpoints = objects.EndpointsOf(rows[0].Namespace, rows[0].Service).Where(e => e.PortName == rows[0].PortName && e.Protocol == rows[0].Protocol).ToList();
        // an endpoint that is gone was in any of the slices
        var since = endpoints.TrueForAll(e => e.ChangedAt is not null) ? endpoints.Max(e => e.ChangedAt) : null;
        var differences = rows.SelectMany(r => OfRow(r, service, endpoints, since)).ToList();
        var behind = differences.Select(d => d.Node).Distinct().ToList();
        // rules that nothing was found wrong with, and too little is known of
        var unknown = rows.Where(r => r.State == ServiceChainStatus.Unknown).Select(r => $"{r.Node}: {r.Reason}").ToList();
        return Result(rows, nodes, notCompared) with
        {
            Node = behind.Count > 0 ? behind : nodes,
            Differences = differences,
            State = behind.Count > 0 ? ServiceNodeStatus.Lagging : unknown.Count > 0 ? ServiceNodeStatus.Unknown : ServiceNodeStatus.Ok,
            NotKnown = string.Join("; ", unknown),
        };
    }

    private static IEnumerable<ServiceNodeDifference> OfRow(ServiceNatChain row, Service? service, List<ServiceEndpoint> endpoints, DateTimeOffset? since)
    {
        if (row.State == ServiceChainStatus.Ghost || (service is null && row.Rules.Count > 0))
        {
            var rule = row.Rules.FirstOrDefault(r => KubeChainNames.IsServiceChain(r.Target)) ?? (row.Rules is [var first, ..] ? first : null);
            yield return new() { Node = row.Node, DifferenceKind = ServiceNodeDifferenceKind.StaleService, Reason = $"{row.Node} has rules of a service port that the API does not have", Evidence = rule?.Evidence ?? "" };
            yield break;
        }

        var stale = row.Endpoints.Where(e => e.EndpointState is EndpointState.Stale or EndpointState.NotReady).DistinctBy(e => (e.Address, e.Port)).ToList();
        foreach (var endpoint in stale)
        {
            var why = endpoint.EndpointState == EndpointState.NotReady ? "is not ready" : "is no endpoint of the service";
            yield return Of(row.Node, ServiceNodeDifferenceKind.StaleEndpoint, endpoint, $"{row.Node} leads to {Addresses.Join(endpoint.Address, endpoint.Port)}, which {why}", Translation(row, endpoint)) with { Since = since };
        }

        foreach (var endpoint in row.Missing)
        {
            var inApi = endpoints.Find(e => e.Address == endpoint.Address && e.Port == endpoint.Port);
            yield return Of(row.Node, ServiceNodeDifferenceKind.MissingEndpoint, endpoint, $"{row.Node} has no rule to {Addresses.Join(endpoint.Address, endpoint.Port)}", inApi?.Source.ToString() ?? "") with { Since = inApi?.ChangedAt };
        }

        if (row.State == ServiceChainStatus.NoJump) yield return new() { Node = row.Node, DifferenceKind = ServiceNodeDifferenceKind.MissingJump, Reason = $"{row.Node}: {row.Reason}", Evidence = Proof(row) };

        if (service is not null && row.Endpoints.Count > 0 && row.AffinitySeconds != service.AffinitySeconds)
        {
            var rule = row.Rules.FirstOrDefault(ServiceChains.IsAffinity) ?? row.Rules.FirstOrDefault(r => r.Chain == row.Chain);
            yield return new()
            {
                Node = row.Node,
                DifferenceKind = ServiceNodeDifferenceKind.Affinity,
                Reason = $"{row.Node} keeps clients at their endpoint {Time(row.AffinitySeconds)}, and the API says {Time(service.AffinitySeconds)}",
                Evidence = rule?.Evidence ?? "",
            };
        }

        foreach (var problem in row.Problems.Where(p => !stale.Exists(e => e.Chain == p.Chain)))
            yield return new() { Node = row.Node, DifferenceKind = ServiceNodeDifferenceKind.Problem, Reason = $"{row.Node}: {problem.Reason}", Evidence = problem.Sources.Count > 0 ? problem.Sources[^1].ToString() : "" };
    }

    private static ServiceNodeComparison WithEachOther(List<ServiceNatChain> rows, List<string> nodes, IReadOnlyList<string> notCompared, KubeObjects? objects)
    {
        var why = objects is null ? "the Kubernetes API was not asked"
            : objects.Unknown.GetValueOrDefault("kube-services", objects.Unknown.GetValueOrDefault("kube-endpointslices", "the endpoints could not be read"));
        var differences = new List<ServiceNodeDifference>();
        var has = rows.Select(r => r.Node).Distinct().ToList();
        if (has.Count < nodes.Count)
        {
            differences.AddRange(rows.DistinctBy(r => r.Node).Select(r => new ServiceNodeDifference
            {
                Node = r.Node,
                DifferenceKind = ServiceNodeDifferenceKind.OtherService,
                Reason = $"{r.Node} has rules for it, and {Names(nodes.Except(has))} none",
                Evidence = Proof(r),
            }));
        }

        // where traffic stays on the node that it comes to, each has its own endpoints
        var isLocal = rows.Exists(IsLocal);
        if (!isLocal)
        {
            foreach (var endpoint in rows.SelectMany(r => r.Endpoints).Where(e => e.Address.Length > 0).DistinctBy(e => (e.Address, e.Port)))
            {
                var with = rows.FindAll(r => r.Endpoints.Any(e => e.Address == endpoint.Address && e.Port == endpoint.Port));
                var without = has.Except(with.Select(r => r.Node)).ToList();
                if (without.Count == 0) continue;
                differences.AddRange(with.Select(r => Of(
                    r.Node, ServiceNodeDifferenceKind.OtherEndpoint, endpoint, $"{r.Node} leads to {Addresses.Join(endpoint.Address, endpoint.Port)}, and {Names(without)} not",
                    Translation(r, r.Endpoints.First(e => e.Address == endpoint.Address && e.Port == endpoint.Port)))));
            }
        }

        var times = rows.Where(r => r.Endpoints.Count > 0).GroupBy(r => r.AffinitySeconds ?? -1).ToList();
        if (times.Count > 1)
        {
            differences.AddRange(times.SelectMany(g => g).Select(r => new ServiceNodeDifference
            {
                Node = r.Node,
                DifferenceKind = ServiceNodeDifferenceKind.OtherAffinity,
                Reason = $"{r.Node} keeps clients at their endpoint {Time(r.AffinitySeconds)}, and others not as long",
                Evidence = (r.Rules.FirstOrDefault(ServiceChains.IsAffinity) ?? r.Rules.FirstOrDefault(rule => rule.Chain == r.Chain))?.Evidence ?? "",
            }));
        }

        // these are known without the API
        var wrong = rows.SelectMany(r => (r.State == ServiceChainStatus.NoJump ? [new ServiceNodeDifference { Node = r.Node, DifferenceKind = ServiceNodeDifferenceKind.MissingJump, Reason = $"{r.Node}: {r.Reason}", Evidence = Proof(r) }] : Array.Empty<ServiceNodeDifference>())
            .Concat(r.Problems.Select(p => new ServiceNodeDifference { Node = r.Node, DifferenceKind = ServiceNodeDifferenceKind.Problem, Reason = $"{r.Node}: {p.Reason}", Evidence = p.Sources.Count > 0 ? p.Sources[^1].ToString() : "" }))).ToList();
        return Result(rows, nodes, notCompared) with
        {
            Node = differences.Count == 0 && wrong.Count > 0 ? [.. wrong.Select(d => d.Node).Distinct()] : nodes,
            Differences = [.. wrong, .. differences],
            State = differences.Count > 0 ? ServiceNodeStatus.Differing : wrong.Count > 0 ? ServiceNodeStatus.Lagging : ServiceNodeStatus.Unknown,
            NotKnown = (isLocal ? "its traffic may have to stay on a node, so the nodes' endpoints are not compared; " : "")
                + $"{(differences.Count > 0 ? "who is right" : "whether the rules are right")} is not known: {why}",
        };
    }

    // kube-proxy works the same in each mode, and that nodes differ in it is seldom meant
    private static ServiceNodeComparison WithModes(ServiceNodeComparison comparison, List<ServiceNatChain> rows)
    {
        var modes = rows.Where(r => r.State is not (ServiceChainStatus.Headless or ServiceChainStatus.ExternalName)).GroupBy(r => r.Mode).ToList();
        if (modes.Count < 2) return comparison;
        return comparison with
        {
            Differences = [.. comparison.Differences, .. modes.SelectMany(g => g.Select(r => new ServiceNodeDifference
            {
                Node = r.Node,
                DifferenceKind = ServiceNodeDifferenceKind.OtherMode,
                Reason = $"{r.Node} works in {r.Mode} mode, and {string.Join(", ", rows.Where(o => o.Mode != r.Mode).Select(o => o.Node).Distinct())} not",
            }))],
            State = comparison.State == ServiceNodeStatus.Lagging ? comparison.State : ServiceNodeStatus.Differing,
            NotKnown = comparison.NotKnown.Length > 0 ? comparison.NotKnown : "which mode is meant is not known",
        };
    }

    private static bool IsLocal(ServiceNatChain row) =>
        row.Chain.StartsWith("KUBE-SVL-", StringComparison.Ordinal) || row.Rules.Any(r => r is { Target: "DROP" or "REJECT", DestinationAddress.Length: > 0 } && r.Comment.EndsWith(" has no local endpoints", StringComparison.Ordinal));

    private static ServiceNodeComparison Result(List<ServiceNatChain> rows, List<string> nodes, IReadOnlyList<string> notCompared) => new()
    {
        Namespace = rows[0].Namespace,
        Service = rows[0].Service,
        PortName = rows[0].PortName,
        Protocol = rows[0].Protocol,
        Address = rows[0].Address,
        Port = rows[0].Port,
        NotCompared = notCompared,
        Nodes =
        [
            .. nodes.SelectMany(n => rows.Where(r => r.Node == n).Select(r => new ServiceNodeRules
            {
                Node = n,
                Mode = r.Mode,
                Flavor = r.Flavor,
                Status = r.Status,
                Endpoints = string.Join(' ', r.Endpoints.Select(e => e.Address.Length > 0 ? Addresses.Join(e.Address, e.Port) : e.Chain)),
                AffinitySeconds = r.AffinitySeconds,
            }).DefaultIfEmpty(new() { Node = n })),
        ],
    };

    private static ServiceNodeDifference Of(string node, ServiceNodeDifferenceKind kind, ServiceChainEndpoint endpoint, string reason, string evidence) =>
        new() { Node = node, DifferenceKind = kind, Address = endpoint.Address, Port = endpoint.Port, Reason = reason, Evidence = evidence };

    private static string Translation(ServiceNatChain row, ServiceChainEndpoint endpoint) =>
        (row.Rules.FirstOrDefault(r => r.Chain == endpoint.Chain && r.ToDestination.Length > 0) ?? row.Rules.FirstOrDefault(r => r.Target == endpoint.Chain))?.Evidence ?? "";

    // the rule where the service's traffic is recognised
    private static string Proof(ServiceNatChain row) =>
        (row.Rules.FirstOrDefault(r => r.DestinationAddress.Length > 0) ?? (row.Rules is [var first, ..] ? first : null))?.Evidence ?? "";

    private static string Names(IEnumerable<string> nodes) => string.Join(", ", nodes);

    private static string Time(int? seconds) => seconds is { } s ? $"for {s} s" : "for no time";
}
