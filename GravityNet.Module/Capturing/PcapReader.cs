using System.Buffers.Binary;

namespace GravityNet.Capturing;

/// <summary>
/// Reads a classic pcap stream (not pcapng) in whatever pieces it arrives, as from <c>tcpdump -U -w -</c> over a network.
/// Bytes that are not pcap never throw: reading stops, <see cref="Problem"/> says why, and the frames before it have been handed out.
/// </summary>
/// <remarks>Format: draft-ietf-opsawg-pcap; both byte orders, micro- and nanosecond time stamps.</remarks>
public sealed class PcapReader
{
    private const int FileHeaderLength = 24;
    private const int FrameHeaderLength = 16;

    /// <summary>libpcap's own upper bound for a frame: a longer one means that the bytes are not pcap any more.</summary>
    private const uint MaxFrameLength = 262144;

    private byte[] _pending = [];
    private int _pendingLength;
    private bool _bigEndian;
    private bool _nanoseconds;

    /// <summary>Bytes before the first frame of what <see cref="Read"/> gets next: the file header, once.</summary>
    private int _skip;

    /// <summary>Whether the file header has been read. A live tcpdump writes it as soon as it listens.</summary>
    public bool HasHeader { get; private set; }

    /// <summary>What each frame begins with. Meaningless before <see cref="HasHeader"/>.</summary>
    public LinkType LinkType { get; private set; }

    /// <summary>The longest part of a frame that the capture keeps, in bytes.</summary>
    public long SnapLength { get; private set; }

    /// <summary>How many frames have been handed out.</summary>
    public long FrameCount { get; private set; }

    /// <summary>Why reading stopped before the end, as one sentence; null while all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>
    /// Takes the next piece of the stream and hands out the frames that are complete with it. Does nothing once there is a <see cref="Problem"/>.
    /// </summary>
    /// <param name="piece">The bytes; they are copied where needed, and may be reused after the call.</param>
    /// <param name="onFrame">Called for each frame, in order. The frame's bytes are its own.</param>
    public void Feed(ReadOnlySpan<byte> piece, Action<PcapFrame> onFrame)
    {
        ArgumentNullException.ThrowIfNull(onFrame);
        if (Problem is not null)
            return;
        Append(piece);
        // whole frames move into one array of their own: one allocation a piece, and _pending can be reused at once
        var whole = WholeLength(_pending.AsSpan(0, _pendingLength));
        if (whole == 0)
            return;
        var owned = _pending.AsSpan(0, whole).ToArray();
        Read(owned, onFrame);
        _pending.AsSpan(whole, _pendingLength - whole).CopyTo(_pending);
        _pendingLength -= whole;
    }

    /// <summary>Says that the stream has ended: what is left over is a frame that was cut off, which becomes the <see cref="Problem"/>.</summary>
    public void Complete()
    {
        if (Problem is not null)
            return;
        if (!HasHeader)
            Problem = _pendingLength == 0 ? "The capture is empty." : $"The capture ends within its header, after {_pendingLength} bytes.";
        else if (_pendingLength > 0)
            Problem = $"The capture is cut off within frame {FrameCount + 1}.";
    }

    /// <summary>
    /// Reads a whole capture without copying it: the frames' bytes are parts of <paramref name="capture"/>.
    /// </summary>
    /// <param name="capture">The file's bytes.</param>
    /// <param name="onFrame">Called for each frame, in order.</param>
    /// <returns>The reader in its last state, for its <see cref="LinkType"/> and <see cref="Problem"/>.</returns>
    public static PcapReader ReadAll(ReadOnlyMemory<byte> capture, Action<PcapFrame> onFrame)
    {
        ArgumentNullException.ThrowIfNull(onFrame);
        var reader = new PcapReader();
        var whole = reader.WholeLength(capture.Span);
        reader.Read(capture[..whole], onFrame);
        reader._pendingLength = capture.Length - whole;
        reader.Complete();
        return reader;
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        if (_pending.Length - _pendingLength < piece.Length)
            Array.Resize(ref _pending, Math.Max(_pendingLength + piece.Length, _pending.Length * 2));
        piece.CopyTo(_pending.AsSpan(_pendingLength));
        _pendingLength += piece.Length;
    }

    /// <summary>How many of the bytes belong to the header and to complete frames. Reads the header, and sets the problem of bytes that are none.</summary>
    private int WholeLength(ReadOnlySpan<byte> data)
    {
        var at = 0;
        if (!HasHeader)
        {
            if (!ReadHeader(data))
                return 0;
            at = FileHeaderLength;
            _skip = FileHeaderLength;
        }

        var frame = FrameCount;
        while (data.Length - at >= FrameHeaderLength)
        {
            frame++;
            var captured = UInt32(data[(at + 8)..]);
            if (captured > MaxFrameLength)
            {
                Problem = $"Frame {frame} says that it is {captured} bytes long: from here on this is not a capture.";
                return at;
            }

            if (data.Length - at - FrameHeaderLength < captured)
                break;
            at += FrameHeaderLength + (int)captured;
        }

        return at;
    }

    private void Read(ReadOnlyMemory<byte> whole, Action<PcapFrame> onFrame)
    {
        var at = Math.Min(_skip, whole.Length);
        _skip = 0;
        while (at < whole.Length)
        {
            var header = whole.Span[at..];
            var captured = (int)UInt32(header[8..]);
            var length = (int)Math.Clamp(UInt32(header[12..]), (uint)captured, int.MaxValue);
            var fraction = UInt32(header[4..]);
            var ticks = (UInt32(header) * TimeSpan.TicksPerSecond) + (_nanoseconds ? fraction / 100 : fraction * TimeSpan.TicksPerMicrosecond);
            FrameCount++;
            onFrame(new PcapFrame(DateTime.UnixEpoch.AddTicks(ticks), length, LinkType, whole.Slice(at + FrameHeaderLength, captured)));
            at += FrameHeaderLength + captured;
        }
    }

    private bool ReadHeader(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4)
            return false;
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(data);
        (_bigEndian, _nanoseconds) = magic switch
        {
            0xA1B23C4D => (false, true),
            0xD4C3B2A1 => (true, false),
            0x4D3CB2A1 => (true, true),
            _ => (false, false),
        };
        if (magic != 0xA1B2C3D4 && !_bigEndian && !_nanoseconds)
        {
            Problem = magic switch
            {
                0x0A0D0D0A => "This is a pcapng file; only classic pcap is read (convert it with: tcpdump -r IN -w OUT).",
                _ when (magic & 0xFFFF) == 0x8B1F => "This file is compressed with gzip; unpack it first.",
                _ => $"This is not a pcap capture: it begins with {Convert.ToHexStringLower(data[..4])}.",
            };
            return false;
        }

        if (data.Length < FileHeaderLength)
            return false;
        SnapLength = UInt32(data[16..]);
        // the upper bits tell of a trailing frame check sequence
        LinkType = (LinkType)(UInt32(data[20..]) & 0xFFFF);
        if (!Enum.IsDefined(LinkType))
        {
            Problem = $"The capture's link type is {(int)LinkType}; Ethernet (1), raw IP (101) and Linux cooked (113, 276) are read.";
            return false;
        }

        HasHeader = true;
        return true;
    }

    private uint UInt32(ReadOnlySpan<byte> data) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(data) : BinaryPrimitives.ReadUInt32LittleEndian(data);
}
