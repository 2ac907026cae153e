using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using GravityNet.Facts;

namespace GravityNet.UnitTests;

/// <summary>
/// The recorded clusters under <c>recordings/</c>, unpacked in memory: path (as in the snapshot format) to text.
/// </summary>
public static class Recordings
{
    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyDictionary<string, string>>> Cache = new(StringComparer.Ordinal);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "recordings");

    /// <summary>Every recording's name.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetFiles(Folder, "*.tar.gz").Select(f => Path.GetFileName(f)[..^".tar.gz".Length]).Order(StringComparer.Ordinal)];

    /// <summary>The texts of one recording by path, such as <c>nodes/node-1/iptables.txt</c>. Captures (pcap) are left out.</summary>
    public static IReadOnlyDictionary<string, string> Open(string name) =>
        Cache.GetOrAdd(name, n => new(() => Read(Path.Combine(Folder, n + ".tar.gz")))).Value;

    /// <summary>One text of one recording.</summary>
    public static string Text(string name, string path) => Open(name)[path];

    /// <summary>The cluster's facts of one recording.</summary>
    public static IReadOnlyList<FactResult> ClusterFacts(string name) =>
        [.. Open(name).Where(f => f.Key.StartsWith("cluster/", StringComparison.Ordinal))
            .Select(f => new FactResult(Path.GetFileNameWithoutExtension(f.Key), f.Value))];

    /// <summary>The names of the nodes in one recording.</summary>
    public static IReadOnlyList<string> Nodes(string name) =>
        [.. Open(name).Keys.Where(k => k.StartsWith("nodes/", StringComparison.Ordinal)).Select(k => k.Split('/')[1]).Distinct().Order(StringComparer.Ordinal)];

    private static Dictionary<string, string> Read(string file)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        using var packed = File.OpenRead(file);
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        using var tar = new TarReader(unpacked);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { } data || entry.Name.EndsWith(".pcap", StringComparison.Ordinal)) continue;
            using var reader = new StreamReader(data);
            var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            texts[path] = reader.ReadToEnd();
        }
        return texts;
    }
}
