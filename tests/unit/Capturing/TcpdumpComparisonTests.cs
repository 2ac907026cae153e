using GravityNet.Capturing;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

public class TcpdumpComparisonTests
{
    [Fact]
    public async Task Every_packet_of_every_recording_reads_as_tcpdump_prints_it()
    {
        if (Tcpdump.IsMissing)
            Assert.Skip("tcpdump is not installed: there is nothing to compare with");
        var packets = 0;
        foreach (var capture in RecordedCapture.All())
        {
            var expected = await Tcpdump.Print(capture.Bytes);
            var read = CaptureFile.Read(capture.Bytes, capture.Node, capture.Interface, out var problem);
            packets += read.Count;
            var lines = string.Concat(read.Select(packet => packet + "\n"));
            Assert.Null(problem);
            AssertSameLines(expected, lines, $"{capture.Recording} {capture.Node} {capture.Interface}");
        }

        Assert.InRange(packets, 20_000, int.MaxValue);
    }

    private static void AssertSameLines(string expected, string actual, string where)
    {
        if (expected == actual)
            return;
        var theirs = expected.Split('\n');
        var ours = actual.Split('\n');
        var line = Enumerable.Range(0, Math.Max(theirs.Length, ours.Length)).First(i => theirs.ElementAtOrDefault(i) != ours.ElementAtOrDefault(i));
        Assert.Fail($"{where}, line {line + 1}\ntcpdump: {theirs.ElementAtOrDefault(line)}\nours:    {ours.ElementAtOrDefault(line)}");
    }
}
