using System.Management.Automation;
using GravityNet.Capturing;
using GravityNet.Overlay;
using GravityNet.Probing;
using GravityNet.Sources;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Invoke-NodeCapture</c>: tcpdump on several nodes and interfaces at once, bounded in count and time, decoded through VXLAN. Out of a snapshot it gives the
/// packets that were saved.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "NodeCapture", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(CapturedPacket))]
public sealed class InvokeNodeCaptureCommand : ClusterCmdlet
{
    private readonly List<(string Node, string[] Interfaces)> _wanted = [];
    private readonly List<ReachabilityResult> _probes = [];

    /// <summary>The nodes to capture on; wildcards work. All nodes unless given.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Node { get; set; }

    /// <summary>The interfaces to capture on. cni0, the VXLAN device and the underlay's interface unless given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[]? Interface { get; set; }

    /// <summary>A result of Test-PodReachability: its probe is sent again while both nodes capture it.</summary>
    [Parameter(ValueFromPipeline = true)]
    public ReachabilityResult? InputObject { get; set; }

    /// <summary>A filter in tcpdump's language (pcap-filter(7)): <c>icmp</c>, <c>port 53</c>, <c>host 10.244.19.3</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Filter { get; set; }

    /// <summary>The most packets to capture on each interface.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int Count { get; set; } = 1000;

