using System.Text.Json;

namespace GravityNet.Parsing;

/// <summary>
/// Reads the nodes of <c>gravity status --output=json</c> (gravity, lib/status: <c>ClusterServer</c>). They stand in <c>cluster</c> with all else; a text that is cut
/// short or of another form has none.
/// </summary>
internal static class GravityStatus
{
    /// <summary>A node of the cluster.</summary>
    /// <param name="Name">Its host name; empty where gravity does not know it.</param>
    /// <param name="Address">The address that it is known by to the others.</param>
    public sealed record Server(string Name, string Address);

    /// <summary>Reads the text of the command. What a tool says before the object is passed over.</summary>
    public static IReadOnlyList<Server> Parse(string text)
    {
        var start = text.IndexOf('{', StringComparison.Ordinal);
        if (start < 0) return [];
        try
        {
            using var document = JsonDocument.Parse(text.AsMemory(start));
            var nodes = document.RootElement.Child("cluster").Items("nodes").Concat(document.RootElement.Items("nodes"));
            return [.. nodes.Select(n => new Server(n.Text("hostname"), n.Text("advertise_ip"))).Where(n => n.Address.Length > 0).Distinct()];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
