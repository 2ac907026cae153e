using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace GravityNet.Snapshots;

/// <summary>
/// Reads the regular files of a tar archive, one after the other: ustar, GNU's long names and base-256 sizes, and pax headers (POSIX pax, "ustar Interchange Format").
/// </summary>
/// <remarks>
/// The library's TarReader takes a pax header of any size into memory before anybody can look at it, and archives come from others.
/// </remarks>
internal static class TarFiles
{
    private const int Block = 512;

    // a path and a few attributes; more is not read
    private const int HeaderBytes = 64 << 10;

    /// <summary>A regular file. Its data can be read until the reading goes on.</summary>
    /// <param name="Name">The name as the archive has it.</param>
    /// <param name="Path">The path inside the snapshot.</param>
    /// <param name="Size">Its size in bytes.</param>
    /// <param name="Modified">When it was changed last.</param>
    /// <param name="Data">Its bytes.</param>
    internal readonly record struct Entry(string Name, string Path, long Size, DateTimeOffset Modified, Stream Data);

    /// <summary>
    /// Reads an archive to its end. Links and devices are left out: nothing is followed. What the caller does not read of a file is skipped.
    /// </summary>
    /// <exception cref="InvalidDataException">It is no tar archive, is cut short or damaged, or breaks a limit.</exception>
    public static void Read(Stream tar, ArchiveGuard guard, Action<Entry> take)
    {
        var header = new byte[Block];
        var extended = new Extended(null, null, null);
        while (true)
        {
            var got = tar.ReadAtLeast(header, Block, throwOnEndOfStream: false);
            if (got == 0 || (got == Block && !header.AsSpan().ContainsAnyExcept((byte)0))) break;
            if (got < Block) throw new InvalidDataException("it is cut short, or no tar archive");
            if (!IsHeader(header)) throw new InvalidDataException("it is no tar archive, or is damaged: a header's checksum is wrong");

            var type = (char)header[156];
            var size = type is '1' or '2' or '3' or '4' or '5' or '6' ? 0 : extended.Size ?? Number(header.AsSpan(124, 12));
            if (size < 0) throw new InvalidDataException("it is damaged: a size is no number");
            var part = new Part(tar, size);
            switch (type)
            {
                case 'x':
                    extended = extended.With(Pax(Bytes(part, size)));
                    break;
                case 'L':
                    extended = extended with { Name = Until(Bytes(part, size), 0) };
                    break;
                case 'K' or 'g' or 'V' or 'N':
                    break;
                default:
                    Take(type, extended.Name ?? Name(header), size, extended.Modified ?? Number(header.AsSpan(136, 12)), part);
                    extended = new(null, null, null);
                    break;
            }

            part.Skip();
            Skip(tar, (Block - (size % Block)) % Block);
        }

        // what follows the end mark is counted too: a packed archive can hide a bomb behind it
        tar.CopyTo(Stream.Null);

        void Take(char type, string name, long size, long modified, Part part)
        {
            var path = guard.PathOf(name);
            if (path is null || type == '5') return;
            if (type is '1' or '2') guard.LeaveOut(name, "it is a link");
            else if (type is not ('0' or '\0' or '7')) guard.LeaveOut(name, "it is no regular file");
            else if (path.Length > 0 && !name.EndsWith('/')) take(new(name, path, size, Time(modified), part));
        }

        byte[] Bytes(Part part, long size)
        {
            if (size > HeaderBytes) throw new InvalidDataException($"a header of it has {size} bytes, which no file's name needs");
            var bytes = new byte[size];
            part.ReadExactly(bytes);
            return bytes;
        }
    }

    private static DateTimeOffset Time(long seconds) => seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;

    // the checksum is the sum of the header's bytes, its own field taken as blanks
    private static bool IsHeader(ReadOnlySpan<byte> header)
    {
        var sum = 8 * ' ';
        for (var i = 0; i < Block; i++)
        {
            if (i is < 148 or >= 156) sum += header[i];
        }

        return Number(header.Slice(148, 8)) == sum;
    }

    private static string Name(byte[] header)
    {
        var name = Until(header.AsSpan(0, 100), 0);
        return header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) && header[345] != 0 ? $"{Until(header.AsSpan(345, 155), 0)}/{name}" : name;
    }

    private static string Until(ReadOnlySpan<byte> bytes, byte end) => Encoding.UTF8.GetString(bytes.IndexOf(end) is >= 0 and var at ? bytes[..at] : bytes);

    // octal digits with blanks or NULs around, or GNU's base 256 with the first bit set
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0) return field[0] == 0x80 && field.Length == 12 && field[1..4].IndexOfAnyExcept((byte)0) < 0 ? BinaryPrimitives.ReadInt64BigEndian(field[4..]) : -1;
        var number = 0L;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7') return -1;
            number = (number << 3) | (uint)(digit - '0');
        }

        return number;
    }

    // lines of "LENGTH KEY=VALUE\n", where the length is the whole line's
    private static Extended Pax(ReadOnlySpan<byte> bytes)
    {
        var result = new Extended(null, null, null);
        while (bytes.IndexOf((byte)' ') is > 0 and var blank)
        {
            if (!int.TryParse(bytes[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= blank + 1 || length > bytes.Length) break;
            var line = bytes[(blank + 1)..length].TrimEnd((byte)'\n');
            var value = line[(line.IndexOf((byte)'=') + 1)..];
            if (line.StartsWith("path="u8)) result = result with { Name = Encoding.UTF8.GetString(value) };
            else if (line.StartsWith("size="u8)) result = result with { Size = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1 };
            else if (line.StartsWith("mtime="u8) && decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var time) && Math.Abs(time) < 1e12m) result = result with { Modified = (long)time };
            bytes = bytes[length..];
        }

        return result;
    }

    private static void Skip(Stream stream, long count)
    {
        Span<byte> buffer = stackalloc byte[Block];
        stream.ReadExactly(buffer[..(int)count]);
    }

    private readonly record struct Extended(string? Name, long? Size, long? Modified)
    {
        public Extended With(Extended other) => new(other.Name ?? Name, other.Size ?? Size, other.Modified ?? Modified);
    }

    /// <summary>The next bytes of the archive, as one file's.</summary>
    private sealed class Part(Stream inner, long size) : ForwardStream
    {
        private long _left = size;

        public override int Read(Span<byte> buffer)
        {
            if (_left == 0 || buffer.IsEmpty) return 0;
            var count = inner.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
            if (count == 0) throw new InvalidDataException("it is cut short");
            _left -= count;
            return count;
        }

        public void Skip()
        {
            if (_left > 0) CopyTo(Null);
        }
    }
}
