using System.Globalization;
using System.Text;
using GravityNet.Facts;
using GravityNet.Netfilter;

namespace GravityNet.Bench;

/// <summary>
/// The table nat of a node of a large cluster, in kube-proxy's words and as iptables-save prints them: chains by name, each with its rules in their order.
/// </summary>
internal static class RulesText
{
    private const int Endpoints = 10;

    /// <summary>The services that the rules were written for, and their endpoints, as the API gives them.</summary>
    public static KubeObjects Objects(int services)
    {
        var items = Enumerable.Range(0, services).ToList();
        return KubeObjects.From(
        [
            new FactResult("kube-nodes", """{"items":[{"metadata":{"name":"bench"},"spec":{"podCIDR":"10.244.255.0/24"},"status":{"addresses":[{"type":"InternalIP","address":"192.168.33.11"}]}}]}"""),
            new FactResult("kube-services", List(items.Select(Service))),
            new FactResult("kube-endpointslices", List(items.Select(Slice))),
        ]);

        static string Service(int i) =>
            $$"""{"metadata":{"namespace":"{{Namespace(i)}}","name":"service-{{i}}"},"spec":{"clusterIP":"{{ServiceAddress(i)}}","ports":[{"name":"http","port":80,"protocol":"TCP"}] } }""";

        static string Slice(int i)
        {
            var endpoints = string.Join(',', Enumerable.Range(0, Endpoints).Select(e => $$"""{"addresses":["{{EndpointAddress(i, e)}}"] }"""));
            return $$"""{"metadata":{"namespace":"{{Namespace(i)}}","labels":{"kubernetes.io/service-name":"service-{{i}}"} },"ports":[{"name":"http","port":8080,"protocol":"TCP"}],"endpoints":[{{endpoints}}] }""";
        }

        static string List(IEnumerable<string> items) => $$"""{"items":[{{string.Join(',', items)}}]}""";
    }

    /// <summary>Makes a text of 43 lines a service with ten endpoints.</summary>
    public static string Of(int services)
    {
        var chains = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        var fronts = new List<string>();
        for (var i = 0; i < services; i++)
        {
            var servicePort = $"{Namespace(i)}/service-{i}:http";
            var service = KubeChainNames.Service(servicePort, "tcp");
            var to = $"-d {ServiceAddress(i)}/32 -p tcp -m comment --comment \"{servicePort} cluster IP\" -m tcp --dport 80";
            fronts.Add($"[0:0] -A KUBE-SERVICES {to} -j {service}");
            var rules = chains[service] = [$"[0:0] -A {service} ! -s 10.244.0.0/16 {to} -j KUBE-MARK-MASQ"];
            for (var e = 0; e < Endpoints; e++)
            {
                var address = EndpointAddress(i, e);
                var chain = KubeChainNames.Endpoint(servicePort, "tcp", $"{address}:8080");
                var share = e == Endpoints - 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" -m statistic --mode random --probability {1.0 / (Endpoints - e):0.00000000000}");
                rules.Add($"[0:0] -A {service} -m comment --comment \"{servicePort} -> {address}:8080\"{share} -j {chain}");
                chains[chain] =
                [
                    $"[0:0] -A {chain} -s {address}/32 -m comment --comment \"{servicePort}\" -j KUBE-MARK-MASQ",
                    $"[0:0] -A {chain} -p tcp -m comment --comment \"{servicePort}\" -m tcp -j DNAT --to-destination {address}:8080",
                ];
            }
        }

        var text = new StringBuilder("*nat\n");
        foreach (var chain in new[] { "PREROUTING", "INPUT", "OUTPUT", "POSTROUTING" }) text.Append(CultureInfo.InvariantCulture, $":{chain} ACCEPT [0:0]\n");
        text.Append(":KUBE-MARK-MASQ - [0:0]\n");
        foreach (var chain in chains.Keys) text.Append(CultureInfo.InvariantCulture, $":{chain} - [0:0]\n");
        text.Append(":KUBE-SERVICES - [0:0]\n[0:0] -A PREROUTING -j KUBE-SERVICES\n[0:0] -A OUTPUT -j KUBE-SERVICES\n[0:0] -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n");
        text.AppendJoin('\n', chains.Values.SelectMany(rules => rules).Concat(fronts));
        return text.Append("\nCOMMIT\n").ToString();
    }

    private static string Namespace(int service) => string.Create(CultureInfo.InvariantCulture, $"team-{service / 100}");

    private static string ServiceAddress(int service) => Address(10 << 24 | 96 << 16, service);

    private static string EndpointAddress(int service, int endpoint) => Address(10 << 24 | 244 << 16, (service * Endpoints) + endpoint);

    private static string Address(int network, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{(network + number) >> 24}.{((network + number) >> 16) & 255}.{((network + number) >> 8) & 255}.{(network + number) & 255}");
}
