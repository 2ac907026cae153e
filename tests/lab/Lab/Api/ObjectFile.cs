using System.Text.Json;
using System.Text.Json.Nodes;

namespace GravityNet.Labs.Api;

/// <summary>The file with the objects that the API serves: the API sees each change of it.</summary>
internal static class ObjectFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Reads all objects: for each resource, its list.</summary>
    public static async Task<JsonObject> ReadAsync(StateFolder state, CancellationToken cancellationToken) =>
        JsonNode.Parse(await File.ReadAllTextAsync(state.ApiObjects, cancellationToken))!.AsObject();

    /// <summary>Writes all objects at once: no reader sees half of them.</summary>
    public static async Task WriteAsync(StateFolder state, JsonObject objects, CancellationToken cancellationToken)
    {
        var next = state.ApiObjects + ".next";
        await File.WriteAllTextAsync(next, objects.ToJsonString(Indented), cancellationToken);
        File.Move(next, state.ApiObjects, overwrite: true);
    }

    /// <summary>Changes one node.</summary>
    public static async Task ChangeNodeAsync(StateFolder state, string name, Action<JsonObject> change, CancellationToken cancellationToken)
    {
        var objects = await ReadAsync(state, cancellationToken);
        change(objects["nodes"]!.AsArray().Single(n => (string?)n!["metadata"]!["name"] == name)!.AsObject());
        await WriteAsync(state, objects, cancellationToken);
    }
}
