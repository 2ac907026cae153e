using System.Globalization;
using GravityNet.Netfilter;

namespace GravityNet.Cmdlets;

/// <summary>
/// The text of <c>Get-ServiceNatChain</c>'s default view: the rules as iptables-save prints them, in the order that a packet meets them, then each endpoint's
/// share. Endpoints that are not live are in red, in their rules too.
/// </summary>
public static class ServiceNatChainView
{
    /// <summary>The first line: whose rules, for which service port, and how they stand.</summary>
    public static string Head(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var nodePort = chain.NodePort is { } number ? $" nodePort {number}" : "";
        var flavor = chain.Mode != "iptables" ? $" ({chain.Mode})" : chain.Flavor.Length > 0 ? $" ({chain.Flavor})" : "";
        return $"{chain.Node} {Name(chain)} {Place(chain)}{nodePort} {ViewColor.Status(chain.Status)}{flavor}";
    }

    /// <summary>The line of a service port in a list of all of them.</summary>
    public static string Summary(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return $"{chain.Node} {Name(chain)} {Place(chain)} {ViewColor.Status(chain.Status)}{ViewText.Word(" ", Live(chain))}";
    }

    /// <summary>The service port: <c>default/web:http</c>.</summary>
    public static string Name(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return (chain.Service.Length > 0 ? $"{chain.Namespace}/{chain.Service}" : "?") + ViewText.Word(":", chain.PortName);
    }

    /// <summary>What a client asks for: <c>tcp 10.100.45.9:3009</c>; for a service without an address its port, or the name that DNS gives.</summary>
    public static string Place(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return chain.Protocol.Length > 0 ? $"{chain.Protocol} {chain.Place}" : chain.Place;
    }

    /// <summary>Why it is not right, one sentence a line.</summary>
    public static IReadOnlyList<string> Why(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return chain.Reason.Length == 0 || IsByDesign(chain) ? [] : [.. ViewText.Sentences(chain.Reason).Split('\n').Select(why => ViewText.Indent + Colour(chain, "! " + why))];
    }

    /// <summary>The lines under it.</summary>
    public static IReadOnlyList<string> Body(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var lines = new List<string>(Why(chain));
        if (IsByDesign(chain)) lines.Add(ViewText.Indent + chain.Reason);
        lines.AddRange(chain.Rules.Select(rule => Rule(chain, rule)));
        lines.AddRange(Nft(chain));
        lines.AddRange(chain.SetEntries.Select(e => e.Print()));
        lines.AddRange(chain.VirtualServers.SelectMany(s => Ipvs(chain, s)));
        lines.AddRange(chain.Endpoints.Concat(chain.Missing).Select(endpoint => ViewText.Indent + Endpoint(endpoint)));
        lines.AddRange(chain.Entries.Select(entry => ViewText.Indent + Entry(chain, entry)));
        if (chain.AffinitySeconds is { } seconds) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{ViewText.Indent}a client keeps its endpoint for {seconds} s"));
        return lines;
    }

    /// <summary>An endpoint: its share, its address, how it stands, and what has the address.</summary>
    public static string Endpoint(ServiceChainEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var address = endpoint.Address.Length > 0 ? Addresses.Join(endpoint.Address, endpoint.Port) : endpoint.Chain;
        return $"{endpoint.ShareText.PadRight(5)} {address} {ViewColor.Status(endpoint.State)}{ViewText.Word(" on ", endpoint.Node)}{ViewText.Word(" ", ViewText.Named(endpoint.Namespace, endpoint.Pod))}";
    }

    /// <summary>A way in: who asks for what, what becomes of it, and why where that is not known. Ends that are no endpoint's stand with their shares.</summary>
    public static string Entry(ServiceChainEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var verdict = entry.Verdict switch { "unknown" => ViewColor.Doubt(entry.Verdict), "drop" or "reject" or "untranslated" when entry.Kind != "HealthCheck" => ViewColor.Bad(entry.Verdict), _ => entry.Verdict };
        var masquerade = entry.Masquerade switch { "yes" => ", masqueraded", "some" => ", some masqueraded", "unknown" => ", masquerade unknown", _ => "" };
        var place = entry.Address.Length > 0 ? Addresses.Join(entry.Address, entry.Port) : string.Create(CultureInfo.InvariantCulture, $"?:{entry.Port}");
        var shares = entry.Verdict is not "dnat" && entry.Shares.Contains(',', StringComparison.Ordinal) ? $" ({entry.Shares})" : "";
        return $"{entry.From} -> {entry.Kind} {place} {verdict}{masquerade}{shares}{ViewText.Word(": ", entry.Verdict == "unknown" ? entry.Reason : "")}";
    }

