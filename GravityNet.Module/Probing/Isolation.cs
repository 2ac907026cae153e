using System.Globalization;
using GravityNet.Findings;

namespace GravityNet.Probing;

/// <summary>
/// Finds the first broken hop of a failing pair, as an operator would: from the same node the target node's flannel.1, its cni0, the pod; then the pod from its own
/// node; and the way back. What was probed already is not probed again. The place comes from the stages, the cause from findings in the state of the nodes on the path.
/// </summary>
/// <param name="sites">The places of the cluster.</param>
internal sealed class Isolation(ProbeSites sites)
{
    // a service with hundreds of endpoints is told by a few of them
    private const int EndpointsTried = 6;

    /// <summary>The probes that tell where a failing one is broken.</summary>
    public IReadOnlyList<Probe> StagesOf(Probe failed)
    {
        if (failed.To.Service is null) return [.. PathStages(failed).DistinctBy(p => p.Key).Where(p => p.Key != failed.Key)];
        var endpoints = EndpointProbes(failed).ToList();
        return [.. endpoints.Concat(endpoints.SelectMany(PathStages)).DistinctBy(p => p.Key)];
    }

    /// <summary>
    /// Says where and why.
    /// </summary>
    /// <param name="failed">The failing probe's result.</param>
    /// <param name="probe">The failing probe.</param>
    /// <param name="answerOf">What a probe told; null for nothing.</param>
    /// <param name="findings">What is wrong in the state of the nodes.</param>
    public ReachabilityResult Judge(ReachabilityResult failed, Probe probe, Func<Probe, ProbeAnswer?> answerOf, IReadOnlyList<Finding> findings)
    {
        var stages = StagesOf(probe).Select(p => (Probe: p, Answer: answerOf(p))).Where(s => s.Answer is not null)
            .Select(s => $"{s.Probe.From.Name} -> {s.Probe.To.Text} ({s.Probe.To.Address}) {s.Probe.ProtocolWord}: {Word(s.Answer!)}").ToList();
        var passed = (Probe p) => answerOf(p)?.Passed;
        if (IsQuietFlannel(probe, passed))
        {
            return failed with
            {
                State = ProbeVerdict.Unknown,
                Detail = $"no answer from {probe.To.Text}; its cni0 answers, so the overlay works: a flannel.1 need not answer",
                Stages = stages,
            };
        }

        if (probe.To.Service is { } service) return JudgeService(failed with { Stages = stages }, probe, service, answerOf, findings);
        var spot = Locate(probe, passed);
        return Explain(failed with { Stages = stages }, probe, spot, findings);
    }

    private ReachabilityResult JudgeService(ReachabilityResult failed, Probe probe, Service service, Func<Probe, ProbeAnswer?> answerOf, IReadOnlyList<Finding> findings)
    {
        if (sites.ReadyEndpoints(service).Count == 0)
        {
            return failed with
            {
                FirstBrokenHop = $"{probe.From.Node}: {probe.To.Text}",
                LostAt = probe.From.Node,
                Cause = $"the service {service.Namespace}/{service.Name} has no ready endpoints: nothing can answer",
                Evidence = [service.Source.ToString()],
            };
        }

        // the service is as broken as the worst of its endpoints is to reach
        var endpoints = EndpointProbes(probe).ToList();
        var broken = endpoints.Find(e => answerOf(e)?.Passed == false);
        if (broken is not null) return Explain(failed, broken, Locate(broken, p => answerOf(p)?.Passed), findings);
        var allPass = endpoints.Count > 0 && endpoints.TrueForAll(e => answerOf(e)?.Passed == true);
        var hop = allPass ? $"{probe.From.Node}: {probe.To.Text}, whose endpoints answer" : "";
        return Explain(failed, probe, new(hop, allPass ? probe.From.Node : "", probe.From.Pod is null ? null : PathPart.Services, [probe.From.Node]), findings);
    }

    private static ReachabilityResult Explain(ReachabilityResult failed, Probe probe, BrokenSpot spot, IReadOnlyList<Finding> findings)
    {
        var errors = findings.Where(f => f.IsError).ToList();
        var causes = spot.Hop.Length > 0 ? errors.FindAll(f => IsAt(f, spot, probe)) : errors.FindAll(f => IsOnPath(f, probe));
        // without stages (a recording) the state alone tells: what is nearest to the origin comes first
        if (spot.Hop.Length == 0 && causes.Count > 0)
        {
            causes = [.. causes.OrderBy(f => f.Node == probe.From.Node ? 0 : 1).Take(1)];
            spot = SpotOf(causes[0], probe);
        }

        return failed with
        {
            FirstBrokenHop = spot.Hop,
            LostAt = spot.LostAt.Length > 0 ? spot.LostAt : causes.FirstOrDefault()?.Node ?? "",
            Cause = string.Join("; ", causes.Select(c => c.Message)),
            Evidence = [.. causes.SelectMany(c => c.Evidence).Distinct()],
        };
    }

