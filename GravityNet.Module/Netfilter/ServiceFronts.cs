using System.Globalization;

namespace GravityNet.Netfilter;

/// <summary>
/// The rules at which a service's traffic is recognised by address and port: in nat those that send it to the service's chains, in filter those that refuse it.
/// </summary>
internal sealed class ServiceFronts
{
    private static readonly List<Front> None = [];
    private readonly Dictionary<(string Address, int Port, string Protocol), List<Front>> _byPlace = [];
    private readonly List<Front> _all = [];

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

        public bool Claimed { get; set; }

        private static string FirstWord(string comment)
        {
            var word = comment.Split(' ', 2)[0];
            return word.Contains('/', StringComparison.Ordinal) ? word : "";
        }
    }

    public ServiceFronts(IptablesTable? table, params string[] chains)
    {
        foreach (var rule in chains.SelectMany(chain => table?.RulesOf(chain) ?? []))
        {
            var port = rule.MatchValue(rule.Protocol, "--dport");
            if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) continue;
            var front = new Front(rule, Addresses.WithoutHostLength(rule.DestinationAddress), number, rule.Protocol);
            _all.Add(front);
            var key = (front.Address, front.Port, front.Protocol);
            if (!_byPlace.TryGetValue(key, out var list)) _byPlace[key] = list = [];
            list.Add(front);
        }
    }

    /// <summary>Rules that no service asked for.</summary>
    public IEnumerable<Front> Unclaimed => _all.Where(f => !f.Claimed);

    /// <summary>Takes the rules of one address (empty: node port), port and protocol.</summary>
    public IReadOnlyList<Front> Claim(string address, int port, string protocol)
    {
        var found = _byPlace.GetValueOrDefault((address, port, protocol), None);
        foreach (var front in found) front.Claimed = true;
        return found;
    }
}
