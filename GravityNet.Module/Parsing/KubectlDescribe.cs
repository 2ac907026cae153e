using System.Globalization;
using System.Text.Json.Nodes;

namespace GravityNet.Parsing;

/// <summary>
/// Reads the text of <c>kubectl describe</c> for nodes, pods, services and endpoints into objects of the API's own form, as far as the text tells. It tells no host
/// network of a pod's: a pod that has its node's address is on it. Of an endpoint it does not tell the pod.
/// </summary>
internal static class KubectlDescribe
{
    private const string None = "<none>";

    /// <summary>The nodes.</summary>
    public static IEnumerable<JsonObject> Nodes(string text) => Objects(text).Select(node => new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = node.Value("Name"), ["annotations"] = Pairs(node.Values("Annotations"), ": ") },
        ["spec"] = new JsonObject { ["podCIDR"] = node.Value("PodCIDR") },
        ["status"] = new JsonObject
        {
            ["addresses"] = List(node.Section("Addresses").Select(Described.Split).Select(a => new JsonObject { ["type"] = a.Key, ["address"] = a.Value })),
            ["conditions"] = Conditions(node),
        },
    });

    /// <summary>The pods.</summary>
    public static IEnumerable<JsonObject> Pods(string text) => Objects(text).Select(pod =>
    {
        var (name, host) = pod.Value("Node").Split('/', 2) is [var n, var h] ? (n, h) : (pod.Value("Node"), "");
        var ip = pod.Value("IP");
        var phase = pod.Value("Status").Split(' ')[0];
        var metadata = Metadata(pod);
        if (phase == "Terminating") metadata["deletionTimestamp"] = "unknown";
        return new JsonObject
        {
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["nodeName"] = name, ["hostNetwork"] = ip.Length > 0 && ip == host, ["containers"] = Containers(pod.Section("Containers")) },
            ["status"] = new JsonObject
            {
                ["podIP"] = ip,
                ["podIPs"] = List(pod.Section("IPs").Select(Described.Split).Where(a => a.Key == "IP").Select(a => new JsonObject { ["ip"] = a.Value })),
                ["phase"] = phase == "Terminating" ? "Running" : phase,
                ["conditions"] = Conditions(pod),
            },
        };
    });

    /// <summary>The services.</summary>
    public static IEnumerable<JsonObject> Services(string text) => Objects(text).Select(service =>
    {
        var ports = new List<JsonObject>();
        foreach (var (key, value) in service.Lines.Select(Described.Split))
        {
            switch (key)
            {
                // "Port:  dns  53/UDP", and older "Port:  <unset> 53/UDP"
                case "Port" when value.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [.. var name, var port]:
                    ports.Add(new() { ["name"] = name is [not "<unset>", ..] ? name[0] : "", ["port"] = Number(port), ["protocol"] = Protocol(port) });
                    break;
                case "TargetPort" when ports.Count > 0:
                    ports[^1]["targetPort"] = value.Split('/')[0];
                    break;
                case "NodePort" when ports.Count > 0 && value.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [.., var port]:
                    ports[^1]["nodePort"] = Number(port);
                    break;
                default:
                    break;
            }
        }

        var addresses = service.Value("IPs");
        return new JsonObject
        {
            ["metadata"] = Metadata(service),
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = service.Value("IP"),
                ["clusterIPs"] = List(addresses.Length > 0 ? addresses.Split(',').Select(a => JsonValue.Create(a.Trim())) : []),
                ["type"] = service.Value("Type"),
                ["ports"] = List(ports),
                ["sessionAffinity"] = service.Value("Session Affinity"),
                ["externalTrafficPolicy"] = service.Value("External Traffic Policy"),
                ["internalTrafficPolicy"] = service.Value("Internal Traffic Policy"),
                ["externalIPs"] = List(service.Value("External IPs").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(a => JsonValue.Create(a))),
            },
            ["status"] = new JsonObject
            {
                ["loadBalancer"] = new JsonObject
                {
                    ["ingress"] = List(service.Value("LoadBalancer Ingress").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(a => new JsonObject { ["ip"] = a.Split(' ')[0] })),
                },
            },
        };
    });

    /// <summary>The endpoints.</summary>
    public static IEnumerable<JsonObject> Endpoints(string text) => Objects(text).Select(endpoints =>
    {
        var subsets = new List<JsonObject>();
        foreach (var line in endpoints.Section("Subsets"))
        {
            var (key, value) = Described.Split(line);
            if (key == "Addresses") subsets.Add(new() { ["addresses"] = Addresses(value), ["ports"] = new JsonArray() });
            else if (subsets.Count == 0) continue;
            else if (key == "NotReadyAddresses") subsets[^1]["notReadyAddresses"] = Addresses(value);
            else if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, var port, var protocol] && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                subsets[^1]["ports"]!.AsArray().Add(new JsonObject { ["name"] = name == "<unset>" ? "" : name, ["port"] = number, ["protocol"] = protocol });
        }

        return new JsonObject { ["metadata"] = Metadata(endpoints), ["subsets"] = List(subsets) };

        static JsonArray Addresses(string value) => List(value.Length == 0 ? [] : value.Split(',').Select(a => new JsonObject { ["ip"] = a }));
    });

    private static List<Described> Objects(string text) =>
        [.. DescribedObjects.Parse("", "", text).Records.Select(o => new Described([.. o.Fields.Select(f => f.Print().TrimEnd())]))];

    private static JsonObject Metadata(Described item) =>
        new() { ["name"] = item.Value("Name"), ["namespace"] = item.Value("Namespace"), ["labels"] = Pairs(item.Values("Labels"), "=") };

    private static JsonArray Containers(IEnumerable<string> lines)
    {
        var containers = new JsonArray();
        JsonObject? container = null;
        JsonArray? words = null;
        foreach (var line in lines)
        {
            var indent = line.Length - line.TrimStart().Length;
            var (key, value) = Described.Split(line);
            if (indent == 2)
            {
                containers.Add(container = new JsonObject { ["name"] = key, ["ports"] = new JsonArray() });
                words = null;
            }
            else if (indent == 4 && container is not null)
            {
                words = null;
                if (key is "Port" or "Ports")
                {
                    foreach (var port in value.Split(", ").Where(p => p.Contains('/', StringComparison.Ordinal)))
                        container["ports"]!.AsArray().Add(new JsonObject { ["containerPort"] = Number(port), ["protocol"] = Protocol(port) });
                }
                else if (key is "Host Port" or "Host Ports")
                {
                    var ports = container["ports"]!.AsArray();
                    foreach (var (index, port) in value.Split(", ").Index())
                    {
                        if (index < ports.Count && Number(port) is > 0 and var number) ports[index]!["hostPort"] = number;
                    }
                }
                else if (key is "Command" or "Args")
                {
                    container[key.ToLowerInvariant()] = words = [];
                }
            }
            else
            {
                words?.Add(line.Trim());
            }
        }

        return containers;
    }

    private static JsonArray Conditions(Described item) => List(item.Section("Conditions")
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1)
        .Select(words => new JsonObject { ["type"] = words[0], ["status"] = words[1] }));

    private static JsonObject Pairs(IEnumerable<string> lines, string sign)
    {
        var pairs = new JsonObject();
        foreach (var line in lines)
        {
            if (line.IndexOf(sign, StringComparison.Ordinal) is > 0 and var at) pairs[line[..at]] = line[(at + sign.Length)..].Trim();
        }

        return pairs;
    }

    private static JsonArray List(IEnumerable<JsonNode?> items) => new([.. items]);

    private static int Number(string port) => int.TryParse(port.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Protocol(string port) => port.Split('/') is [_, var protocol] ? protocol : "TCP";

    /// <summary>One object's lines.</summary>
    private sealed record Described(List<string> Lines)
    {
        public static (string Key, string Value) Split(string line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) return (line.Trim(), "");
            var value = line[(colon + 1)..].Trim();
            return (line[..colon].Trim(), value == None ? "" : value);
        }

        public string Value(string key) => Values(key).FirstOrDefault("");

        // a value of several lines goes on in the column that it began in
        public IEnumerable<string> Values(string key)
        {
            var at = Lines.FindIndex(l => l.StartsWith(key + ":", StringComparison.Ordinal));
            if (at < 0) yield break;
            var value = Split(Lines[at]).Value;
            if (value.Length == 0) yield break;
            yield return value;
            var column = Lines[at].IndexOf(value, key.Length + 1, StringComparison.Ordinal);
            for (at++; at < Lines.Count && Lines[at].Length > column && Lines[at].AsSpan(0, column).IsWhiteSpace(); at++) yield return Lines[at].Trim();
        }

        // the indented lines below a heading
        public IEnumerable<string> Section(string heading)
        {
            var at = Lines.FindIndex(l => l.StartsWith(heading + ":", StringComparison.Ordinal));
            return at < 0 ? [] : Lines.Skip(at + 1).TakeWhile(l => l.Length == 0 || l[0] == ' ').Where(l => l.Length > 0);
        }
    }
}
