using System.Buffers.Binary;
using GravityNet.Capturing;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

public class PcapReaderTests
{
    private static readonly byte[] SomeCapture = RecordedCapture.Of("a-forwarding-off").Single(c => c is { Node: "node-1", Interface: "eth0" }).Bytes;

    [Fact]
    public void Pieces_of_any_size_give_the_same_frames_as_the_whole()
    {
        var whole = new List<string>();
        PcapReader.ReadAll(SomeCapture, frame => whole.Add(Text(frame)));
        var random = new Random(20261123);
        for (var round = 0; round < 20; round++)
        {
            var reader = new PcapReader();
            var frames = new List<string>();
            for (var at = 0; at < SomeCapture.Length;)
            {
                var size = Math.Min(random.Next(1, round == 0 ? 2 : 2000), SomeCapture.Length - at);
                // the caller may reuse its buffer
                var piece = SomeCapture.AsSpan(at, size).ToArray();
                reader.Feed(piece, frame => frames.Add(Text(frame)));
                Array.Clear(piece);
                at += size;
            }

            reader.Complete();
            Assert.Null(reader.Problem);
            Assert.Equal(whole, frames);
            Assert.Equal(whole.Count, reader.FrameCount);
        }
    }

    [Fact]
    public void The_header_alone_says_that_the_capture_has_begun()
    {
        var reader = new PcapReader();
        reader.Feed(SomeCapture.AsSpan(0, 23), _ => { });
        Assert.False(reader.HasHeader);
        reader.Feed(SomeCapture.AsSpan(23, 1), _ => { });
        Assert.True(reader.HasHeader);
        Assert.Equal(LinkType.Ethernet, reader.LinkType);
        Assert.Equal(262144, reader.SnapLength);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Both_byte_orders_and_both_clocks_are_read(bool bigEndian, bool nanoseconds)
    {
        var capture = new List<byte>();
        void Add(uint value)
        {
            var bytes = new byte[4];
            if (bigEndian)
                BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            capture.AddRange(bytes);
        }

        Add(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4);
        Add(0x00040002);
        Add(0);
        Add(0);
        Add(65535);
        Add(101);
        Add(1_700_000_000);
        Add(nanoseconds ? 123_456_700u : 123_456u);
        Add(3);
        Add(1500);
        capture.AddRange([1, 2, 3]);

        var frames = new List<PcapFrame>();
        var reader = PcapReader.ReadAll(capture.ToArray(), frames.Add);

        Assert.Null(reader.Problem);
        var frame = Assert.Single(frames);
        Assert.Equal(LinkType.RawIp, frame.Link);
        Assert.Equal(1500, frame.Length);
        Assert.Equal([1, 2, 3], frame.Data.ToArray());
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1_700_000_000).AddTicks(nanoseconds ? 1_234_567 : 1_234_560), frame.Time);
        Assert.Equal(DateTimeKind.Utc, frame.Time.Kind);
    }

    [Fact]
    public void A_cut_capture_keeps_what_was_whole_and_says_where_it_was_cut()
    {
        var frames = 0;
        var reader = PcapReader.ReadAll(SomeCapture.AsMemory(0, SomeCapture.Length - 1), _ => frames++);
        Assert.Equal($"The capture is cut off within frame {frames + 1}.", reader.Problem);
        Assert.InRange(frames, 10, int.MaxValue);
    }

    [Fact]
    public void A_frame_of_impossible_length_ends_the_reading_and_keeps_the_frames_before()
    {
        var capture = SomeCapture.ToArray();
        var second = 24 + 16 + BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(32));
        BinaryPrimitives.WriteUInt32LittleEndian(capture.AsSpan(second + 8), 0x7FFFFFFF);
        var frames = 0;
        var reader = PcapReader.ReadAll(capture, _ => frames++);
        Assert.Equal(1, frames);
        Assert.Equal("Frame 2 says that it is 2147483647 bytes long: from here on this is not a capture.", reader.Problem);

        var live = new PcapReader();
        live.Feed(capture, _ => frames++);
        live.Feed(SomeCapture, _ => frames++);
        Assert.Equal(2, frames);
        Assert.Equal(reader.Problem, live.Problem);
    }

    [Theory]
    [InlineData("", "The capture is empty.")]
    [InlineData("D4C3B2A1", "The capture ends within its header, after 4 bytes.")]
    [InlineData("0A0D0D0A1C000000", "This is a pcapng file; only classic pcap is read (convert it with: tcpdump -r IN -w OUT).")]
    [InlineData("1F8B080000000000", "This file is compressed with gzip; unpack it first.")]
    [InlineData("7463706475", "This is not a pcap capture: it begins with 74637064.")]
    [InlineData("D4C3B2A1020004000000000000000000000004006A000000", "The capture's link type is 106; Ethernet (1), raw IP (101) and Linux cooked (113, 276) are read.")]
    public void What_is_no_capture_is_said_in_one_sentence(string hex, string problem)
    {
        var reader = PcapReader.ReadAll(Convert.FromHexString(hex), _ => Assert.Fail("a frame came out of it"));
        Assert.Equal(problem, reader.Problem);
        Assert.Equal(0, reader.FrameCount);
    }

    private static string Text(PcapFrame frame) => $"{frame.Time:O} {frame.Length} {Convert.ToHexString(frame.Data.Span)}";
}
