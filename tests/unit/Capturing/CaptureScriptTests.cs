using System.Diagnostics;
using GravityNet.Capturing;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

public class CaptureScriptTests
{
    private const string Own = "not (host 192.168.33.1 and tcp port 40022)";

    // what the user wants, where sshd says that the packets go home to, and the words that tcpdump is then given for its filter
    [Theory]
    [InlineData("icmp or udp port 53", "", "--|icmp or udp port 53")]
    [InlineData(" ", "", "")]
    [InlineData(null, "192.168.33.1 40022 192.168.33.11 22", "--|" + Own)]
    [InlineData("icmp", "192.168.33.1 40022 192.168.33.11 22", "--|(icmp) and " + Own)]
    [InlineData("icmp'; touch /tmp/x; '", "", "--|icmp'; touch /tmp/x; '")]
    [InlineData("$(id) `id` \"$HOME\" \\ *", "", "--|$(id) `id` \"$HOME\" \\ *")]
    public async Task Tcpdump_gets_the_filter_as_one_word_and_the_sessions_own_connection_left_out(string? filter, string connection, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the script is a POSIX shell's");
        var plan = new CapturePlan { Interface = "flannel.1", Filter = filter, Count = 10, Seconds = 5, SnapLength = 512 };
        var words = await WordsAsync(CaptureScript.For(plan), connection);
        var bounds = "-s|INT|5|tcpdump|-U|-n|--immediate-mode|-i|flannel.1|-s|512|-B|4096|-c|10|-w|-";
        Assert.Equal(expected.Length > 0 ? $"{bounds}|{expected}" : bounds, string.Join('|', words));
    }

    // the script's last command with a timeout that prints the words it is given
    private static async Task<string[]> WordsAsync(string script, string connection)
    {
        var folder = Directory.CreateTempSubdirectory("gravitynet-");
        try
        {
            foreach (var (tool, text) in new[] { ("timeout", "[ \"$1\" != --foreground ] || exit 1\nprintf '%s\\n' \"$@\"\n"), ("tcpdump", "exit 1\n") })
            {
                var path = Path.Combine(folder.FullName, tool);
                await File.WriteAllTextAsync(path, "#!/bin/sh\n" + text, TestContext.Current.CancellationToken);
                if (OperatingSystem.IsLinux()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true };
            start.Environment["PATH"] = folder.FullName;
            start.Environment["SSH_CONNECTION"] = connection;
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return output.TrimEnd('\n').Split('\n');
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("cni0", true)]
    [InlineData("flannel.1", true)]
    [InlineData("veth0a1b2c3d@if2", false)]
    [InlineData("eth0:1", true)]
    [InlineData("any", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\nb", false)]
    [InlineData("sixteencharacter", false)]
    public void An_interface_name_is_checked_before_it_is_used(string name, bool good)
    {
        if (good)
            Assert.Equal(name, new CapturePlan { Interface = name }.Interface);
        else
            Assert.Throws<ArgumentException>(() => new CapturePlan { Interface = name });
    }

    [Fact]
    public void On_the_underlay_a_filter_lets_all_of_vxlan_through()
    {
        Assert.Equal("udp dst port 8472 or (icmp)", CapturePlan.OnUnderlay("icmp", 8472));
        Assert.Null(CapturePlan.OnUnderlay(" ", 8472));
    }
}
