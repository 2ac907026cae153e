using System.Formats.Tar;
using System.IO.Compression;

namespace GravityNet.UnitTests.Capturing;

/// <summary>The packet captures within the recordings.</summary>
internal sealed record RecordedCapture(string Recording, string Node, string Interface, byte[] Bytes)
{
    public static IEnumerable<RecordedCapture> All() =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "recordings"), "*.tar.gz").Order(StringComparer.Ordinal).SelectMany(Of);

    public static IEnumerable<RecordedCapture> Of(string path)
    {
        if (!Path.IsPathRooted(path))
            path = Path.Combine(AppContext.BaseDirectory, "recordings", path + ".tar.gz");
        using var file = File.OpenRead(path);
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unzipped);
        while (tar.GetNextEntry() is { } entry)
        {
            if (!entry.Name.EndsWith(".pcap", StringComparison.Ordinal) || entry.DataStream is null)
                continue;
            var parts = entry.Name.Split('/');
            using var bytes = new MemoryStream();
            entry.DataStream.CopyTo(bytes);
            yield return new RecordedCapture(Path.GetFileName(path), parts[^2], Path.GetFileNameWithoutExtension(parts[^1]), bytes.ToArray());
        }
    }
}