    private static bool IsAt(Finding finding, BrokenSpot spot, Probe probe) =>
        IsOf(finding.Part, spot.Part) && spot.Nodes.Contains(finding.Node)
        && (finding.RemoteNode.Length == 0 || spot.Nodes.Contains(finding.RemoteNode) || finding.RemoteNode == probe.From.Node || finding.RemoteNode == probe.To.Node);

    // what a pod sends to a service is routed on its node, also to an endpoint there
    private static bool IsOf(PathPart part, PathPart? spot) => part == spot || (part, spot) switch
    {
        (PathPart.Arrival, PathPart.Node or PathPart.Overlay) => true,
        (PathPart.Node, PathPart.Services) => true,
        _ => false,
    };

    // A node's own traffic does not cross the routing between its bridge and its VXLAN device, a pod's does. Replies come back the same way.
    private static bool IsOnPath(Finding finding, Probe probe)
    {
        var (from, to) = (probe.From.Node, probe.To.Node);
        if (from == to) return false;
        return finding.Part switch
        {
            PathPart.Services => finding.Node == from && probe is { From.Pod: not null, To.Service: not null },
            PathPart.Node => (finding.Node == from && probe.From.Pod is not null) || (finding.Node == to && probe.To.Kind == ProbeTargetKind.Pod),
            _ => (finding.Node == from && finding.RemoteNode == to) || (finding.Node == to && finding.RemoteNode == from) || (finding.RemoteNode.Length == 0 && (finding.Node == from || finding.Node == to)),
        };
    }

    private static BrokenSpot SpotOf(Finding finding, Probe probe) => finding.Part switch
    {
        PathPart.Overlay or PathPart.Arrival => Overlay(probe.From.Node, probe.To.Node),
        PathPart.Services => new($"{finding.Node}: {probe.To.Text}", finding.Node, PathPart.Services, [finding.Node]),
        _ => finding.Node == probe.From.Node && probe.From.Pod is not null ? OriginSide(finding.Node) : TargetSide(finding.Node),
    };

    // The stages, in the order in which they are shown: there, then back.
    private IEnumerable<Probe> PathStages(Probe failed)
    {
        var (origin, target) = (failed.From, failed.To);
        var from = ProbeSites.Node(origin.Node);
        var isRemote = target.Node.Length > 0 && target.Node != origin.Node;
        if (isRemote)
        {
            foreach (var stop in (ProbeTarget?[])[sites.Underlay(target.Node), sites.Flannel(target.Node), sites.Bridge(target.Node)])
            {
                if (stop is not null) yield return Icmp(from, stop);
            }
        }

        yield return Icmp(from, target);
        if (failed.Protocol != ProbeProtocols.Icmp) yield return failed with { From = from };
        if (origin.Pod is not null) yield return Icmp(from, ProbeSites.To(origin.Pod));
        if (!isRemote || !sites.Nodes.Contains(target.Node)) yield break;

        var back = ProbeSites.Node(target.Node);
        if (target.Kind == ProbeTargetKind.Pod)
        {
            yield return Icmp(back, target);
            if (failed.Protocol != ProbeProtocols.Icmp) yield return failed with { From = back };
        }

        foreach (var stop in (ProbeTarget?[])[sites.Flannel(origin.Node), sites.Bridge(origin.Node), origin.Pod is null ? null : ProbeSites.To(origin.Pod)])
        {
            if (stop is not null) yield return Icmp(back, stop);
        }
    }

    private IEnumerable<Probe> EndpointProbes(Probe probe)
    {
        var service = probe.To.Service!;
        var port = service.Ports.FirstOrDefault(p => p.Port == probe.Port && p.Protocol == (probe.Protocol == ProbeProtocols.Dns ? "udp" : "tcp"));
        return from endpoint in sites.ReadyEndpoints(service).Where(e => port is null || (e.PortName == port.Name && e.Protocol == port.Protocol)).Take(EndpointsTried)
               select new Probe(probe.From, sites.At(endpoint.Address), probe.Protocol, endpoint.Port);
    }

