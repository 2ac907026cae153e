using System.IO.Compression;
using System.Text;

namespace GravityNet.Snapshots;

/// <summary>
/// The files of a snapshot, out of a folder, a <c>.tar</c>, a <c>.tar.gz</c> or a <c>.zip</c>. Paths are relative to the snapshot's root, with <c>/</c>.
/// </summary>
/// <remarks>
/// An archive is read once, from its beginning to its end, and what it holds is kept in memory, packed again where it is much: nothing is written to a disk. A folder's
/// files are read when they are asked for. No link is followed.
/// </remarks>
internal sealed class SnapshotFiles
{
    // what is held beyond this is packed: a thousand nodes' texts take ten times as much memory as packed
    private const long PlainBytes = 32 << 20;
    private const int WorthPacking = 1 << 10;

    private readonly Dictionary<string, Held> _files = new(StringComparer.Ordinal);
    private readonly ArchiveLimits _limits;
    private readonly CancellationToken _cancel;
    private string[] _paths = [];
    private long _unpacked;

    private SnapshotFiles(string place, ArchiveLimits limits, CancellationToken cancel = default) => (Place, _limits, _cancel) = (place, limits, cancel);

    /// <summary>The path that the user gave.</summary>
    public string Place { get; }

    /// <summary>The files' paths, in order.</summary>
    public IReadOnlyList<string> Paths => _paths;

    /// <summary>The entries that were passed over, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut { get; private set; } = [];

    /// <summary>How many bytes of memory an archive's files take.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>When the newest of an archive's files was changed; the least time where that is not known.</summary>
    public DateTimeOffset Modified { get; private set; }

