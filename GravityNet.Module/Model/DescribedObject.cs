using System.Globalization;

namespace GravityNet;

/// <summary>
/// A service or endpoints object as <c>kubectl describe</c> prints it. What is said of it is read from <see cref="Fields"/>, which print as the text was.
/// </summary>
public sealed record DescribedObject
{
    private const string None = "<none>";

    /// <summary>The lines, blank ones left out.</summary>
    public required IReadOnlyList<DescribedField> Fields { get; init; }

    /// <summary>The first line that it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The object's name.</summary>
    public string Name => Get("Name");

    /// <summary>The object's namespace.</summary>
    public string Namespace => Get("Namespace");

    /// <summary>The labels, <c>key=value</c>.</summary>
    public IReadOnlyList<string> Labels => All("Labels");

    /// <summary>The annotations, <c>key: value</c>.</summary>
    public IReadOnlyList<string> Annotations => All("Annotations");

    /// <summary>The labels by which a service chooses its pods, <c>key=value</c> with commas; empty for none.</summary>
    public string Selector => Get("Selector");

    /// <summary>The service's type: ClusterIP, NodePort, LoadBalancer, ExternalName; empty for endpoints.</summary>
    public string Type => Get("Type");

    /// <summary>The service's address; <c>None</c> for a headless one, empty for endpoints.</summary>
    public string Address => Get("IP");

    /// <summary>The addresses of endpoints that are ready.</summary>
    public IReadOnlyList<string> Addresses => Split(Get("Addresses"));

    /// <summary>The addresses of endpoints that are not ready.</summary>
    public IReadOnlyList<string> NotReadyAddresses => Split(Get("NotReadyAddresses"));

    /// <summary>The ports.</summary>
    public IReadOnlyList<DescribedPort> Ports
    {
        get
        {
            var ports = new List<DescribedPort>();
            var isTable = false;
            foreach (var line in Fields)
            {
                if (line.Key.Length > 0) isTable = line is { Key: "Ports", IsInner: true };
                switch (line.Key)
                {
                    case "Port" when Read(line.Value) is { } port: ports.Add(port); break;
                    case "TargetPort" when ports.Count > 0: ports[^1] = ports[^1] with { TargetPort = line.Value.Split('/')[0] }; break;
                    case "NodePort" when ports.Count > 0 && Read(line.Value) is { } node: ports[^1] = ports[^1] with { NodePort = node.Port }; break;
                    case "Endpoints" when ports.Count > 0: ports[^1] = ports[^1] with { Endpoints = Split(line.Value.Split(" + ")[0]) }; break;
                    case "" when isTable && Row(line.Value) is { } row: ports.Add(row); break;
                    default: break;
                }
            }

            return ports;
        }
    }

    /// <summary>The first value of a field; empty where it has none, or none of that name is there.</summary>
    public string Get(string key) => Fields.FirstOrDefault(f => f.Key == key)?.Value is { } value && value != None ? value : "";

    /// <summary>The text as it was printed, without blank lines.</summary>
    public string Print() => string.Join('\n', Fields.Select(f => f.Print()));

    /// <summary>Namespace and name.</summary>
    public override string ToString() => $"{Namespace}/{Name}";

    private List<string> All(string key)
    {
        var values = new List<string>();
        var isIn = false;
        foreach (var field in Fields)
        {
            if (field.Key.Length > 0) isIn = field.Key == key;
            if (isIn && field.Value.Length > 0 && field.Value != None) values.Add(field.Value);
        }

        return values;
    }

    private static string[] Split(string value) => value is None ? [] : value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // "dns  53/UDP", "<unset>  80/TCP"
    private static DescribedPort? Read(string value)
    {
        var words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2 && words[1].Split('/') is [var number, var protocol] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new() { Name = Named(words[0]), Port = port, Protocol = protocol }
            : null;
    }

    // "dns      53    UDP" of endpoints
    private static DescribedPort? Row(string value) =>
        value.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, var number, var protocol] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new() { Name = Named(name), Port = port, Protocol = protocol }
            : null;

    private static string Named(string name) => name == "<unset>" ? "" : name;
}
