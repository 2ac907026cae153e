using System.Globalization;
using System.Net;
using System.Text.Json;
using GravityNet.Facts;
using GravityNet.Parsing;

namespace GravityNet.Overlay;

/// <summary>
/// Makes leases of what the three homes answer. Flannel's format: <c>pkg/subnet/etcd</c> (key <c>10.244.19.0-24</c>) and
/// <c>pkg/subnet/kube</c> (annotations <c>flannel.alpha.coreos.com/*</c>) of the flannel project.
/// </summary>
public static class LeaseReader
{
    private const string Subnets = "/coreos.com/network/subnets/";
    private const string Config = "/coreos.com/network/config";

    /// <summary>Reads every home that answered.</summary>
    /// <param name="facts">The facts <c>etcd-v2</c> and <c>etcd-v3</c>, as far as there are.</param>
    /// <param name="nodes">The Kubernetes nodes, for leases kept as annotations; null where unknown.</param>
    /// <param name="nodeAddresses">The underlay address of each known node: tells whose lease it is.</param>
    /// <param name="home">The only home to read; all of them by default.</param>
    public static LeaseTable Read(
        IEnumerable<FactResult> facts, IReadOnlyList<KubeNode>? nodes, IReadOnlyDictionary<string, string> nodeAddresses, LeaseSource home = LeaseSource.Auto)
    {
        var leases = new List<OverlayLease>();
        var configs = new List<OverlayConfig>();
        var (problems, unheard) = (new List<string>(), new List<string>());
        var nodeOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (node, address) in nodeAddresses.Where(n => n.Value.Length > 0)) nodeOf.TryAdd(address, node);
        foreach (var node in (nodes ?? []).Where(n => n.InternalIP.Length > 0)) nodeOf.TryAdd(node.InternalIP, node.Name);

        var asked = false;
        // a fact that is named after neither store says why etcd as a whole did not answer
        foreach (var fact in facts.Where(f => home == LeaseSource.Auto || f.Fact == LeaseHomes.NameOf(home) || (f.Fact == "etcd" && home != LeaseSource.Kubernetes)))
        {
            asked = true;
            // a store that is not there holds no leases; only somebody who wants this one must know
            if (fact.ExitCode == FactResult.NotServed && home == LeaseSource.Auto) continue;
            if (!fact.Answered)
            {
                unheard.Add($"{fact.Fact}: {(fact.Error.Length > 0 ? fact.Error : fact.Reason)}");
                continue;
            }

            var entries = fact.Fact == "etcd-v2" ? EtcdJson.ParseV2(fact.Text, out var reason) : EtcdJson.ParseV3(fact.Text, out reason);
            if (reason.Length > 0) problems.Add($"{fact.Fact}: {reason}");
            foreach (var entry in entries)
            {
                var source = new SourceLine("", fact.Fact, 0, entry.Value);
                if (entry.Key == Config)
                {
                    if (ParseConfig(fact.Fact, entry.Value, source) is { } config) configs.Add(config);
                    else problems.Add($"{fact.Fact}: {entry.Key} is not flannel's configuration: {entry.Value}");
                }
                else if (entry.Key.StartsWith(Subnets, StringComparison.Ordinal))
                {
                    if (ParseLease(fact.Fact, entry, source) is { } lease) leases.Add(lease with { Node = nodeOf.GetValueOrDefault(lease.PublicIP, "") });
                    else problems.Add($"{fact.Fact}: {entry.Key} is not a lease of flannel's: {entry.Value}");
                }
            }
        }

        foreach (var node in home is LeaseSource.Auto or LeaseSource.Kubernetes ? nodes ?? [] : [])
        {
            // the connection may know the node by another name than Kubernetes does
            if (ParseAnnotations(node) is { } lease) leases.Add(lease with { Node = nodeOf.GetValueOrDefault(lease.PublicIP, lease.Node) });
        }

        // an empty answer from one home proves nothing while another was not heard
        if (leases.Count == 0 && !asked && home != LeaseSource.Kubernetes) unheard.Add("etcd was not asked: leases may be kept there");
        if (leases.Count == 0 && nodes is null && home is (LeaseSource.Auto or LeaseSource.Kubernetes)) unheard.Add("the Kubernetes nodes are unknown: leases may be kept as their annotations");
        // etcd lists them in the order of its hash
        var (compared, splits) = LeaseHomes.Compare(leases);
        return new([.. compared.OrderBy(l => SortKey(l.Address), StringComparer.Ordinal)], configs, [.. unheard, .. problems]) { Unheard = unheard, Splits = splits };
    }

    // addresses sort by number: as text, 10.244.100.0 would come before 10.244.19.0
    private static string SortKey(string address) => IPAddress.TryParse(address, out var parsed) ? Convert.ToHexString(parsed.GetAddressBytes()) : address;

    private static OverlayLease? ParseLease(string home, EtcdJson.Entry entry, SourceLine source)
    {
        // the key's last part is the subnet with a dash for the slash; IPv6 subnets are written 10.244.19.0-24&fd00::-64
        var name = entry.Key[Subnets.Length..].Split('&')[0];
        var dash = name.LastIndexOf('-');
        if (dash < 0 || !IPAddress.TryParse(name.AsSpan(0, dash), out _) || !byte.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)) return null;
        try
        {
            using var document = JsonDocument.Parse(entry.Value);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            var data = root.Child("BackendData");
            return new OverlayLease
            {
                Subnet = $"{name[..dash]}/{name[(dash + 1)..]}",
                Address = name[..dash],
                PublicIP = Text(root, "PublicIP"),
                BackendType = Text(root, "BackendType"),
                VtepMAC = Text(data, "VtepMAC"),
                Vni = Number(data, "VNI"),
                Expires = entry.Expires,
                Ttl = entry.Ttl,
                Home = home,
                Key = entry.Key,
                Source = source,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static OverlayLease? ParseAnnotations(KubeNode node)
    {
        // without the subnet manager's mark the annotations are a leftover, or another network's
        if (!node.KubeSubnetManager || node.PodCidr.Length == 0) return null;
        var (mac, vni) = ("", (int?)null);
        try
        {
            using var document = JsonDocument.Parse(node.BackendData);
            (mac, vni) = (Text(document.RootElement, "VtepMAC"), Number(document.RootElement, "VNI"));
        }
        catch (JsonException)
        {
            // host-gw writes "null" or nothing: a lease without a VTEP
        }

        return new OverlayLease
        {
            Node = node.Name,
            Subnet = node.PodCidr,
            Address = node.PodCidr.Split('/')[0],
            PublicIP = node.PublicIP,
            BackendType = node.BackendType,
            VtepMAC = mac,
            Vni = vni,
            Home = "kubernetes",
            Key = $"node/{node.Name}",
            Source = new("", "kube-nodes", 0, $"{node.Name} podCIDR={node.PodCidr} public-ip={node.PublicIP} backend-type={node.BackendType} backend-data={node.BackendData}"),
        };
    }

    private static OverlayConfig? ParseConfig(string home, string value, SourceLine source)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            var backend = root.Child("Backend");
            return new OverlayConfig
            {
                Network = Text(root, "Network"),
                SubnetLength = Number(root, "SubnetLen") ?? 24,
                BackendType = Text(backend, "Type"),
                Vni = Number(backend, "VNI") ?? 1,
                Port = Number(backend, "Port") is { } port and > 0 ? port : 8472,
                DirectRouting = backend.Flag("DirectRouting") == true,
                Home = home,
                Source = source,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // older flannel writes a number, and configurations written by hand hold it as text too
    private static int? Number(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)) return number;
        return value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number) ? number : null;
    }
}
