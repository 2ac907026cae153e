using System.Diagnostics;
using System.Threading.Channels;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

public sealed class KubernetesWatchTests : IAsyncDisposable
{
    private readonly NodesApi _api = new();
    private readonly Channel<LeaseStoreEvent> _told = Channel.CreateUnbounded<LeaseStoreEvent>();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
    private Task _watching = Task.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_of_a_node_is_told_and_a_stop_ends_it()
    {
        _api.Set("node-1", "02:00:00:00:00:01");
        Watch();
        Assert.Contains("02:00:00:00:00:01", (await NextAsync(LeaseStoreEventKind.Listed)).Text, StringComparison.Ordinal);
        _api.Set("node-1", "02:00:00:00:00:02");
        var set = await NextAsync(LeaseStoreEventKind.Set);
        Assert.Equal("node/node-1", set.Key);
        Assert.Contains("02:00:00:00:00:02", set.Text, StringComparison.Ordinal);
        _api.Set("node-2", "02:00:00:00:00:03");
        Assert.Equal("node/node-2", (await NextAsync(LeaseStoreEventKind.Set)).Key);
        _api.Set("node-1", null);
        Assert.Equal("node/node-1", (await NextAsync(LeaseStoreEventKind.Deleted)).Key);
        Assert.Equal((1, 1), _api.Asked);

        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _watching.WaitAsync(TimeSpan.FromSeconds(1), Cancel));
    }

    [Fact]
    public async Task A_watch_that_ends_quietly_is_made_again_and_what_was_missed_is_listed()
    {
        Watch();
        await NextAsync(LeaseStoreEventKind.Listed);
        await UntilAsync(() => _api.Asked.Watches == 1);
        _api.EndWatches();
        _api.Set("node-1", "02:00:00:00:00:01");
        Assert.Contains("02:00:00:00:00:01", (await NextAsync(LeaseStoreEventKind.Listed)).Text, StringComparison.Ordinal);
        _api.Set("node-1", "02:00:00:00:00:02");
        await NextAsync(LeaseStoreEventKind.Set);
    }

    [Fact]
    public async Task A_version_that_is_too_old_is_no_loss_and_the_nodes_are_listed_again()
    {
        Watch();
        await NextAsync(LeaseStoreEventKind.Listed);
        await UntilAsync(() => _api.Asked.Watches == 1);
        _api.Compact();
        await NextAsync(LeaseStoreEventKind.Listed);
        _api.Set("node-1", "02:00:00:00:00:02");
        await NextAsync(LeaseStoreEventKind.Set);
    }

    [Fact]
    public async Task An_API_that_fails_for_a_while_is_tried_again_and_one_that_forbids_is_not()
    {
        _api.Refusal = (503, """{"kind":"Status","message":"not ready","code":503}""");
        Watch();
        Assert.Contains("HTTP status 503 for list and watch nodes (not ready)", (await NextAsync(LeaseStoreEventKind.Lost)).Text, StringComparison.Ordinal);
        _api.Refusal = null;
        while ((await _told.Reader.ReadAsync(Cancel)) is { Kind: not LeaseStoreEventKind.Listed } told) Assert.Equal(LeaseStoreEventKind.Lost, told.Kind);

        await UntilAsync(() => _api.Asked.Watches == 1);
        _api.Refusal = (403, """{"kind":"Status","message":"nodes is forbidden","code":403}""");
        _api.EndWatches();
        Assert.Contains("nodes is forbidden", (await NextAsync(LeaseStoreEventKind.Ended)).Text, StringComparison.Ordinal);
        await _watching.WaitAsync(TimeSpan.FromSeconds(2), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _api.Dispose();
    }

    private void Watch()
    {
        var source = (ILeaseWatch)new TransportFactory().OpenKubernetes(new() { ConfigFiles = [_api.KubeConfig] }, _ => { });
        _watching = source.WatchLeasesAsync([LeaseSource.Kubernetes], e => _told.Writer.TryWrite(e), _stop.Token);
    }

    private async Task<LeaseStoreEvent> NextAsync(LeaseStoreEventKind kind)
    {
        var told = await _told.Reader.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.True(told.Kind == kind, $"{told}");
        return told;
    }

    private static async Task UntilAsync(Func<bool> done)
    {
        for (var clock = Stopwatch.StartNew(); !done(); await Task.Delay(20, Cancel)) Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "it did not come to it");
    }
}