    // shares that are not those of the endpoints above are told with the way in
    private static string Entry(ServiceNatChain chain, ServiceChainEntry entry)
    {
        var usual = chain.Endpoints.Select(e => $"{e.ShareText} {(e.Address.Length > 0 ? Addresses.Join(e.Address, e.Port) : e.Chain)}").Order(StringComparer.Ordinal);
        var isUsual = entry.Verdict != "dnat" || entry.Shares.Split(", ").Order(StringComparer.Ordinal).SequenceEqual(usual);
        return Entry(entry) + (isUsual ? "" : $" ({entry.Shares})");
    }

    /// <summary>All ways in, one a line.</summary>
    public static string Entries(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return ViewText.Lines(chain.Entries.Select(entry => Entry(chain, entry)));
    }

    /// <summary>All endpoints of a chain and those that it lacks, one a line.</summary>
    public static string Endpoints(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return ViewText.Lines(chain.Endpoints.Concat(chain.Missing).Select(Endpoint));
    }

    /// <summary>How many of a chain's endpoints are live: <c>2 of 3</c>; those that it lacks are counted too. Empty where there are none.</summary>
    public static string Live(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var all = chain.Endpoints.Count + chain.Missing.Count;
        return all == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{chain.Endpoints.Count(e => e.State == "live")} of {all}");
    }

    /// <summary>Why it is not right, one sentence a line, in the colour of its status.</summary>
    public static string Reasons(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return Colour(chain, ViewText.Sentences(chain.Reason));
    }

    /// <summary>What is wrong with its chains, one problem a line, each with the lines that prove it.</summary>
    public static string Problems(ServiceNatChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return ViewText.Lines(chain.Problems.SelectMany(p => p.Evidence.Split('\n').Select(line => ViewText.Indent + line).Prepend(ViewColor.Bad($"{p.Kind}: {p.Reason}"))));
    }

    private static string Rule(ServiceNatChain chain, IptablesRule rule)
    {
        // counters differ each time: the rule is what is looked for
        var line = (rule with { Packets = null, Bytes = null }).ToString();
        var lost = rule.ToDestination.Length > 0 ? chain.Endpoints.FirstOrDefault(e => e.Chain == rule.Chain && e.State is not ("live" or "unknown")) : null;
        return lost is null ? line : ViewColor.Differing(line, $"--to-destination {rule.ToDestination}", "a live endpoint");
    }

    // a service that is no matter of rules
    private static bool IsByDesign(ServiceNatChain chain) => chain.Status is "headless" or "externalname";

    // as ipvsadm -Sn prints it
    private static IEnumerable<string> Ipvs(ServiceNatChain chain, IpvsService service) =>
        service.Servers.Select(server => chain.Endpoints.Any(e => e.Address == server.Address && e.Port == server.Port && e.State is not ("live" or "unknown") && e.ShareText != "0")
            ? ViewColor.Differing(server.Print(), server.ServerAddress, "a live endpoint") : server.Print()).Prepend(service.ToString());

    // as nft lists a table, in the order that a packet meets its parts
    private static IEnumerable<string> Nft(ServiceNatChain chain)
    {
        if (chain.NftObjects.Count == 0) return [];
        var lost = chain.Endpoints.Where(e => e.State is not ("live" or "unknown")).ToList();
        return NftListing.Table(chain.NftObjects[0].Family, NftServiceNames.Table, chain.NftObjects).Select(line =>
            lost.FirstOrDefault(e => line.Contains("dnat ", StringComparison.Ordinal) && line.Contains($" {e.Address}", StringComparison.Ordinal)) is { } endpoint ? ViewColor.Differing(line, endpoint.Address, "a live endpoint") : line);
    }

    private static string Colour(ServiceNatChain chain, string text) => chain.Status == "unknown" ? ViewColor.Doubt(text) : IsByDesign(chain) ? text : ViewColor.Bad(text);
}
