using System.Diagnostics;
using System.Text.RegularExpressions;
using GravityNet.Shell;
using Xunit;

namespace GravityNet.ModuleTests;

/// <summary>The bench in its short form. What it measures is the machine's affair; that it measures everything is not.</summary>
public sealed partial class BenchTests
{
    [Fact]
    public void Every_row_is_measured()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "the bench needs Linux and root");
        Assert.SkipUnless(File.Exists("/usr/sbin/sshd"), "sshd is not there: install openssh-server");
        using (var namespaces = Process.Start(new ProcessStartInfo("unshare", ["--uts", "true"]) { RedirectStandardError = true })!)
        {
            namespaces.WaitForExit();
            Assert.SkipUnless(namespaces.ExitCode == 0, "namespaces cannot be made here: each node of the bench has a host name of its own");
        }

        var (exitCode, output, error) = Run("-Short", "-Module", Path.Combine(Repository.Root, "out", "GravityNet"), "--", "dotnet", typeof(ShellSession).Assembly.Location, "-NoLogo");
        Assert.Equal("", error);
        Assert.Equal(0, exitCode);
        var lines = output.Split('\n');
        Assert.Matches(@"^.+, \d+ cores, Linux \S+, \.NET 10\.\S+, load \d", lines[0]);
        foreach (var row in new[] { "import", "first connect of a session, 3 nodes", "connect, 3 nodes", @"collect, \d+ facts of a node", @"collect, \d+ facts of a node, open", @"iptables-save, \d+ lines", "the same, with every rule", @"snapshot, \d+ nodes" })
        {
            var at = Array.FindIndex(lines, line => Regex.IsMatch(line, $"^{row} +\\d"));
            Assert.True(at >= 0, $"no row '{row}' in:\n{output}");
            // six times, of which none took no time at all, and what they are of
            Assert.Equal(6, Number().Matches(lines[at][34..]).Count(m => m.Value.Length > 0 && m.Value != "0" && !m.Value.Contains('.', StringComparison.Ordinal)));
            Assert.StartsWith("    ours: ", lines[at + 1], StringComparison.Ordinal);
            Assert.StartsWith("    peer: ", lines[at + 2], StringComparison.Ordinal);
        }

        Assert.Matches(@"\n    memory: \d+ MB at most of a process that reads the text of \d+ MB, \d+ MB with each of \d+ rules\n", output);
        Assert.Matches(@"\n    import loads GravityNet\.Cmdlets, GravityNet\.Module, and none of the \d+ assemblies in transports\n", output);
    }

    [Fact]
    public void What_is_not_known_is_told_with_the_usage()
    {
        var (exitCode, _, error) = Run("-Nonsense");
        Assert.Equal(64, exitCode);
        Assert.Contains("usage:", error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"[\d.]+")]
    private static partial Regex Number();

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        var bench = Path.Combine(Repository.Root, "tests", "bench", "bin", "Release", "net10.0", "GravityNet.Bench.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [bench, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
