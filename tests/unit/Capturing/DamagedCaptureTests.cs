using GravityNet.Capturing;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

public class DamagedCaptureTests
{
    [Fact]
    public void Frames_with_changed_and_missing_bytes_are_decoded_without_an_exception()
    {
        var random = new Random(8472);
        var printed = 0L;
        foreach (var capture in RecordedCapture.Of("h-mtu-1500"))
        {
            var frames = new List<PcapFrame>();
            PcapReader.ReadAll(capture.Bytes, frames.Add);
            for (var i = 0; i < 3000; i++)
            {
                var original = frames[random.Next(frames.Count)];
                var bytes = original.Data[..random.Next(original.Data.Length + 1)].ToArray();
                for (var changes = random.Next(8); changes > 0 && bytes.Length > 0; changes--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                var link = random.Next(8) switch { 0 => LinkType.RawIp, 1 => LinkType.LinuxCooked, 2 => LinkType.LinuxCooked2, _ => LinkType.Ethernet };
                printed += Everything(new CapturedPacket("node-1", "eth0", original with { Data = bytes, Link = link }, VxlanPorts.Default));
            }
        }

        Assert.InRange(printed, 1_000_000, long.MaxValue);
    }

    [Fact]
    public void Captures_with_changed_bytes_are_read_without_an_exception()
    {
        var random = new Random(4789);
        var original = RecordedCapture.Of("a-forwarding-off").First().Bytes;
        for (var i = 0; i < 300; i++)
        {
            var bytes = original[..random.Next(original.Length)];
            for (var changes = random.Next(200); changes > 0 && bytes.Length > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var packets = CaptureFile.Read(bytes, "node-1", "eth0", out var problem);
            // a cut almost always falls within a frame, and then it is said
            Assert.True(problem is not null || packets.Count > 0);
            Assert.All(packets.Take(20), packet => Everything(packet));
        }
    }

    [Fact]
    public void Control_characters_from_the_network_do_not_reach_the_terminal()
    {
        var seen = 0;
        foreach (var capture in RecordedCapture.Of("healthy"))
        {
            PcapReader.ReadAll(capture.Bytes, frame =>
            {
                var bytes = frame.Data.ToArray();
                if (!Text(frame).Contains("A? kubernetes.", StringComparison.Ordinal))
                    return;
                var at = bytes.AsSpan().IndexOf("kubernetes"u8);
                seen++;
                "\u001b[31mred\u0007"u8.CopyTo(bytes.AsSpan(at));
                var text = Text(frame with { Data = bytes });
                Assert.Contains("^[[31mred^G", text, StringComparison.Ordinal);
                Assert.DoesNotContain("\u001b", text, StringComparison.Ordinal);
            });
        }

        Assert.InRange(seen, 1, int.MaxValue);
    }

    private static string Text(PcapFrame frame) => new CapturedPacket("node-1", "cni0", frame, VxlanPorts.Default).ToString();

    private static int Everything(CapturedPacket packet)
    {
        var length = packet.ToString().Length;
        foreach (var property in typeof(CapturedPacket).GetProperties())
            length += property.GetValue(packet)?.ToString()?.Length ?? 0;
        return length;
    }
}
