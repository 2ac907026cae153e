using System.Management.Automation;
using System.Net;
using GravityNet.Probing;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Test-PodReachability</c>: sends real probes from nodes and from inside pods, and says for each pair that fails where its path is broken and why.
/// Nothing is changed on any node; the probes are bounded in count and time.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "PodReachability")]
[OutputType(typeof(ReachabilityResult))]
public sealed class TestPodReachabilityCommand : ClusterCmdlet
{
    private const string Forms = "Say node:NAME, pod:NAMESPACE/NAME, service:NAMESPACE/NAME or an address.";

    private readonly List<ProbeSelection> _piped = [];

    /// <summary>
    /// Where probes start: <c>node:NAME</c>, <c>pod:NAMESPACE/NAME</c>, <c>NAMESPACE/NAME</c>, or the address of either; wildcards work. Each node and one pod of it unless given.
    /// </summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string[] From { get; set; } = [];

    /// <summary>
    /// Where probes go: as -From, and <c>service:NAMESPACE/NAME</c> and any address. A node stands for its flannel.1, its cni0 and one of its pods.
    /// Every node and the cluster's DNS unless given.
    /// </summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string[] To { get; set; } = [];

    /// <summary>Only probes that start on these nodes; wildcards work.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string[] Node { get; set; } = [];

    /// <summary>What to send. Unless given: ICMP to nodes and pods, DNS to what serves it, TCP to services that -To names.</summary>
    [Parameter]
    [ValidateSet("Icmp", "Dns", "Tcp", "All")]
    public string[] Protocol { get; set; } = [];

    /// <summary>Echo requests a pair. A single one that is lost is sent once more.</summary>
    [Parameter]
    [ValidateRange(1, 20)]
    public int Count { get; set; } = 1;

    /// <summary>Seconds to wait for an answer.</summary>
    [Parameter]
    [ValidateRange(1, 10)]
    public int TimeoutSeconds { get; set; } = 1;

    /// <summary>Only the verdicts: pairs that fail are not looked into.</summary>
    [Parameter]
    public SwitchParameter NoIsolation { get; set; }

    /// <summary>
    /// What to test: a row of Get-VxlanFdb (both directions between its nodes), a service of Get-ServiceNatChain (its address and its endpoints, from that node),
    /// a pod, a bridge's node, or a result of this command (again).
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is not { } input) return;
        var selections = Selections(input).ToList();
        if (selections.Count > 0)
        {
            _piped.AddRange(selections);
            return;
        }

        var type = input.GetType().Name;
        WriteError(Errors.Create(
            new ArgumentException($"There is nothing to test in a {type}."),
            "InputNotSupported",
            ErrorCategory.InvalidType,
            input,
            $"There is nothing to test in this {type}: {input}",
            "Pipe objects of Get-VxlanFdb, Get-ServiceNatChain, Get-NodeBridge or Test-PodReachability, or name the pairs with -From and -To."));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (MyInvocation.ExpectingInput && _piped.Count == 0) return;
        var cluster = Connection;
        var named = new ProbeSelection(Patterns(From), Patterns(To));
        Run(async (writer, cancel) =>
        {
            var nodes = SelectNodes(cluster, Node, writer);
            if (Node.Length > 0 && nodes.Count == 0) return;
            var options = new ReachabilityOptions
            {
                Selections = _piped.Count > 0 ? [.. _piped.Select(Narrowed)] : [named],
                Nodes = Node.Length > 0 ? nodes : [],
                Protocols = Protocols(Protocol),
                Count = Count,
                TimeoutSeconds = TimeoutSeconds,
                Isolate = !NoIsolation,
            };
            var listener = new ReachabilityListener
            {
                Problem = writer.Error,
                NotFound = (kind, name, known) => writer.Error(kind == "node" ? Errors.NodeNotFound(cluster, name, known, Forms) : Errors.NotFound(kind, name, known, Forms)),
                Warning = writer.Warning,
                Progress = (status, percent) => writer.Progress("Testing reachability", status, percent),
                Verbose = writer.Verbose,
            };
            await foreach (var result in Reachability.RunAsync(cluster, options, listener, cancel).ConfigureAwait(false)) writer.Write(result);
        });

        // -From and -To narrow what an object from the pipeline leaves open
        ProbeSelection Narrowed(ProbeSelection piped) => piped with
        {
            From = piped.From.Count > 0 ? piped.From : named.From,
            To = piped.To.Count > 0 ? piped.To : named.To,
            Protocols = Protocol.Length > 0 ? null : piped.Protocols,
        };
    }

    private static IEnumerable<ProbeSelection> Selections(object input)
    {
        switch (input)
        {
            case VxlanFdbEntry { RemoteNode.Length: > 0, IsOwn: false } row:
                yield return Pair($"node:{row.Node}", $"node:{row.RemoteNode}");
                yield return Pair($"node:{row.RemoteNode}", $"node:{row.Node}");
                break;
            // its own device: everybody's way to it
            case VxlanFdbEntry { Node.Length: > 0 } row:
                yield return new([], [NamePattern.Literal($"node:{row.Node}")]);
                break;
            case ReachabilityResult result:
                yield return ProbeSelection.Again(result);
                break;
            case ServiceNatChain chain when Suiting(chain) is { } protocol:
                if (chain.Address.Length > 0) yield return Pair($"node:{chain.Node}", chain.Address) with { Protocols = protocol, Port = chain.Port };
                foreach (var endpoint in chain.Endpoints.Concat(chain.Missing).Where(e => e.Address.Length > 0))
                {
                    yield return Pair($"node:{chain.Node}", endpoint.Address) with { Protocols = protocol, Port = endpoint.Port };
                }

                break;
            case NodeBridge bridge:
                yield return new([], [NamePattern.Literal($"node:{bridge.Node}")]);
                break;
            case BridgePort { Address.Length: > 0 } port:
                yield return new([], [NamePattern.Literal(port.Address)]);
                break;
            case Pod { Address.Length: > 0 } pod:
                yield return new([], [NamePattern.Literal($"pod:{pod.Namespace}/{pod.Name}")]);
                break;
            default: break;
        }
    }

    // of UDP only DNS answers a stranger
    private static ProbeProtocols? Suiting(ServiceNatChain chain) => (chain.Protocol, chain.Port) switch
    {
        ("tcp", _) => ProbeProtocols.Tcp,
        ("udp", 53) => ProbeProtocols.Dns,
        _ => null,
    };

    private static ProbeSelection Pair(string from, string to) => new([NamePattern.Literal(from)], [NamePattern.Literal(to)]);

    private static List<NamePattern> Patterns(string[] names) => [.. names.Select(name =>
    {
        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        return new NamePattern(name, !WildcardPattern.ContainsWildcardCharacters(name) || IPAddress.TryParse(name, out _), pattern.IsMatch);
    })];

    private static ProbeProtocols Protocols(string[] words) =>
        words.Aggregate(ProbeProtocols.Suitable, (all, word) => all | Enum.Parse<ProbeProtocols>(word, ignoreCase: true));
}
