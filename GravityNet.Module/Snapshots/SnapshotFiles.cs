using System.Formats.Tar;
using System.IO.Compression;

namespace GravityNet.Snapshots;

/// <summary>
/// The files of a snapshot, out of a folder, a <c>.tar</c>, a <c>.tar.gz</c> or a <c>.zip</c>. Paths are relative to the snapshot's root, with <c>/</c>.
/// </summary>
internal sealed class SnapshotFiles
{
    private readonly SortedDictionary<string, Func<byte[]>> _files = new(StringComparer.Ordinal);

    private SnapshotFiles(string place) => Place = place;

    /// <summary>The path that the user gave.</summary>
    public string Place { get; }

    /// <summary>The files' paths, in order.</summary>
    public IEnumerable<string> Paths => _files.Keys;

    /// <summary>Opens a snapshot's files.</summary>
    /// <exception cref="IOException">The path does not exist or cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is none of the formats, or is damaged.</exception>
    public static SnapshotFiles Open(string path)
    {
        var files = new SnapshotFiles(path);
        if (Directory.Exists(path)) files.AddFolder(path);
        else if (!File.Exists(path)) throw new FileNotFoundException("there is no such file or folder", path);
        else if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) files.AddZip(path);
        else files.AddTar(path);
        files.StripRoot();
        return files;
    }

    /// <summary>The file's bytes, or null where there is no such file.</summary>
    public byte[]? Bytes(string path) => _files.TryGetValue(path, out var read) ? read() : null;

    /// <summary>The file's text, or null where there is no such file.</summary>
    public string? Text(string path)
    {
        if (Bytes(path) is not { } bytes) return null;
        using var reader = new StreamReader(new MemoryStream(bytes));
        return reader.ReadToEnd();
    }

    private void AddFolder(string root)
    {
        // any folder can be named: walk it only when it is a snapshot's
        if (!IsRoot(root) && !Directory.EnumerateDirectories(root).Any(IsRoot)) return;
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            _files[Path.GetRelativePath(root, file).Replace('\\', '/')] = () => File.ReadAllBytes(file);
        }
    }

    private static bool IsRoot(string folder) => File.Exists(Path.Combine(folder, "snapshot.json"));

    private void AddZip(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        foreach (var entry in zip.Entries.Where(e => e.Name.Length > 0))
        {
            using var stream = entry.Open();
            Add(entry.FullName, stream);
        }
    }

    private void AddTar(string path)
    {
        using var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        using Stream stream = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var tar = new TarReader(stream);
        try
        {
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is { } data) Add(entry.Name, data);
                else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile) _files[Clean(entry.Name)] = () => [];
            }
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException)
        {
            throw new InvalidDataException($"it is no tar archive, or is damaged ({e.Message})", e);
        }
    }

    private void Add(string name, Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.ToArray();
        _files[Clean(name)] = () => bytes;
    }

    private static string Clean(string name) => string.Join('/', name.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."));

    // an archive made of a folder has that folder's name before every path
    private void StripRoot()
    {
        if (_files.ContainsKey("snapshot.json")) return;
        var root = _files.Keys.FirstOrDefault(k => k.EndsWith("/snapshot.json", StringComparison.Ordinal) && k.AsSpan().Count('/') == 1)?[..^"snapshot.json".Length];
        if (root is null) return;
        foreach (var (key, read) in _files.ToList())
        {
            _files.Remove(key);
            if (key.StartsWith(root, StringComparison.Ordinal)) _files[key[root.Length..]] = read;
        }
    }
}
