using System.Globalization;
using System.Management.Automation;
using GravityNet.Facts;
using GravityNet.Findings;
using GravityNet.Netfilter;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Get-ServiceNatChain</c>: what a node's kernel does with a packet to a service: the rules from the hooks to the endpoints, each endpoint's share, and
/// whether that is what the cluster wants.
/// </summary>
[Cmdlet(VerbsCommon.Get, "ServiceNatChain")]
[OutputType(typeof(ServiceNatChain), typeof(ServiceNodeComparison))]
public sealed class GetServiceNatChainCommand : ClusterCmdlet
{
    // the rules are the question; the rest tells the node's addresses, pods, routes and sets, and what depends on one that is missing is unknown
    private static readonly string[] Beside = [Ip6tables, Conntrack, "ip-route", "ip-rule", "ip-netconf", "ip-neighbor", "sysctl", .. FactCatalog.ServiceModeFacts];
    private static readonly FactRequest Request = new([.. FactCatalog.IptablesFacts, .. Beside], []);
    private const string Ip6tables = "ip6tables";
    private const string Conntrack = "conntrack";
    private readonly List<Wanted> _wanted = [];

    /// <summary>The services, by name or as <c>namespace/name</c>; wildcards work. All unless given.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = ["*"];

    /// <summary>The services' namespaces; wildcards work. All unless given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Namespace { get; set; } = ["*"];

    /// <summary>The nodes whose rules are read; wildcards work. All nodes unless given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Node { get; set; } = ["*"];

    /// <summary>Only this port of the service.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>Only this protocol: tcp, udp or sctp.</summary>
    [Parameter]
    [ValidateSet("tcp", "udp", "sctp")]
    public string? Protocol { get; set; }

    /// <summary>Compares the nodes, and says whose rules are behind and in what: one object a service port.</summary>
    [Parameter]
    public SwitchParameter AllNodes { get; set; }

