using GravityNet.Sources;
using GravityNet.Transports.Ssh;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

public sealed class SshPlainNodeTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/usr/bin/bash", true)]
    [InlineData("/usr/bin/bash /usr/bin/timeout", false)]
    public async Task A_node_without_bash_keeps_the_promises_that_it_can(string hidden, bool hearsSilence)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "hiding a tool takes root");
        await using var plain = new SshServer { Hidden = hidden.Split(' ') };
        await plain.InitializeAsync();
        plain.Need();
        await using var shell = (SshNodeShell)await plain.ConnectAsync();
        var result = await shell.RunAsync("command -v bash; command -v timeout; echo out; exit 5", Enough, Cancel);
        Assert.Equal((5, hearsSilence ? "/usr/bin/timeout\nout\n" : "out\n"), (result.ExitCode, result.Output));
        Assert.InRange(result.Elapsed.TotalSeconds, 0, 5);

        var word = Processes.NextSleep();
        using var stop = new CancellationTokenSource();
        var run = shell.RunAsync($"sleep {word} & sleep {word}", Enough, stop.Token);
        Assert.Equal(2, await Processes.WaitForAsync(word, 2, TimeSpan.FromSeconds(10)));
        await Task.Delay(4000, Cancel);
        Assert.Equal(2, Processes.With(word).Count);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, TimeSpan.FromSeconds(4)));

        if (!hearsSilence) return;
        word = Processes.NextSleep();
        run = shell.RunAsync($"sleep {word}", Enough, Cancel);
        Assert.Equal(1, await Processes.WaitForAsync(word, 1, TimeSpan.FromSeconds(10)));
        shell.Heartbeat.Dispose();
        Assert.Equal(0, await Processes.WaitForAsync(word, 0, TimeSpan.FromSeconds(10)));
        Assert.Equal(SourceFailure.ConnectionLost, (await Assert.ThrowsAsync<SourceException>(() => run)).Failure);
    }
}
