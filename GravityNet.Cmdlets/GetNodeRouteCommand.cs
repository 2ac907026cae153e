using System.Management.Automation;
using GravityNet.Facts;
using GravityNet.Routing;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Get-NodeRoute</c>: the routes of each node, of all tables; with <c>-To</c> the route that the node's kernel would choose for a packet, and the rule that leads there.
/// </summary>
[Cmdlet(VerbsCommon.Get, "NodeRoute", DefaultParameterSetName = RoutesSet)]
[OutputType(typeof(Route), ParameterSetName = [RoutesSet])]
[OutputType(typeof(RouteDecision), ParameterSetName = [LookupSet])]
public sealed class GetNodeRouteCommand : NodeCmdlet
{
    private const string RoutesSet = "Routes";
    private const string LookupSet = "Lookup";

    private static readonly FactRequest Routes = new("ip-route", "ip-addr");

    // without the addresses a packet of the node's own has no source
    private static readonly string[] Details = [.. RouteLookup.Optional.Where(f => f != "ip-addr")];

    private readonly InterfaceSelection _wanted = new();

    /// <summary>The destinations to look up, by address: what <c>ip route get</c> says.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = LookupSet)]
    [ValidateNotNullOrEmpty]
    public string[] To { get; set; } = [];

    /// <summary>The tables whose routes to show, by name or number; wildcards work. All tables unless given.</summary>
    [Parameter(ParameterSetName = RoutesSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TableCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Table { get; set; } = ["*"];

    /// <summary>The interfaces that routes lead out of; wildcards work. All unless given.</summary>
    [Parameter(ParameterSetName = RoutesSet, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [AllowEmptyString]
    public string[] Interface { get; set; } = [];

    /// <summary>The packet's source. A packet of the node's own has none before its route is known.</summary>
    [Parameter(ParameterSetName = LookupSet)]
    [ValidateNotNullOrEmpty]
    public string? From { get; set; }

    /// <summary>The packet's mark.</summary>
    [Parameter(ParameterSetName = LookupSet)]
    public uint Mark { get; set; }

    /// <summary>The interface that the packet arrives on; without it, it is one of the node's own.</summary>
    [Parameter(ParameterSetName = LookupSet)]
    [ValidateNotNullOrEmpty]
    public string? InputInterface { get; set; }

    /// <summary>The interface that the sending socket is bound to.</summary>
    [Parameter(ParameterSetName = LookupSet)]
    [ValidateNotNullOrEmpty]
    public string? OutputInterface { get; set; }

    /// <summary>The packet's TOS field.</summary>
    [Parameter(ParameterSetName = LookupSet)]
    public byte Tos { get; set; }

    /// <summary>The packet's IP protocol, for rules that ask for it.</summary>
    [Parameter(ParameterSetName = LookupSet)]
    [ValidateSet("icmp", "tcp", "udp", "sctp")]
    public string? Protocol { get; set; }

    /// <summary>The packet's source port, for rules that ask for it.</summary>
    [Parameter(ParameterSetName = LookupSet)]
    [ValidateRange(0, 65535)]
    public int? SourcePort { get; set; }

    /// <summary>The packet's destination port, for rules that ask for it.</summary>
    [Parameter(ParameterSetName = LookupSet)]
    [ValidateRange(0, 65535)]
    public int? DestinationPort { get; set; }

    /// <summary>The user whose socket sends, by number, for rules that ask for it.</summary>
    [Parameter(ParameterSetName = LookupSet)]
    public uint? Uid { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        _wanted.Add(Node, Interface);
    }

    private protected override Task AnswerAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel)
    {
        var nodes = SelectNodes(cluster, NodeNames, writer);
        if (nodes.Count == 0) return Task.CompletedTask;
        return ParameterSetName == LookupSet ? LookUpAsync(cluster, nodes, writer, cancel) : ListAsync(cluster, nodes, writer, cancel);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var text in To.Append(From).OfType<string>().Where(t => !RouteLookup.IsAddress(t))) Refuse($"'{text}' is no IP address.", text, "Give an address such as 10.244.65.4 or fd00::1; Get-PodNetwork and Get-ServiceNatChain show those of pods and services.");
        foreach (var to in To.Where(t => From is { } from && IsIPv6(t) != IsIPv6(from))) Refuse($"-To '{to}' and -From '{From}' are not of one family.", to, "Give both as IPv4 or both as IPv6 addresses.");
        base.EndProcessing();
    }

    private async Task ListAsync(GravityCluster cluster, HashSet<string> nodes, PipelineWriter writer, CancellationToken cancel)
    {
        var patterns = Table.Select(t => WildcardPattern.Get(t, WildcardOptions.IgnoreCase)).ToList();
        await foreach (var state in AskAsync(cluster, nodes, Routes, ["ip-addr"], writer, cancel).ConfigureAwait(false))
        {
            foreach (var route in state.Routes.Records.Where(r => patterns.Exists(p => p.IsMatch(r.Table)) && InterfacesOf(r).Any(i => _wanted.Contains(r.Node, i)))) writer.Write(route);
            if (!state.Routes.IsKnown) continue;
            var tables = state.Routes.Records.Select(r => r.Table).Distinct().ToList();
            foreach (var literal in Table.Where(t => !WildcardPattern.ContainsWildcardCharacters(t) && !tables.Contains(t))) writer.Error(Errors.NotFound("table", $"{state.Node}/{literal}", tables));
            _wanted.TellMissing(state.Node, [.. state.Links.Records.Select(l => l.Interface).Union(state.Routes.Records.SelectMany(InterfacesOf).Where(i => i.Length > 0))], writer);
        }
    }

    private async Task LookUpAsync(GravityCluster cluster, HashSet<string> nodes, PipelineWriter writer, CancellationToken cancel)
    {
        var queries = To.Select(to => new RouteQuery(to)
        {
            From = From ?? "",
            InputInterface = InputInterface ?? "",
            OutputInterface = OutputInterface ?? "",
            Mark = Mark,
            Tos = Tos,
            Protocol = Protocol switch { "icmp" => IsIPv6(to) ? 58 : 1, "tcp" => 6, "udp" => 17, "sctp" => 132, _ => null },
            SourcePort = SourcePort,
            DestinationPort = DestinationPort,
            Uid = Uid,
        }).ToList();
        var request = RouteLookup.Request(hasIPv4: To.Any(t => !IsIPv6(t)), hasIPv6: To.Any(IsIPv6));
        await foreach (var state in AskAsync(cluster, nodes, request, Details, writer, cancel, ["ip-route", "ip-rule", "ip6-rule"]).ConfigureAwait(false))
        {
            var missing = new[] { InputInterface, OutputInterface }.OfType<string>().Where(i => state.Links.IsKnown && state.Link(i) is null).ToList();
            foreach (var name in missing) writer.Error(Errors.NotFound("interface", $"{state.Node}/{name}", state.Links.Records.Select(l => l.Interface)));
            if (missing.Count > 0) continue;
            var lookup = RouteLookup.Of(state);
            foreach (var query in queries) writer.Write(lookup.Find(query));
        }
    }

    private static IEnumerable<string> InterfacesOf(Route route) => route.Nexthops.Count > 0 ? route.Nexthops.Select(n => n.Interface) : [route.Interface];

    private static bool IsIPv6(string address) => address.Contains(':', StringComparison.Ordinal);

    private void Refuse(string message, string value, string remedy) =>
        ThrowTerminatingError(Errors.Create(new ArgumentException(message), "AddressInvalid", ErrorCategory.InvalidArgument, value, message, remedy));
}
