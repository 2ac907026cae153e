using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

public sealed class EtcdWatchTests
{
    private const string Key = "/coreos.com/network/subnets/10.244.24.0-24";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LeaseSource.EtcdV2)]
    [InlineData(LeaseSource.EtcdV3)]
    public async Task Each_change_is_told_with_its_kind_and_a_stop_ends_it(LeaseSource home)
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        using var gate = new Gate(etcd.Endpoint.Port);
        await using var watch = new Watching(etcd, home, gate);
        await watch.NextAsync(LeaseStoreEventKind.Listed);

        await watch.PutAsync("one", null);
        var set = await watch.NextAsync(LeaseStoreEventKind.Set);
        Assert.Equal(Key, set.Key);
        Assert.Contains(home == LeaseSource.EtcdV2 ? "\"one\"" : Base64("one"), set.Text, StringComparison.Ordinal);

        await watch.DeleteAsync();
        Assert.Equal(Key, (await watch.NextAsync(LeaseStoreEventKind.Deleted)).Key);
        await watch.PutAsync("two", 1);
        await watch.NextAsync(LeaseStoreEventKind.Set);
        Assert.Equal(Key, (await watch.NextAsync(LeaseStoreEventKind.Expired)).Key);

        Assert.Equal(1, gate.Connections);
        await watch.StopAsync();
        for (var clock = Stopwatch.StartNew(); gate.Connections > 0 && clock.Elapsed < TimeSpan.FromSeconds(2);) await Task.Delay(20, Cancel);
        Assert.Equal(0, gate.Connections);
    }

    [Theory]
    [InlineData(LeaseSource.EtcdV2)]
    [InlineData(LeaseSource.EtcdV3)]
    public async Task A_restarted_etcd_is_watched_on_from_where_it_ended(LeaseSource home)
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        await using var watch = new Watching(etcd, home);
        await watch.NextAsync(LeaseStoreEventKind.Listed);
        await watch.PutAsync("one", null);
        await watch.NextAsync(LeaseStoreEventKind.Set);

        await etcd.RestartAsync(TimeSpan.FromSeconds(1));
        Assert.Contains(etcd.Endpoint.Authority, (await watch.NextAsync(LeaseStoreEventKind.Lost)).Text, StringComparison.Ordinal);
        await watch.NextAsync(LeaseStoreEventKind.Resumed);
        await watch.DeleteAsync();
        await watch.NextAsync(LeaseStoreEventKind.Deleted);
    }

    [Theory]
    [InlineData(LeaseSource.EtcdV2)]
    [InlineData(LeaseSource.EtcdV3)]
    public async Task What_happened_while_the_connection_was_cut_is_told_as_it_happened(LeaseSource home)
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        using var gate = new Gate(etcd.Endpoint.Port);
        await using var watch = new Watching(etcd, home, gate);
        await watch.NextAsync(LeaseStoreEventKind.Listed);
        gate.Cut();
        await watch.PutAsync("one", null);
        await watch.DeleteAsync();
        gate.Open();
        await watch.NextAsync(LeaseStoreEventKind.Resumed);
        Assert.Contains(home == LeaseSource.EtcdV2 ? "\"one\"" : Base64("one"), (await watch.NextAsync(LeaseStoreEventKind.Set)).Text, StringComparison.Ordinal);
        await watch.NextAsync(LeaseStoreEventKind.Deleted);
    }

    [Theory]
    [InlineData(LeaseSource.EtcdV2)]
    [InlineData(LeaseSource.EtcdV3)]
    public async Task A_history_that_was_cut_short_meanwhile_is_listed_again(LeaseSource home)
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        using var gate = new Gate(etcd.Endpoint.Port);
        await using var watch = new Watching(etcd, home, gate);
        await watch.NextAsync(LeaseStoreEventKind.Listed);
        gate.Cut();
        await watch.PutAsync("one", null);
        if (home == LeaseSource.EtcdV3)
        {
            // a compaction forgets what was before the revision that it is given
            await watch.DeleteAsync();
            await watch.PutAsync("two", null);
            var revision = JsonDocument.Parse(await etcd.V3Async("kv/range", $$"""{"key":"{{Base64(Key)}}"}""")).RootElement.GetProperty("header").GetProperty("revision").GetString();
            await etcd.V3Async("kv/compaction", $$"""{"revision":"{{revision}}"}""");
        }
        else
        {
            // the v2 store remembers a thousand events of all keys
            await Parallel.ForAsync(0, 1100, Cancel, async (_, _) => await etcd.PutV2Async("/elsewhere", "x"));
            await watch.PutAsync("two", null);
        }

        gate.Open();
        await watch.NextAsync(LeaseStoreEventKind.Resumed);
        var listed = await watch.NextAsync(LeaseStoreEventKind.Listed);
        Assert.Contains(home == LeaseSource.EtcdV2 ? "\"two\"" : Base64("two"), listed.Text, StringComparison.Ordinal);
        await watch.DeleteAsync();
        await watch.NextAsync(LeaseStoreEventKind.Deleted);
    }

    [Theory]
    [InlineData(LeaseSource.EtcdV2)]
    [InlineData(LeaseSource.EtcdV3)]
    public async Task An_etcd_that_was_set_back_is_listed_again(LeaseSource home)
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        await using var older = await EtcdServer.StartAsync(v2: true);
        using var gate = new Gate(etcd.Endpoint.Port);
        await using var watch = new Watching(etcd, home, gate);
        await watch.NextAsync(LeaseStoreEventKind.Listed);
        for (var i = 0; i < 5; i++)
        {
            await watch.PutAsync($"{i}", null);
            await watch.NextAsync(LeaseStoreEventKind.Set);
        }

        // two etcds that were made alike have one cluster id, as one that was restored from a backup has
        gate.Cut();
        gate.To = older.Endpoint.Port;
        gate.Open();
        await watch.NextAsync(LeaseStoreEventKind.Listed);
    }

    [Theory]
    [InlineData(LeaseSource.EtcdV2)]
    [InlineData(LeaseSource.EtcdV3)]
    public async Task An_etcd_that_hangs_is_lost_in_bounded_time_and_found_again(LeaseSource home)
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        await using var watch = new Watching(etcd, home);
        await watch.NextAsync(LeaseStoreEventKind.Listed);
        etcd.Freeze(true);
        try
        {
            await watch.NextAsync(LeaseStoreEventKind.Lost, seconds: 30);
        }
        finally
        {
            etcd.Freeze(false);
        }

        await watch.NextAsync(LeaseStoreEventKind.Resumed);
        await watch.PutAsync("one", null);
        await watch.NextAsync(LeaseStoreEventKind.Set);
    }

    [Fact]
    public async Task A_store_that_is_not_served_is_said_to_be_and_the_other_is_watched()
    {
        await using var etcd = await EtcdServer.StartAsync(v2: false);
        await using (var v2 = new Watching(etcd, LeaseSource.EtcdV2))
        {
            Assert.Contains("serves no v2 API", (await v2.NextAsync(LeaseStoreEventKind.NotServed)).Text, StringComparison.Ordinal);
            await v2.Task.WaitAsync(TimeSpan.FromSeconds(2), Cancel);
        }

        await using var v3 = new Watching(etcd, LeaseSource.EtcdV3);
        await v3.NextAsync(LeaseStoreEventKind.Listed);
    }

    [Theory]
    [InlineData(LeaseSource.EtcdV2)]
    [InlineData(LeaseSource.EtcdV3)]
    public async Task It_goes_on_with_the_next_endpoint(LeaseSource home)
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        await using var watch = new Watching(etcd, home, others: new Uri($"http://127.0.0.1:{Processes.FreePort()}"));
        await watch.NextAsync(LeaseStoreEventKind.Listed);
    }

    [Theory]
    [InlineData(LeaseSource.EtcdV2)]
    [InlineData(LeaseSource.EtcdV3)]
    public async Task Both_stores_are_watched_over_mutual_TLS_and_a_certificate_that_is_refused_ends_it(LeaseSource home)
    {
        using var files = new EtcdCertificates();
        await using var etcd = await EtcdServer.StartAsync(v2: true, files);
        await using (var watch = new Watching(etcd, home, tls: new(files.Ca, files.Client, files.ClientKey)))
        {
            await watch.NextAsync(LeaseStoreEventKind.Listed);
            await watch.PutAsync("one", null);
            await watch.NextAsync(LeaseStoreEventKind.Set);
        }

        if (home == LeaseSource.EtcdV3) return;
        await using var none = new Watching(etcd, home, tls: new(files.Ca, null, null));
        Assert.Contains("asks for a client certificate", (await none.NextAsync(LeaseStoreEventKind.Ended)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LeaseSource.EtcdV2)]
    [InlineData(LeaseSource.EtcdV3)]
    public async Task It_follows_through_a_node_too(LeaseSource home)
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        var server = new SshServer();
        await server.InitializeAsync();
        server.Need();
        await using (server)
        await using (var shell = await server.ConnectAsync())
        await using (var watch = new Watching(etcd, home, new EtcdEndpoint(etcd.Endpoint) { Node = shell }))
        {
            await watch.NextAsync(LeaseStoreEventKind.Listed);
            await watch.PutAsync("one", null);
            await watch.NextAsync(LeaseStoreEventKind.Set);
            await watch.StopAsync();
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>A watch of one home, and the writing of what it should see past it.</summary>
    private sealed class Watching : IAsyncDisposable
    {
        private readonly EtcdServer _etcd;
        private readonly LeaseSource _home;
        private readonly Channel<LeaseStoreEvent> _told = Channel.CreateUnbounded<LeaseStoreEvent>();
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        public Watching(EtcdServer etcd, LeaseSource home, EtcdEndpoint endpoint)
        {
            (_etcd, _home) = (etcd, home);
            Task = ((ILeaseWatch)new TransportFactory().OpenEtcd([endpoint])).WatchLeasesAsync([home], e => _told.Writer.TryWrite(e), _stop.Token);
        }

        public Watching(EtcdServer etcd, LeaseSource home, Gate? gate = null, Uri? others = null, EtcdTlsFiles? tls = null)
        {
            (_etcd, _home) = (etcd, home);
            var endpoint = gate is null ? etcd.Endpoint : new UriBuilder(etcd.Endpoint) { Port = gate.Port }.Uri;
            var source = (ILeaseWatch)new TransportFactory().OpenEtcd(others is null ? [endpoint] : [others, endpoint], tls);
            Task = source.WatchLeasesAsync([home], e => _told.Writer.TryWrite(e), _stop.Token);
        }

        public Task Task { get; }

        /// <summary>The next event of this kind; only losses may come before it.</summary>
        public async Task<LeaseStoreEvent> NextAsync(LeaseStoreEventKind kind, int seconds = 15)
        {
            var clock = Stopwatch.StartNew();
            while (true)
            {
                var told = await _told.Reader.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(seconds) - clock.Elapsed, Cancel);
                if (told.Kind == LeaseStoreEventKind.Lost && kind != told.Kind) continue;
                Assert.Equal((kind, _home), (told.Kind, told.Home));
                return told;
            }
        }

        public async Task PutAsync(string value, int? ttl)
        {
            if (_home == LeaseSource.EtcdV2)
            {
                await _etcd.PutV2Async(Key, value, ttl);
                return;
            }

            var lease = ttl is null ? "0" : JsonDocument.Parse(await _etcd.V3Async("lease/grant", $$"""{"TTL":"{{ttl}}"}""")).RootElement.GetProperty("ID").GetString();
            await _etcd.V3Async("kv/put", $$"""{"key":"{{Base64(Key)}}","value":"{{Base64(value)}}","lease":"{{lease}}"}""");
        }

        public async Task DeleteAsync()
        {
            if (_home == LeaseSource.EtcdV3)
            {
                await _etcd.V3Async("kv/deleterange", $$"""{"key":"{{Base64(Key)}}"}""");
                return;
            }

            using var client = new HttpClient();
            using var answer = await client.DeleteAsync(new Uri(_etcd.Endpoint, "/v2/keys" + Key), Cancel);
            answer.EnsureSuccessStatusCode();
        }

        /// <summary>Cancels it, and sees that it ends at once.</summary>
        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WaitAsync(TimeSpan.FromSeconds(1), Cancel));
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }
}