    /// <summary>
    /// Who sends: <c>Pod</c> (any of the node that is no endpoint), <c>Node</c>, <c>Outside</c>, a pod by its name or as NAMESPACE/POD, or an address. The usual senders of
    /// each way in unless given. The node of a pod is the node that is asked, unless -Node is given.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(SenderCompleter))]
    [ValidateNotNullOrEmpty]
    public string? From { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var service in Service)
        {
            // a namespace in the name is stronger than -Namespace
            var slash = service.IndexOf('/', StringComparison.Ordinal);
            var (namespaces, name) = slash < 0 ? (Namespace, service) : ([service[..slash]], service[(slash + 1)..]);
            _wanted.Add(new(name, [.. namespaces.Select(Pattern)], Pattern(name), Node));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_wanted.Count == 0) return;
        var cluster = Connection;
        var isNamed = MyInvocation.BoundParameters.ContainsKey(nameof(Service));
        Run(async (writer, cancel) =>
        {
            var stores = ReadStoresAsync(cluster, writer, cancel);
            var (_, objects) = await stores.ConfigureAwait(false);
            if (!TrySender(objects, writer, out var from)) return;
            var isNodeGiven = _wanted.Exists(w => w.Nodes is not ["*"]);
            var nodes = SelectNodes(cluster, !isNodeGiven && from is { Kind: ServiceSenderKind.Pod, Host.Length: > 0 } ? [from.Host] : [.. _wanted.SelectMany(w => w.Nodes).Distinct(StringComparer.OrdinalIgnoreCase)], writer);
            var found = new HashSet<Wanted>();
            var names = new SortedSet<string>(StringComparer.Ordinal);
            var read = 0;
            var compared = new List<ServiceNatChain>();
            var otherPorts = new SortedSet<string>(StringComparer.Ordinal);
            var (isTold, isOtherFamily) = (false, false);
            var answered = new Dictionary<string, string>(StringComparer.Ordinal);
            await foreach (var state in AskAsync(cluster, nodes, Request, Beside, writer, cancel).ConfigureAwait(false))
            {
                answered[state.Node] = state.Iptables.Reason;
                if (!state.Iptables.IsKnown) writer.Verbose(state.Iptables.Reason);
                foreach (var line in state.Iptables.Records.SelectMany(r => r.Unread)) writer.Verbose($"not read: {line}");
                if (ServiceModes.Of(state) is { Count: > 1 } modes) writer.Warning($"{TwoModes.MessageFor(state.Node, modes)}. All are shown: see Mode.");
                foreach (var chain in ServiceConnections.Apply(state, objects, [.. ServiceModes.ResolveNft(state, objects, Wants), .. ServiceModes.ResolveIpvs(state, objects, Wants)])) Write(chain);
                if (from is not null && ServiceModes.Of(state).Select(m => m.Split(':')[0]).FirstOrDefault(m => m != "iptables") is { } mode)
                    writer.Warning($"{state.Node}: kube-proxy works in {mode} mode, where -From is not looked into: its rows are the same for every sender.");
                // a mode that wrote nothing has nothing to tell where another one did
                var isOther = ServiceModes.IsOther(state);
                if (state.Iptables.Records.Count == 0 && !isOther)
                {
                    // a node that answers nothing looks like one without services
                    if (!AllNodes && FactCatalog.IptablesFacts.All(f => state.Facts.Get(f) is null)) writer.Error(Errors.NotCollected(cluster, state.Node, "iptables"));
                    continue;
                }

                read++;
                answered[state.Node] = "";
                if (isOther) continue;
                var sets = ServiceChains.Serving(state);
                if (sets.Count > 1) writer.Warning($"{TwoFlavors.MessageFor(state.Node, sets)}. Both are shown: see Flavor.");
                foreach (var chain in sets.SelectMany(s => Resolve(s, state.Iptables.Reason))) Write(chain);
                if (ServiceChains.ServingIPv6(state, objects) is not { } six) continue;
                foreach (var chain in Resolve(six, state.Ip6tables.Reason)) Write(chain);

                IReadOnlyList<ServiceNatChain> Resolve(IptablesRuleset rules, string unread)
                {
                    if (from is { Address.Length: > 0 } && Addresses.IsIPv6(from.Address) != rules.IsIPv6)
                    {
                        isOtherFamily = true;
                        return [];
                    }

                    return [.. ServiceConnections.Apply(state, objects, ServiceChainAudit.Apply(state.Node, rules, objects, ServiceChains.Resolve(state.Node, rules, objects, from, Wants, unread, state), Wants))];
                }

                bool Wants(string ns, string name) => IsWanted(ns, name, state.Node, found, names);
            }

            if (AllNodes)
            {
                var silent = nodes.Where(n => answered.GetValueOrDefault(n, "?").Length > 0).Order(StringComparer.Ordinal).Select(n => answered.GetValueOrDefault(n) is { } why ? why : $"{n}: it did not answer");
                foreach (var comparison in ServiceNodes.Compare(compared, [.. silent], objects)) writer.Write(comparison);
            }

            if (isOtherFamily && !isTold)
            {
                writer.Error(Invalid("FamilyMismatch", From!, $"'{From}' is of another family than the services' addresses.", "Give an address of the services' own family."));
                return;
            }

            if (!isTold && otherPorts.Count > 0)
            {
                var asked = Port == 0 ? Protocol! : Protocol is null ? $"{Port}" : $"{Port}/{Protocol}";
                writer.Error(Invalid("PortNotFound", asked, $"No port of the services that were asked for fits '{asked}'.", $"Their ports are: {string.Join(", ", otherPorts.Take(20))}. A node port is on the row of the service's own port."));
            }

            foreach (var wanted in _wanted.Where(w => read > 0 && !found.Contains(w) && !WildcardPattern.ContainsWildcardCharacters(w.Name)).DistinctBy(w => w.Name))
            {
                writer.Error(Errors.NotFound("service", wanted.Name, names));
            }

            void Write(ServiceNatChain chain)
            {
                if ((Port > 0 && chain.Port != Port) || (Protocol is not null && chain.Protocol != Protocol))
                {
                    otherPorts.Add(string.Create(CultureInfo.InvariantCulture, $"{chain.Port}/{chain.Protocol}"));
                    return;
                }

                isTold = true;
                if (AllNodes) compared.Add(chain);
                else if (isNamed) writer.Write(chain);
                else writer.Write(Summary(chain));
            }
        });
    }

    // The sender that -From names; false where it names none.
    private bool TrySender(KubeObjects objects, PipelineWriter writer, out ServiceSender? sender)
    {
        sender = null;
        if (From is null) return true;
        var found = ServiceSender.Find(From, objects);
        switch (found)
        {
            case [var one]:
                sender = one;
                return true;
            case []:
                writer.Error(Invalid("PodNotFound", From, $"No pod is named '{From}'.", "Say Pod, Node or Outside (with -Node for those of one node), NAMESPACE/POD, a pod's name or an address; Tab completes."));
                return false;
            default:
                writer.Error(Invalid("PodAmbiguous", From, $"Several pods are named '{From}': {string.Join(", ", found.Select(f => f.Name))}.", "Say which one as NAMESPACE/POD."));
                return false;
        }
    }

    private static ErrorRecord Invalid(string id, string name, string message, string remedy) =>
        Errors.Create(new ArgumentException(message), id, id == "PodNotFound" ? ErrorCategory.ObjectNotFound : ErrorCategory.InvalidArgument, name, message, remedy);

    private bool IsWanted(string ns, string name, string node, HashSet<Wanted> found, SortedSet<string> names)
    {
        names.Add($"{ns}/{name}");
        var any = false;
        foreach (var wanted in _wanted.Where(w => w.Service.IsMatch(name) && w.Namespaces.Exists(p => p.IsMatch(ns))))
        {
            found.Add(wanted);
            any |= Array.Exists(wanted.Nodes, n => Pattern(n).IsMatch(node));
        }

        return any;
    }

    // the same object, with a name of its type before its own that the format file has a shorter view for
    private static PSObject Summary(ServiceNatChain chain)
    {
        var summary = new PSObject(chain);
        summary.TypeNames.Insert(0, $"{typeof(ServiceNatChain).FullName}#Summary");
        return summary;
    }

    private static WildcardPattern Pattern(string text) => WildcardPattern.Get(text, WildcardOptions.IgnoreCase);

    private sealed record Wanted(string Name, List<WildcardPattern> Namespaces, WildcardPattern Service, string[] Nodes);
}
