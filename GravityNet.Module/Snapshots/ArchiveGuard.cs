using System.Buffers;
using System.Globalization;

namespace GravityNet.Snapshots;

/// <summary>
/// Watches over the reading of one archive or folder: names, counts and sizes against the limits. What breaks a limit ends the reading with one sentence that names the entry.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="packedBytes">The size of the archive itself; 0 where nothing is packed.</param>
/// <param name="cancel">Ends the reading.</param>
internal sealed class ArchiveGuard(ArchiveLimits limits, long packedBytes, CancellationToken cancel = default)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _leftOut = [];
    private string _entry = "its beginning";
    private long _total;
    private int _entries;

    /// <summary>What was passed over, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>
    /// An entry's path inside the snapshot: <c>/</c> between its parts, without a first one. Null where it is none that could be inside; then it is left out.
    /// </summary>
    /// <exception cref="InvalidDataException">There are too many entries, or the name is too long.</exception>
    public string? PathOf(string name)
    {
        cancel.ThrowIfCancellationRequested();
        if (++_entries > limits.Entries) throw Broken($"it has more than {limits.Entries.ToString("N0", CultureInfo.InvariantCulture)} entries");
        if (name.Length > limits.NameLength) throw Broken($"the name '{name[..40]}...' has more than {limits.NameLength} characters");
        _entry = $"'{Shown(name)}'";
        var parts = name.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToList();
        if (parts.Count > limits.Depth) throw Broken($"{_entry} lies more than {limits.Depth} folders deep");
        if (name.Any(char.IsControl)) return LeaveOut(name, "its name has control characters");
        if (parts.Contains("..")) return LeaveOut(name, "its path leads out of the snapshot");
        return string.Join('/', parts);
    }

    /// <summary>Notes that a file of this path comes now.</summary>
    /// <exception cref="InvalidDataException">There was one of the same path, or it says that it is too large.</exception>
    public void Begin(string path, long size)
    {
        if (!_seen.Add(path)) throw Broken($"'{path}' is in it twice");
        Check(size);
    }

    /// <summary>Notes that an entry is passed over.</summary>
    public string? LeaveOut(string name, string reason)
    {
        // a hostile archive can have a million of them
        if (_leftOut.Count < 20) _leftOut.Add($"'{Shown(name)}': {reason}");
        return null;
    }

    /// <summary>Checks one file's size.</summary>
    public void Check(long size)
    {
        if (size > limits.FileBytes) throw Broken($"{_entry} is larger than {Size(limits.FileBytes)}");
    }

    /// <summary>Counts bytes that were unpacked.</summary>
    public void Count(int bytes)
    {
        cancel.ThrowIfCancellationRequested();
        _total += bytes;
        if (_total > limits.TotalBytes) throw Broken($"it unpacks to more than {Size(limits.TotalBytes)}, at {_entry}");
        if (packedBytes > 0 && _total > limits.RatioFrom && _total / packedBytes >= limits.Ratio)
            throw Broken($"it unpacks to more than {limits.Ratio} times its size, at {_entry}");
    }

    /// <summary>The stream, with every byte that is read of it counted.</summary>
    public Stream Counted(Stream stream) => new CountedStream(stream, this);

    /// <summary>The bytes of one file, at most as many as a file may have.</summary>
    public byte[] ReadAll(Stream stream, long expected)
    {
        using var memory = new MemoryStream((int)Math.Clamp(expected, 0, 1 << 20));
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            int count;
            while ((count = stream.Read(buffer)) > 0)
            {
                Check(memory.Length + count);
                memory.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return memory.Length == memory.Capacity ? memory.GetBuffer() : memory.ToArray();
    }

    private static InvalidDataException Broken(string what) => new(what + ", which no snapshot is");

    private static string Size(long bytes) => bytes < 1 << 20 ? $"{bytes} bytes" : $"{bytes >> 20} MiB";

    private static string Shown(string name) => string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));

    private sealed class CountedStream(Stream inner, ArchiveGuard guard) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer);
            guard.Count(count);
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
