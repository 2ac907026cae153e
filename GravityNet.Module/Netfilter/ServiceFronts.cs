using System.Globalization;
using System.Runtime.CompilerServices;

namespace GravityNet.Netfilter;

/// <summary>
/// The rules at which a service's traffic is recognised by address and port, found by these: in nat those that send it to the service's chains, in filter those that refuse
/// it. They are read once for a rule set, whatever is asked of it.
/// </summary>
internal sealed class ServiceFronts
{
    private static readonly ConditionalWeakTable<IptablesRuleset, ServiceFronts> Known = [];
    private static readonly List<Front> None = [];

    private readonly Dictionary<(string Address, int Port, string Protocol), List<Front>> _byPlace = [];
    private readonly List<Front> _all = [];
    private readonly Lazy<ILookup<(string Address, int Port, string Protocol), Front>> _hostPorts;
    private readonly IptablesTable? _nat;
    private (KubeObjects? Objects, IReadOnlyList<Front> Fronts)? _left;

    /// <summary>One rule.</summary>
    /// <param name="Rule">The rule.</param>
    /// <param name="Address">The address that it matches; empty for a node port.</param>
    /// <param name="Port">The port.</param>
    /// <param name="Protocol">tcp, udp or sctp.</param>
    internal sealed record Front(IptablesRule Rule, string Address, int Port, string Protocol)
    {
        /// <summary>The <c>NAMESPACE/NAME:PORT</c> that its comment begins with; empty where there is none.</summary>
        public string ServicePort { get; } = FirstWord(Rule.Comment);

        /// <summary>Whether traffic that it matches is refused or dropped.</summary>
        public bool Refuses => Rule.Target is "REJECT" or "DROP";

        private static string FirstWord(string comment)
        {
            var word = comment.Split(' ', 2)[0];
            return word.Contains('/', StringComparison.Ordinal) ? word : "";
        }
    }

    private ServiceFronts(IptablesRuleset rules)
    {
        _nat = rules.Table("nat") ?? rules.Table("");
        Read(_nat, "KUBE-SERVICES", "KUBE-NODEPORTS");
        Read(rules.Table("filter"), "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES");
        _hostPorts = new(() => (_nat?.RulesOf("CNI-HOSTPORT-DNAT") ?? []).SelectMany(HostPorts).ToLookup(h => h.To, h => h.Front));
    }

    /// <summary>The fronts of a rule set.</summary>
    public static ServiceFronts Of(IptablesRuleset rules) => Known.GetValue(rules, r => new(r));

    /// <summary>The rules of one address (empty: node port), port and protocol.</summary>
    public IReadOnlyList<Front> At(string address, int port, string protocol) => _byPlace.GetValueOrDefault((address, port, protocol), None);

    /// <summary>The ports of the node that CNI's portmap plugin leads to an address and port.</summary>
    public IEnumerable<Front> HostPortsTo(string address, int port, string protocol) => _hostPorts.Value[(address, port, protocol)];

    /// <summary>Rules that no service of the API explains; all where it is not known.</summary>
    public IReadOnlyList<Front> LeftBy(KubeObjects? objects)
    {
        if (_left is { } known && ReferenceEquals(known.Objects, objects)) return known.Fronts;
        var left = _all;
        if (objects?.Services is { } services)
        {
            var claimed = new HashSet<(string, int, string)>();
            foreach (var service in services)
            {
                foreach (var port in service.Ports)
                {
                    foreach (var address in service.ClusterIPs.Concat(service.ExternalIPs).Concat(service.LoadBalancerIPs)) claimed.Add((address, port.Port, port.Protocol));
                    if (port.NodePort is { } number) claimed.Add(("", number, port.Protocol));
                }
            }

            left = [.. _all.Where(f => !claimed.Contains((f.Address, f.Port, f.Protocol)))];
        }

        _left = (objects, left);
        return left;
    }

    private void Read(IptablesTable? table, params string[] chains)
    {
        foreach (var rule in chains.SelectMany(chain => table?.RulesOf(chain) ?? []))
        {
            // a condition that is negated recognises no one place
            if (!int.TryParse(rule.DestinationPort, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || rule.DestinationAddress.StartsWith('!')) continue;
            var front = new Front(rule, Addresses.WithoutHostLength(rule.DestinationAddress), number, rule.Protocol);
            _all.Add(front);
            var key = (front.Address, front.Port, front.Protocol);
            if (!_byPlace.TryGetValue(key, out var list)) _byPlace[key] = list = [];
            list.Add(front);
        }
    }

    // -A CNI-HOSTPORT-DNAT ... --dports 18080 -j CNI-DN-x, and there -p tcp -m tcp --dport 18080 -j DNAT --to-destination 10.244.19.5:8080
    private IEnumerable<((string, int, string) To, Front Front)> HostPorts(IptablesRule jump)
    {
        foreach (var rule in _nat!.RulesOf(jump.Target).Where(r => r.ToDestination.Length > 0))
        {
            if (Addresses.TrySplit(rule.ToDestination, out var address, out var port) && int.TryParse(rule.DestinationPort, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                yield return ((address, port, rule.Protocol), new(rule, "", number, rule.Protocol));
        }
    }
}