    /// <summary>Opens a snapshot's files.</summary>
    /// <exception cref="IOException">The path does not exist or cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is none of the formats, is damaged, or breaks a limit.</exception>
    public static SnapshotFiles Open(string path, ArchiveLimits limits, CancellationToken cancel)
    {
        var files = new SnapshotFiles(path, limits, cancel);
        if (Directory.Exists(path))
        {
            files.AddFolder(path);
        }
        else if (!File.Exists(path))
        {
            throw new FileNotFoundException("there is no such file or folder", path);
        }
        else
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 17, FileOptions.SequentialScan);
            Span<byte> start = stackalloc byte[2];
            var got = file.ReadAtLeast(start, 2, throwOnEndOfStream: false);
            file.Position = 0;
            if (got == 2 && start.SequenceEqual("PK"u8)) files.AddZip(file);
            else files.AddTar(file, file.Length, got == 2 && start[0] == 0x1f && start[1] == 0x8b, null);
        }

        files.StripRoot();
        return files;
    }

    /// <summary>Opens a <c>.tar.gz</c> that lies in another archive.</summary>
    /// <param name="place">What to call it in errors.</param>
    /// <param name="packed">Its bytes.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="wanted">The paths that are wanted; the others are skipped.</param>
    public static SnapshotFiles OpenInner(string place, byte[] packed, ArchiveLimits limits, Predicate<string> wanted)
    {
        var files = new SnapshotFiles(place, limits);
        files.AddTar(new MemoryStream(packed, writable: false), packed.Length, packed is [0x1f, 0x8b, ..], wanted);
        files.SetPaths();
        return files;
    }

    /// <summary>The file's bytes, or null where there is no such file.</summary>
    /// <exception cref="IOException">A folder's file cannot be read any more.</exception>
    public byte[]? Bytes(string path) => _files.TryGetValue(path, out var held) ? held.Read(_limits) : null;

    /// <summary>The file's text, or null where there is no such file.</summary>
    public string? Text(string path)
    {
        if (Bytes(path) is not { } bytes) return null;
        return Encoding.UTF8.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes);
    }

    /// <summary>The paths below a folder, in order.</summary>
    /// <param name="folder">The folder's path with a <c>/</c> at its end.</param>
    public IEnumerable<string> Below(string folder)
    {
        var at = Array.BinarySearch(_paths, folder, StringComparer.Ordinal);
        for (at = at < 0 ? ~at : at; at < _paths.Length && _paths[at].StartsWith(folder, StringComparison.Ordinal); at++) yield return _paths[at];
    }

    private void AddFolder(string root)
    {
        // any folder can be named: walk it only when it is a snapshot's or a report's
        if (!IsRoot(root) && !Directory.EnumerateDirectories(root).Any(IsRoot)) return;
        var guard = new ArchiveGuard(_limits, 0, _cancel);
        var folders = new Stack<DirectoryInfo>([new DirectoryInfo(root)]);
        while (folders.TryPop(out var folder))
        {
            foreach (var item in folder.EnumerateFileSystemInfos())
            {
                var name = Path.GetRelativePath(root, item.FullName);
                if (guard.PathOf(name) is not { } path) continue;
                if (item.Attributes.HasFlag(FileAttributes.ReparsePoint))
                {
                    guard.LeaveOut(name, "it is a link");
                }
                else if (item is DirectoryInfo below)
                {
                    folders.Push(below);
                }
                else if (item is FileInfo file)
                {
                    guard.Begin(path, file.Length);
                    _files[path] = new FolderFile(file.FullName, file.Length);
                }
            }
        }

        LeftOut = guard.LeftOut;
    }

    private static bool IsRoot(string folder) => File.Exists(Path.Combine(folder, Snapshot.HeaderFile)) || Directory.EnumerateFiles(folder).Any(f => GravityReport.NodeOf(Path.GetFileName(f)) is not null);

    private void AddZip(FileStream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        var guard = new ArchiveGuard(_limits, file.Length, _cancel);
        foreach (var entry in zip.Entries)
        {
            if (guard.PathOf(entry.FullName) is not { Length: > 0 } path || entry.FullName.EndsWith('/') || entry.FullName.EndsWith('\\')) continue;

            // the upper half is the file's mode where a Unix tool made the archive (APPNOTE 4.4.15): the type bits of stat(2)
            var type = (entry.ExternalAttributes >>> 28) & 0xf;
            if (type == 0xa)
            {
                guard.LeaveOut(entry.FullName, "it is a link");
            }
            else if (type is not (0 or 8))
            {
                guard.LeaveOut(entry.FullName, "it is no regular file");
            }
            else
            {
                guard.Begin(path, entry.Length);
                using var stream = guard.Counted(entry.Open());
                var bytes = guard.ReadAll(stream, entry.Length);
                if (bytes.Length != entry.Length || ZipChecksum.Of(bytes) != entry.Crc32) throw new InvalidDataException($"'{path}' is damaged: it has another size or checksum than the archive says");
                Keep(path, bytes, entry.LastWriteTime);
            }
        }

        LeftOut = guard.LeftOut;
    }

    private void AddTar(Stream file, long length, bool isPacked, Predicate<string>? wanted)
    {
        var guard = new ArchiveGuard(_limits, isPacked ? length : 0, _cancel);
        // counted behind the buffer: what breaks a limit is the entry that is being read
        using var stream = guard.Counted(isPacked ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress), 1 << 17) : file);
        TarFiles.Read(stream, guard, entry =>
        {
            if (wanted?.Invoke(entry.Path) == false) return;
            guard.Begin(entry.Path, entry.Size);
            Keep(entry.Path, guard.ReadAll(entry.Data, entry.Size), entry.Modified);
        });
        LeftOut = guard.LeftOut;
    }

    private void Keep(string path, byte[] bytes, DateTimeOffset modified)
    {
        if (modified > Modified) Modified = modified;
        var isPacked = path.EndsWith("gz", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
        Held held = _unpacked > PlainBytes && bytes.Length > WorthPacking && !isPacked ? PackedFile.Of(bytes) : new PlainFile(bytes);
        _unpacked += bytes.Length;
        HeldBytes += held.Bytes;
        _files[path] = held;
    }

    // an archive made of a folder has that folder's name before every path
    private void StripRoot()
    {
        SetPaths();
        if (_files.ContainsKey(Snapshot.HeaderFile) || _paths.Any(p => GravityReport.NodeOf(p) is not null && !p.Contains('/', StringComparison.Ordinal))) return;
        if (_paths.FirstOrDefault(IsHeader) is not { } header) return;
        var root = header[..(header.IndexOf('/', StringComparison.Ordinal) + 1)];
        foreach (var path in _paths)
        {
            _files.Remove(path, out var held);
            if (path.StartsWith(root, StringComparison.Ordinal)) _files[path[root.Length..]] = held!;
        }

        SetPaths();

        static bool IsHeader(string path) => path.Split('/') is [_, var name] && (name == Snapshot.HeaderFile || GravityReport.NodeOf(name) is not null);
    }

    private void SetPaths()
    {
        _paths = [.. _files.Keys];
        Array.Sort(_paths, StringComparer.Ordinal);
    }

    private abstract class Held
    {
        public virtual long Bytes => 0;

        public abstract byte[] Read(ArchiveLimits limits);
    }

    private sealed class PlainFile(byte[] bytes) : Held
    {
        public override long Bytes => bytes.Length;

        public override byte[] Read(ArchiveLimits limits) => bytes;
    }

    private sealed class PackedFile(byte[] packed, int length) : Held
    {
        public override long Bytes => packed.Length;

        public static PackedFile Of(byte[] bytes)
        {
            using var memory = new MemoryStream(bytes.Length / 4);
            using (var pack = new DeflateStream(memory, CompressionLevel.Fastest)) pack.Write(bytes);
            return new PackedFile(memory.ToArray(), bytes.Length);
        }

        public override byte[] Read(ArchiveLimits limits)
        {
            var bytes = new byte[length];
            using var unpack = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            unpack.ReadExactly(bytes);
            return bytes;
        }
    }

    private sealed class FolderFile(string path, long length) : Held
    {
        public override byte[] Read(ArchiveLimits limits)
        {
            // a device, a socket or a named pipe has no length, and opening one can wait for ever
            if (length == 0) return [];
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return new ArchiveGuard(limits, 0).ReadAll(file, length);
        }
    }
}
