using System.Diagnostics;

namespace GravityNet.LabTests;

/// <summary>Starting, crashing and removing: with labs of their own beside the one that the other tests use.</summary>
public sealed class LifecycleTests(LabFixture fixture, ITestOutputHelper output)
{
    private static readonly TimeSpan UpLimit = TimeSpan.FromSeconds(20);

    private readonly string _state = $"/run/gravitynet-lab-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_lab_is_up_in_20_seconds_and_gone_without_a_trace_after_down()
    {
        _ = fixture.Lab;
        var before = MachineAsItIs();
        var clock = Stopwatch.StartNew();
        var lab = await Lab.UpAsync(_state, report: output.WriteLine, cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            output.WriteLine($"up in {clock.Elapsed.TotalSeconds:0.0} s");
            Assert.True(clock.Elapsed < UpLimit, $"up took {clock.Elapsed}");
            Assert.NotEmpty(await Lab.FindTracesAsync(_state));
            Assert.NotEqual(fixture.Status.OutsidePid, lab.Status.OutsidePid);
        }
        finally
        {
            Assert.Empty(await Lab.DownAsync(_state));
        }

        await AssertNothingNewAsync(before);
    }

    [Fact]
    public async Task Down_takes_a_lab_with_options_in_a_folder_below_too()
    {
        _ = fixture.Lab;
        var before = MachineAsItIs();
        using var up = StartLab("up", "--state", _state + "/other", "--sudo-node", "node-2", "--planet", "node-1", "--jump", "node-3", "--underlay", "192.168.99");
        await up.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(up.ExitCode == 0, await up.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        var status = Lab.Open(_state + "/other").Status;
        Assert.Equal(("192.168.99.12", "ops"), (status.Node("node-2").Address, status.Node("node-2").Logins[0].User));
        Assert.NotEmpty(await Lab.FindTracesAsync(_state));
        Assert.Empty(await Lab.DownAsync(_state));
        await AssertNothingNewAsync(before);
    }

    [Theory]
    [InlineData(2, "--sudo-node")]
    [InlineData(2, "--sudo")]
    [InlineData(1, "--sudo-node", "node-9")]
    public async Task An_option_that_does_not_fit_starts_nothing(int exitCode, params string[] options)
    {
        using var up = StartLab(["up", "--state", _state, .. options]);
        Assert.NotEqual("", await up.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await up.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(exitCode, up.ExitCode);
        Assert.False(Directory.Exists(_state));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(1200)]
    [InlineData(1200, "--planet", "node-1", "--sudo-node", "node-2", "--jump", "node-3", "--etcd-tls", "--iptables", "legacy")]
    public async Task Down_removes_what_a_killed_up_left_even_without_its_files(int milliseconds, params string[] options)
    {
        _ = fixture.Lab;
        var before = MachineAsItIs();
        using (var up = StartLab(["up", "--state", _state, .. options]))
        {
            await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
            up.Kill();
            await up.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        if (Directory.Exists(_state))
            Directory.Delete(_state, recursive: true);
        Assert.Empty(await Lab.DownAsync(_state));
        await AssertNothingNewAsync(before);
    }

    [Fact]
    public async Task An_interrupted_up_removes_what_it_made()
    {
        _ = fixture.Lab;
        var before = MachineAsItIs();
        using var up = StartLab("up", "--state", _state);
        // its first line says that the nodes are there
        Assert.Contains("node-1", await up.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Signal(up, "INT");
        await up.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, up.ExitCode);
        Assert.Empty(await Lab.FindTracesAsync(_state));
        await AssertNothingNewAsync(before);
    }

    [Fact]
    public async Task Outside_keeps_input_output_and_exit_code()
    {
        _ = fixture.Lab;
        using var outside = StartLab("outside", "--", "sh", "-c", "cat; exit 7");
        await outside.StandardInput.WriteAsync("a line\n");
        outside.StandardInput.Close();
        Assert.Equal("a line\n", await outside.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await outside.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(7, outside.ExitCode);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Outside_hands_signals_on(string signal)
    {
        _ = fixture.Lab;
        using var outside = StartLab("outside", "--", "sh", "-c", $"trap 'echo got {signal}; exit 9' {signal}; echo ready; while :; do sleep 0.05; done");
        Assert.Equal("ready", await outside.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Signal(outside, signal);
        Assert.Equal($"got {signal}\n", await outside.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await outside.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(9, outside.ExitCode);
    }

    private static Process StartLab(params string[] arguments)
    {
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet";
        return Process.Start(new ProcessStartInfo(dotnet, [typeof(Lab).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // a killed runtime would leave its diagnostic sockets in /tmp
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        })!;
    }

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
        kill.WaitForExit();
    }

    // other programs come and go: only what stays counts
    private async Task AssertNothingNewAsync(HashSet<string> before)
    {
        for (var i = 0; i < 20 && MachineAsItIs().Except(before).Any(); i++)
            await Task.Delay(250, TestContext.Current.CancellationToken);
        Assert.Empty(MachineAsItIs().Except(before));
    }

    // what a lab could leave on the machine: mounts, interfaces, routes, named namespaces, control groups, folders
    private HashSet<string> MachineAsItIs() =>
    [
        .. File.ReadAllLines("/proc/1/mountinfo").Select(l => "mount " + l),
        .. File.ReadAllLines("/proc/1/net/dev").Skip(2).Select(l => "interface " + l.Split(':')[0].Trim()),
        .. File.ReadAllLines("/proc/1/net/route").Select(l => "route " + string.Join(' ', l.Split('\t').Take(3))),
        .. Directory.EnumerateDirectories("/sys/fs/cgroup", "*", SearchOption.AllDirectories),
        .. Entries("/run").Where(e => !e.Contains("gravitynet-lab", StringComparison.Ordinal) || e == _state),
        .. Entries("/run/netns"),
        .. Entries("/var/lib"),
        .. Entries("/var/log"),
    ];

    private static string[] Entries(string folder) => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];
}
