using System.Diagnostics;
using System.Text.RegularExpressions;

namespace GravityNet.UnitTests.Capturing;

/// <summary>The real tcpdump, as the judge of what a capture reads like.</summary>
internal static partial class Tcpdump
{
    public static bool IsMissing => !Path.Exists("/usr/bin/tcpdump") && !Path.Exists("/usr/sbin/tcpdump");

    /// <summary>What <c>tcpdump -vnS</c> prints of a capture, made <see cref="Comparable"/>.</summary>
    public static async Task<string> Print(byte[] capture)
    {
        var file = Path.Combine(Path.GetTempPath(), $"gravitynet-{Guid.NewGuid():N}.pcap");
        await File.WriteAllBytesAsync(file, capture);
        try
        {
            using var process = Process.Start(new ProcessStartInfo("tcpdump", ["-vnS", "-r", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var text = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            await error;
            return Comparable(text);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>tcpdump's text without what we leave out on purpose, and as it is where it knows that a port is VXLAN's.</summary>
    public static string Comparable(string text)
    {
        text = Checksum().Replace(text, "");
        // without -T vxlan, port 8472 is read as OTV, whose header has the same layout
        return OverlayTransport().Replace(text, "VXLAN, $1, vni $2");
    }

    [GeneratedRegex(@", cksum 0x[0-9a-f]{4} \([^)]*\)|\[(icmp6|udp) sum ok\] |, bad cksum [^!]*!| \(wrong icmp cksum [^!]*!\)| ?\[bad icmp6 cksum [^!]*!\]")]
    private static partial Regex Checksum();

    [GeneratedRegex(@"OTV, (flags \[\w+\] \(0x\w\w\)), overlay 0, instance (\d+)")]
    private static partial Regex OverlayTransport();
}
