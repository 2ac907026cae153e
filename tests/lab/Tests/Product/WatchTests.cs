using System.Diagnostics;
using System.Management.Automation;
using System.Net.NetworkInformation;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Changes of leases as they happen.</summary>
public sealed class WatchTests(LabFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_is_told_until_it_is_stopped_and_no_connection_stays()
    {
        using var shell = fixture.Connect();
        var before = EtcdConnections();
        using var watch = new Watch(shell, "Watch-OverlayLease -Verbose");
        await watch.UntilSaidAsync("etcd-v2 is watched");
        await using (await fixture.BreakAsync("lease-mac-stale"))
        {
            var change = await watch.NextAsync();
            Assert.Equal(("Changed", "etcd-v2"), (change.Change, change.Home));
            Assert.Matches("^VtepMAC [0-9a-f:]{17} -> [0-9a-f:]{17}$", change.Detail);
            Assert.Contains(change.Node, fixture.Status.Nodes.Select(n => n.Name));
        }

        Assert.Equal("Changed", (await watch.NextAsync()).Change);
        await using (await fixture.BreakAsync("lease-missing"))
        {
            var gone = await watch.NextAsync();
            Assert.Equal("Removed", gone.Change);
            Assert.StartsWith("was PublicIP 192.168.33.", gone.Detail, StringComparison.Ordinal);
        }

        Assert.Equal("Added", (await watch.NextAsync()).Change);
        Assert.True(EtcdConnections() > before);
        watch.Stop();
        for (var clock = Stopwatch.StartNew(); EtcdConnections() > before && clock.Elapsed < TimeSpan.FromSeconds(2);) await Task.Delay(20, Cancel);
        Assert.Equal(before, EtcdConnections());
    }

    [Fact]
    public async Task It_ends_by_itself_after_a_count_or_a_time_and_names_narrow_it()
    {
        using var shell = fixture.Connect();
        var clock = Stopwatch.StartNew();
        Assert.Empty(shell.Run("Watch-OverlayLease -Seconds 2"));
        Assert.InRange(clock.Elapsed.TotalSeconds, 1.9, 5);

        using var one = new Watch(shell, "Watch-OverlayLease -Count 1 -Seconds 30 -Verbose");
        await one.UntilSaidAsync("etcd-v2 is watched");
        string node;
        await using (await fixture.BreakAsync("lease-mac-stale"))
        {
            node = (await one.NextAsync()).Node;
            await one.EndAsync();
        }

        var others = string.Join(", ", fixture.Status.Nodes.Select(n => n.Name).Where(n => n != node));
        using var rest = new Watch(shell, $"Watch-OverlayLease {others} -Seconds 3 -Verbose");
        await rest.UntilSaidAsync("etcd-v2 is watched");
        await using (await fixture.BreakAsync("lease-mac-stale")) await rest.EndAsync();
        Assert.Equal(0, rest.Count);

        shell.Try("Watch-OverlayLease node-99");
        Assert.StartsWith("NodeNotFound,", Assert.Single(shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_goes_on_when_etcd_was_restarted()
    {
        using var shell = fixture.Connect();
        using var watch = new Watch(shell, "Watch-OverlayLease -Verbose");
        await watch.UntilSaidAsync("etcd-v2 is watched");
        var restarted = await fixture.OnNodeAsync("node-1", """
            pid=$(pgrep -x etcd)
            again=$(xargs -0 printf "'%s' " < /proc/$pid/cmdline)
            kill "$pid"
            while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
            setsid sh -c "exec $again" > /dev/null 2>&1 < /dev/null &
            """);
        Assert.True(restarted.Succeeded, restarted.Error);
        await watch.UntilSaidAsync("etcd-v2 is watched again from where it ended");
        await using (await fixture.BreakAsync("lease-mac-stale")) Assert.Equal("Changed", (await watch.NextAsync()).Change);
        watch.Stop();
    }

    /// <summary>What a watch that ends by itself tells, when something happens as soon as it says these words.</summary>
    internal static async Task<IReadOnlyList<string>> While(ModuleShell shell, string command, string words, Func<Task> happens)
    {
        using var watch = new Watch(shell, command);
        await watch.UntilSaidAsync(words);
        await happens();
        await watch.EndAsync();
        var told = new List<string>();
        while (watch.Count > 0)
        {
            var change = await watch.NextAsync();
            told.Add($"{change.Change} {change.Home}");
        }

        return told;
    }

    private int EtcdConnections()
    {
        var port = new Uri(fixture.Status.Etcd).Port;
        return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(c => c.RemoteEndPoint.Port == port && c.State == TcpState.Established);
    }

    /// <summary>The command in the background, as at a prompt.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly PowerShell _pipeline;
        private readonly PSDataCollection<PSObject> _changes = [];
        private readonly IAsyncResult _running;

        public Watch(ModuleShell shell, string command)
        {
            _pipeline = shell.Pipeline(command);
            _running = _pipeline.BeginInvoke<PSObject, PSObject>(null, _changes);
        }

        /// <summary>The changes that were told and not yet taken.</summary>
        public int Count => _changes.Count;

        public async Task<(string Change, string Node, string Home, string Detail)> NextAsync()
        {
            await UntilAsync(() => _changes.Count > 0, "no change was told");
            var change = _changes[0].Properties;
            _changes.RemoveAt(0);
            return ($"{change["Change"].Value}", $"{change["Node"].Value}", $"{change["Home"].Value}", $"{change["Detail"].Value}");
        }

        public Task UntilSaidAsync(string words) =>
            UntilAsync(() => Said().Exists(s => s.Contains(words, StringComparison.Ordinal)), $"'{words}' was not said");

        public Task EndAsync() => UntilAsync(() => _running.IsCompleted, "it did not end");

        /// <summary>Ctrl+C.</summary>
        public void Stop()
        {
            Assert.False(_running.IsCompleted);
            var clock = Stopwatch.StartNew();
            _pipeline.Stop();
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"the prompt came back after {clock.Elapsed}");
        }

        public void Dispose()
        {
            if (!_running.IsCompleted) _pipeline.Stop();
            _pipeline.Dispose();
            _changes.Dispose();
        }

        private async Task UntilAsync(Func<bool> done, string otherwise)
        {
            for (var clock = Stopwatch.StartNew(); !done(); await Task.Delay(30, Cancel))
            {
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{otherwise}; it said: {string.Join('\n', Said())}");
            }
        }

        // by index: going through a collection that is still written waits for its end
        private List<string> Said()
        {
            var streams = _pipeline.Streams;
            return [.. Texts(streams.Verbose), .. Texts(streams.Warning), .. Texts(streams.Error)];

            static IEnumerable<string> Texts<T>(PSDataCollection<T> stream) => Enumerable.Range(0, stream.Count).Select(i => $"{stream[i]}");
        }
    }
}
