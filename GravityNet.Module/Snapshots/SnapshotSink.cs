using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace GravityNet.Snapshots;

/// <summary>
/// Where a snapshot is written to: a packed tar, a tar, a zip or a folder, as the path's ending says. It grows under another name beside its place and is moved there when it
/// is whole; what is disposed before that leaves nothing.
/// </summary>
internal abstract class SnapshotSink : IDisposable
{
    private static readonly string[] OtherArchives = [".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".lz4"];
    private readonly bool _overwrite;
    private bool _isComplete;

    private SnapshotSink(string path, bool overwrite)
    {
        (Path, _overwrite) = (path, overwrite);
        Growing = $"{path}.{Guid.NewGuid().ToString("N")[..8]}.tmp";
    }

    /// <summary>The path that it is for.</summary>
    public string Path { get; }

    /// <summary>The path that it grows at.</summary>
    protected string Growing { get; }

    /// <summary>Opens the place for a snapshot.</summary>
    /// <param name="path">A path that ends with <c>.tar.gz</c>, <c>.tgz</c>, <c>.tar</c> or <c>.zip</c>; any other is a folder's.</param>
    /// <param name="overwrite">Whether what is there may be replaced. A folder is replaced only where it is a snapshot's or empty.</param>
    /// <param name="at">The time that the files get.</param>
    /// <exception cref="IOException">Something is there, or the place cannot be written to.</exception>
    public static SnapshotSink Create(string path, bool overwrite, DateTimeOffset at)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(path);
        if (Refusal(path, overwrite) is { } refusal) throw new IOException(refusal);
        return true switch
        {
            _ when Ends(path, ".tar.gz", ".tgz") => new TarSink(path, overwrite, at, isPacked: true),
            _ when Ends(path, ".tar") => new TarSink(path, overwrite, at, isPacked: false),
            _ when Ends(path, ".zip") => new ZipSink(path, overwrite, at),
            _ => new FolderSink(path, overwrite),
        };
    }

    /// <summary>Why the place cannot be written to; null where nothing speaks against it.</summary>
    public static string? Refusal(string path, bool overwrite)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(path);
        if (!Ends(path, ".tar.gz") && Ends(path, OtherArchives)) return $"'{path}' ends with '{System.IO.Path.GetExtension(path)}', and a snapshot is a .tar.gz, .tgz, .tar, .zip or a folder";
        if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } parent && !Directory.Exists(parent)) return $"there is no folder '{parent}'";
        var isFolder = !Ends(path, ".tar.gz", ".tgz", ".tar", ".zip");
        if (!File.Exists(path) && !Directory.Exists(path)) return null;
        if (!overwrite) return $"'{path}' is there already";
        if (isFolder && File.Exists(path)) return $"'{path}' is a file, and its name is that of a folder";
        if (!isFolder && Directory.Exists(path)) return $"'{path}' is a folder, and its name is that of an archive";
        if (isFolder && !File.Exists(System.IO.Path.Combine(path, Snapshot.HeaderFile)) && Directory.EnumerateFileSystemEntries(path).Any()) return $"'{path}' holds something else than a snapshot, and is not replaced";
        return null;
    }

    /// <summary>Writes a file.</summary>
    public abstract void Add(string path, string text);

    /// <summary>Moves the snapshot to its place.</summary>
    /// <returns>Its size in bytes.</returns>
    public long Complete()
    {
        Close();
        if (Directory.Exists(Growing))
        {
            var old = Directory.Exists(Path) ? $"{Growing}.old" : null;
            if (old is not null) Directory.Move(Path, old);
            Directory.Move(Growing, Path);
            _isComplete = true;
            if (old is not null) Directory.Delete(old, recursive: true);
            return new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        }

        File.Move(Growing, Path, _overwrite);
        _isComplete = true;
        return new FileInfo(Path).Length;
    }

    /// <summary>Removes what is not complete.</summary>
    public void Dispose()
    {
        if (_isComplete) return;
        _isComplete = true;
        try
        {
            Close();
        }
        catch (IOException)
        {
            // the disk may be full: what was written is removed all the same
        }

        if (Directory.Exists(Growing)) Directory.Delete(Growing, recursive: true);
        File.Delete(Growing);
    }

    /// <summary>Ends the writing.</summary>
    protected abstract void Close();

    private static bool Ends(string path, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    // addresses, names and firewall rules are for its owner alone
    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private sealed class TarSink : SnapshotSink
    {
        private readonly DateTimeOffset _at;
        private readonly TarWriter _tar;

        public TarSink(string path, bool overwrite, DateTimeOffset at, bool isPacked) : base(path, overwrite)
        {
            _at = at;
            Stream file = Open(Growing);
            _tar = new TarWriter(isPacked ? new GZipStream(file, CompressionLevel.Optimal) : file, TarEntryFormat.Gnu);
        }

        public override void Add(string path, string text) => _tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, path)
        {
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
            ModificationTime = _at,
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });

        protected override void Close() => _tar.Dispose();
    }

    private sealed class ZipSink : SnapshotSink
    {
        private readonly DateTimeOffset _at;
        private readonly ZipArchive _zip;

        public ZipSink(string path, bool overwrite, DateTimeOffset at) : base(path, overwrite) => (_at, _zip) = (at, new ZipArchive(Open(Growing), ZipArchiveMode.Create));

        public override void Add(string path, string text)
        {
            var entry = _zip.CreateEntry(path);
            entry.LastWriteTime = _at;
            using var stream = entry.Open();
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        protected override void Close() => _zip.Dispose();
    }

    private sealed class FolderSink : SnapshotSink
    {
        public FolderSink(string path, bool overwrite) : base(path, overwrite)
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Growing);
            else Directory.CreateDirectory(Growing, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        public override void Add(string path, string text)
        {
            var file = System.IO.Path.Combine(Growing, path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            using var stream = Open(file);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        protected override void Close()
        {
        }
    }
}
