using System.Diagnostics;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

/// <summary>Two network namespaces with a cable between them: <c>left0</c> with 10.99.0.1 and <c>right0</c> with 10.99.0.2.</summary>
internal sealed class NetworkPair : IDisposable
{
    private readonly string _id = Guid.NewGuid().ToString("N")[..8];

    public NetworkPair()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            Assert.Skip("network namespaces need root on Linux");
        if (Tcpdump.IsMissing)
            Assert.Skip("tcpdump is not installed");
        if (IsMissing("ip") || IsMissing("ping"))
            Assert.Skip("ip or ping is not installed");
        if (Run("ip", "netns", "add", Left).Code != 0)
            Assert.Skip("this machine lets nobody make network namespaces");
        try
        {
            Must("ip", "netns", "add", Right);
            Must("ip", "-n", Left, "link", "add", "left0", "type", "veth", "peer", "name", "right0", "netns", Right);
            foreach (var (space, name, address) in new[] { (Left, "left0", "10.99.0.1/24"), (Right, "right0", "10.99.0.2/24") })
            {
                Must("ip", "netns", "exec", space, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; true");
                Must("ip", "-n", space, "addr", "add", address, "dev", name);
                Must("ip", "-n", space, "link", "set", name, "up");
                Must("ip", "-n", space, "link", "set", "lo", "up");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Left => $"gn-left-{_id}";

    public string Right => $"gn-right-{_id}";

    /// <summary>Pings the right side from the left.</summary>
    public Task Ping(int count) => Task.Run(() => Must("ip", "netns", "exec", Left, "ping", "-n", "-c", $"{count}", "-i", "0.05", "-W", "2", "10.99.0.2"));

    /// <summary>The processes that run in the two namespaces.</summary>
    public string Processes => Must("ip", "netns", "pids", Left) + Must("ip", "netns", "pids", Right);

    public void Dispose()
    {
        Run("ip", "netns", "del", Left);
        Run("ip", "netns", "del", Right);
    }

    private static bool IsMissing(string command) => !File.Exists($"/usr/bin/{command}") && !File.Exists($"/usr/sbin/{command}") && !File.Exists($"/sbin/{command}");

    private static string Must(params string[] command)
    {
        var (code, output) = Run(command);
        Assert.True(code == 0, $"{string.Join(' ', command)}: {output}");
        return output;
    }

    private static (int Code, string Output) Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }
}
