using System.Globalization;
using System.Text.Json.Nodes;

namespace GravityNet.Labs.Api;

/// <summary>
/// The objects that the API serves, with what changed since it started. They come from a file, so that a fault can change them; each look
/// at the store reads it again where it was written. As in etcd, one number counts all changes, and an object has that of its last.
/// </summary>
internal sealed class ObjectStore(string file)
{
    private const long First = 1000;

    private readonly Lock _lock = new();
    private readonly List<Change> _changes = [];
    private Dictionary<string, List<JsonObject>>? _objects;
    private (DateTime Written, long Length) _read;
    private long _version = First;

    /// <summary>What happened to an object.</summary>
    /// <param name="Version">The number of the change.</param>
    /// <param name="Resource">The resource, such as pods.</param>
    /// <param name="Before">What it was, or null when it is new.</param>
    /// <param name="After">What it is, or null when it is gone.</param>
    public sealed record Change(long Version, string Resource, JsonObject? Before, JsonObject? After);

    /// <summary>The objects of a resource as they are now, and the number of the last change.</summary>
    public (IReadOnlyList<JsonObject> Items, long Version) List(string resource)
    {
        lock (_lock)
        {
            Refresh();
            return (_objects![resource], _version);
        }
    }

    /// <summary>The changes of a resource after one.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="version">The number of the last change that is known.</param>
    /// <returns>The changes, and the number of the last of all; null when it is not known any more what came after that change.</returns>
    public (IReadOnlyList<Change> Changes, long Version)? Since(string resource, long version)
    {
        lock (_lock)
        {
            Refresh();
            return version < First ? null : ([.. _changes.Where(c => c.Version > version && c.Resource == resource)], _version);
        }
    }

    /// <summary>The name of an object in its resource.</summary>
    private static string Key(JsonObject item) => $"{(string?)item["metadata"]!["namespace"]}/{(string?)item["metadata"]!["name"]}";

    private void Refresh()
    {
        var info = new FileInfo(file);
        if (_objects is not null && _read == (info.LastWriteTimeUtc, info.Length))
            return;
        _read = (info.LastWriteTimeUtc, info.Length);
        var next = JsonNode.Parse(File.ReadAllText(file))!.AsObject()
            .ToDictionary(r => r.Key, r => r.Value!.AsArray().Select(o => o!.AsObject()).ToList());
        foreach (var (resource, items) in next)
        {
            items.ForEach(Read);
            if (_objects is not null)
                Compare(resource, _objects[resource].ToDictionary(Key), items);
        }

        _objects = next;
    }

    // nodes are read on demand, which several requests must not do at once
    private static void Read(JsonNode? node)
    {
        if (node is JsonObject item)
            item.ToList().ForEach(p => Read(p.Value));
        else if (node is JsonArray items)
            items.ToList().ForEach(Read);
    }

    private void Compare(string resource, Dictionary<string, JsonObject> before, List<JsonObject> after)
    {
        foreach (var item in after)
        {
            before.Remove(Key(item), out var old);
            // whoever writes the file does not count: an object that did not change keeps its number
            if (old is not null)
                SetVersion(item, (string)old["metadata"]!["resourceVersion"]!);
            if (old is not null && JsonNode.DeepEquals(old, item))
                continue;
            SetVersion(item, (++_version).ToString(CultureInfo.InvariantCulture));
            _changes.Add(new Change(_version, resource, old, item));
        }

        _changes.AddRange(before.Values.Select(gone =>
        {
            var last = gone.DeepClone().AsObject();
            SetVersion(last, (++_version).ToString(CultureInfo.InvariantCulture));
            return new Change(_version, resource, last, null);
        }));
    }

    private static void SetVersion(JsonObject item, string version) => item["metadata"]!["resourceVersion"] = version;
}