    /// <summary>How long to capture. With a result of Test-PodReachability it ends two seconds after the probe at the latest.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int Seconds { get; set; } = 10;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _probes.Add(InputObject);
            return;
        }

        foreach (var node in Node ?? (MyInvocation.ExpectingInput ? [] : ["*"])) _wanted.Add((node, Interface ?? []));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_wanted.Count == 0 && _probes.Count == 0) return;
        var cluster = Connection;
        foreach (var name in _wanted.SelectMany(w => w.Interfaces).Where(i => !CapturePlan.IsInterfaceName(i)).Distinct())
        {
            ThrowTerminatingError(Errors.Create(
                new ArgumentException($"'{name}' is not the name of a network interface."),
                "InterfaceInvalid",
                ErrorCategory.InvalidArgument,
                name,
                $"'{name}' is not the name of a network interface: 1 to 15 visible characters without '/'.",
                "Get-NodeBridge and Get-VxlanFdb give names of interfaces."));
        }

        if (cluster.Snapshot is not null && Filter is not null)
        {
            ThrowTerminatingError(Errors.Create(
                new InvalidOperationException("-Filter is tcpdump's, and nothing runs on a snapshot."),
                "FilterNeedsLiveNode",
                ErrorCategory.InvalidOperation,
                cluster.Name,
                "-Filter is tcpdump's, and nothing runs on a snapshot.",
                "Filter the packets instead: Invoke-NodeCapture | Where-Object Protocol -eq icmp"));
        }

        var nodes = string.Join(", ", _wanted.Select(w => w.Node).Concat(_probes.SelectMany(p => new[] { p.Node, p.ToNode })).Where(n => n.Length > 0).Distinct());
        if (cluster.IsLive && !ShouldProcess(nodes, $"Capture packets for at most {Seconds} s")) return;
        Run((writer, cancel) => cluster.Snapshot is null ? CaptureAsync(cluster, writer, cancel) : ReadSavedAsync(cluster, writer));
    }

    private async Task CaptureAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel)
    {
        var interfaces = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (pattern, names) in _wanted)
        {
            foreach (var node in SelectNodes(cluster, [pattern], writer)) Add(node, names);
        }

        foreach (var probe in _probes)
        {
            foreach (var node in new[] { probe.Node, probe.ToNode }.Where(n => n.Length > 0)) Add(node, Interface ?? []);
        }

        if (interfaces.Count == 0) return;
        var filter = Filter ?? (_probes.Count > 0 ? string.Join(" or ", _probes.Select(FilterOf).Distinct()) : null);
        var targets = new List<CaptureTarget>();
        await foreach (var state in AskAsync(cluster, [.. interfaces.Keys], new("ip-addr"), [], writer, cancel).ConfigureAwait(false))
        {
            if (cluster.Sources.First(s => s.Name == state.Node).Shell is not { } shell) continue;
            var names = interfaces[state.Node];
            var underlay = UnderlayOf(state);
            foreach (var name in names.Count > 0 ? names : Usual(state, underlay))
            {
                var port = cluster.Port ?? 8472;
                targets.Add(new(shell, new CapturePlan
                {
                    Interface = name,
                    // a pod's packet is inside a VXLAN datagram there, where no filter sees it: all of VXLAN is captured and sifted here
                    Filter = name == underlay ? CapturePlan.OnUnderlay(filter, port) : filter,
                    Count = Count,
                    Seconds = Seconds,
                    Ports = VxlanPorts.With(port),
                }));
            }
        }

        if (targets.Count == 0) return;
        var session = new CaptureSession(targets)
        {
            Trigger = _probes.Count == 0 ? null : token => SendAgainAsync(cluster, writer, token),
            StopAfterTrigger = _probes.Count == 0 ? null : TimeSpan.FromSeconds(1),
        };
        var summaries = await session.RunAsync(writer.Write, cancel).ConfigureAwait(false);
        foreach (var summary in summaries)
        {
            if (summary.Failure is { } failure) writer.Error(failure);
            else if (summary.DroppedByKernel > 0) writer.Warning($"{summary}: packets are missing; give a narrower -Filter.");
            else writer.Verbose(summary.ToString());
        }

        void Add(string node, string[] names)
        {
            if (!interfaces.TryGetValue(node, out var list)) interfaces[node] = list = [];
            list.AddRange(names.Where(n => !list.Contains(n)));
        }
    }

    private async Task SendAgainAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel)
    {
        var options = new ReachabilityOptions { Selections = [.. _probes.Select(ProbeSelection.Again)], Isolate = false };
        var listener = new ReachabilityListener { Problem = writer.Error, Verbose = writer.Verbose };
        await foreach (var result in Reachability.RunAsync(cluster, options, listener, cancel).ConfigureAwait(false)) writer.Verbose($"sent again: {result}");
    }

    private static string? UnderlayOf(NodeState state) =>
        VxlanFdb.DeviceOf(state)?.Vxlan?.Interface is { Length: > 0 } name
            ? name
            : state.Links.Records.FirstOrDefault(l => l.Inet.Any(a => a.Address == state.Address))?.Interface;

    // what a packet of a pod's passes on a node, from the pod outwards
    private static IEnumerable<string> Usual(NodeState state, string? underlay) =>
        new[] { state.Link("cni0")?.Interface, VxlanFdb.DeviceOf(state)?.Interface, underlay }.OfType<string>().Distinct();

    private static string FilterOf(ReachabilityResult probe) => probe.Protocol switch
    {
        "icmp" => $"(icmp and host {probe.Address})",
        // a service's address is another one behind its translation
        "dns" => "(udp port 53)",
        _ => $"(tcp port {probe.Port})",
    };

    private Task ReadSavedAsync(GravityCluster cluster, PipelineWriter writer)
    {
        var wanted = _wanted.Concat(_probes.SelectMany(p => new[] { p.Node, p.ToNode }).Where(n => n.Length > 0).Select(n => (Node: n, Interfaces: Interface ?? []))).ToList();
        foreach (var (pattern, _) in wanted) SelectNodes(cluster, [pattern], writer);
        var found = 0;
        foreach (var (node, name, bytes) in cluster.Snapshot!.Captures())
        {
            if (!wanted.Exists(w => WildcardPattern.Get(w.Node, WildcardOptions.IgnoreCase).IsMatch(node) && (w.Interfaces.Length == 0 || w.Interfaces.Contains(name)))) continue;
            found++;
            var packets = CaptureFile.Read(bytes(), node, name, out var problem, VxlanPorts.With(cluster.Port ?? 8472));
            foreach (var packet in packets.Take(Count)) writer.Write(packet);
            if (packets.Count > Count) writer.Verbose($"{node} {name}: {packets.Count} packets are saved, -Count {Count} are given");
            if (problem is not null) writer.Warning($"{node} {name}: {problem}");
        }

        if (found == 0)
        {
            writer.Error(Errors.Create(
                new ItemNotFoundException("The snapshot holds no such capture."),
                "CaptureNotFound",
                ErrorCategory.ObjectNotFound,
                cluster.Name,
                "The snapshot holds no capture of these nodes and interfaces.",
                $"It holds: {string.Join(", ", cluster.Snapshot.Captures().Select(c => $"{c.Node} {c.Interface}").DefaultIfEmpty("none"))}."));
        }

        return Task.CompletedTask;
    }
}