    private BrokenSpot Locate(Probe failed, Func<Probe, bool?> passed)
    {
        var (origin, target) = (failed.From, failed.To);
        var from = ProbeSites.Node(origin.Node);
        // the node gets through where its pod does not: the way is broken between the two
        if (origin.Pod is { } pod && passed(failed with { From = from }) == true)
        {
            if (passed(Icmp(from, ProbeSites.To(pod))) == false) return PodSide(origin.Node, pod);
            return target.Node == origin.Node
                ? new($"{origin.Node}: between the ports of cni0", origin.Node, PathPart.Node, [origin.Node])
                : OriginSide(origin.Node);
        }

        if (target.Node.Length == 0) return BrokenSpot.Nowhere;
        if (target.Node == origin.Node) return AtPod(failed, from, passed);

        var pinged = passed(Icmp(from, target));
        var flannel = sites.Flannel(target.Node) is { } device ? passed(Icmp(from, device)) : null;
        var bridge = sites.Bridge(target.Node) is { } cni0 ? passed(Icmp(from, cni0)) : null;
        // a flannel.1 need not answer: the overlay is judged by whatever of the node answers through it
        if (flannel == true || bridge == true || (pinged == true && target.Kind == ProbeTargetKind.Pod)) return BehindOverlay(failed, from, pinged, passed);
        if (flannel is null && bridge is null) return BrokenSpot.Nowhere;
        return sites.Underlay(target.Node) is { } underlay && passed(Icmp(from, underlay)) == false
            ? new($"underlay between {origin.Node} and {target.Node}", "", null, [])
            : Overlay(origin.Node, target.Node);
    }

    private static BrokenSpot BehindOverlay(Probe failed, ProbeOrigin from, bool? pinged, Func<Probe, bool?> passed)
    {
        var target = failed.To;
        var own = ProbeSites.Node(target.Node);
        if (target.Kind != ProbeTargetKind.Pod) return pinged == false ? TargetSide(target.Node) : BrokenSpot.Nowhere;
        if (pinged == true) return failed.Protocol == ProbeProtocols.Icmp ? BrokenSpot.Nowhere : AtPort(failed, own, passed);
        return passed(Icmp(own, target)) switch
        {
            true => TargetSide(target.Node),
            false => PodSide(target.Node, target.Pod!),
            null => TargetSide(target.Node) with { Hop = $"{target.Node}: behind flannel.1" },
        };
    }

    private static BrokenSpot AtPod(Probe failed, ProbeOrigin from, Func<Probe, bool?> passed)
    {
        if (failed.To.Kind != ProbeTargetKind.Pod) return BrokenSpot.Nowhere;
        return passed(Icmp(from, failed.To)) switch
        {
            false => PodSide(failed.To.Node, failed.To.Pod!),
            true when failed.Protocol != ProbeProtocols.Icmp => AtPort(failed, from, passed),
            _ => BrokenSpot.Nowhere,
        };
    }

    // the pod answers pings: what is left is the port, at the pod or on the way to it
    private static BrokenSpot AtPort(Probe failed, ProbeOrigin own, Func<Probe, bool?> passed)
    {
        var port = string.Create(CultureInfo.InvariantCulture, $"{(failed.Protocol == ProbeProtocols.Dns ? "udp" : "tcp")} port {failed.Port}");
        return passed(failed with { From = own }) == false
            ? new($"{failed.To.Node}: {failed.To.Text}, {port}", failed.To.Node, null, [])
            : new($"{failed.To.Node}: between flannel.1 and {failed.To.Text}, {port} alone", failed.To.Node, null, []);
    }

    private static BrokenSpot OriginSide(string node) => new($"{node}: between cni0 and flannel.1", node, PathPart.Node, [node]);

    private static BrokenSpot TargetSide(string node) => new($"{node}: between flannel.1 and cni0", node, PathPart.Node, [node]);

    private static BrokenSpot PodSide(string node, Pod pod) => new($"{node}: between cni0 and pod {pod.Namespace}/{pod.Name}", node, null, [node]);

    private static BrokenSpot Overlay(string from, string to) => new($"between flannel.1 of {from} and flannel.1 of {to}", "", PathPart.Overlay, [from, to]);

    private bool IsQuietFlannel(Probe probe, Func<Probe, bool?> passed) =>
        probe.To.Kind == ProbeTargetKind.Flannel && sites.Bridge(probe.To.Node) is { } bridge && passed(probe with { To = bridge }) == true;

    private static Probe Icmp(ProbeOrigin from, ProbeTarget to) => new(from, to, ProbeProtocols.Icmp);

    private static string Word(ProbeAnswer answer)
    {
#pragma warning disable CA1308 // the words are lower case as ip's own are
        var word = answer.Verdict.ToString().ToLowerInvariant();
#pragma warning restore CA1308
        return answer.Verdict == ProbeVerdict.Unknown ? $"{word} ({answer.Detail})" : word;
    }
}
