using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

public sealed class EtcdLeaseSourceTests
{
    private const string Lease = """{"PublicIP":"192.168.33.11","BackendType":"vxlan","BackendData":{"VtepMAC":"96:55:5d:21:ec:47"}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_stores_are_read_in_their_own_form()
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        await etcd.PutV2Async("/coreos.com/network/subnets/10.244.24.0-24", Lease, ttl: 86400);
        var grant = JsonDocument.Parse(await etcd.V3Async("lease/grant", """{"TTL":"3600"}""")).RootElement.GetProperty("ID").GetString();
        var key = "/coreos.com/network/subnets/10.244.65.0-24";
        await etcd.V3Async("kv/put", $$"""{"key":"{{Base64(key)}}","value":"{{Base64(Lease)}}","lease":"{{grant}}"}""");
        await etcd.V3Async("kv/put", $$"""{"key":"{{Base64("/coreos.com/networks")}}","value":"{{Base64("not ours")}}"}""");

        // the first endpoint is dead: the next one is asked
        var source = new TransportFactory().OpenEtcd([new Uri($"http://127.0.0.1:{Processes.FreePort()}"), etcd.Endpoint]);
        var facts = await source.CollectAsync(Cancel);
        Assert.Equal(["etcd-v2", "etcd-v3"], facts.Select(f => f.Fact));
        Assert.All(facts, f => Assert.True(f.Answered, f.Reason));

        var v2 = JsonDocument.Parse(facts[0].Text).RootElement.GetProperty("node").GetProperty("nodes")[0].GetProperty("nodes")[0];
        Assert.Equal(Lease, v2.GetProperty("value").GetString());
        Assert.InRange(v2.GetProperty("ttl").GetInt32(), 86000, 86400);

        var v3 = JsonDocument.Parse(facts[1].Text).RootElement;
        var pair = Assert.Single(v3.GetProperty("kvs").EnumerateArray());
        Assert.Equal(key, Encoding.UTF8.GetString(pair.GetProperty("key").GetBytesFromBase64()));
        Assert.Equal(Lease, Encoding.UTF8.GetString(pair.GetProperty("value").GetBytesFromBase64()));
        Assert.Equal(grant, pair.GetProperty("lease").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, v3.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task The_v3_fact_is_what_etcdctl_prints()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/etcdctl"), "etcdctl is not there: install etcd-client");
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        await etcd.V3Async("kv/put", $$"""{"key":"{{Base64("/coreos.com/network/config")}}","value":"{{Base64("{\"Network\":\"10.244.0.0/16\"}")}}"}""");
        var facts = await new TransportFactory().OpenEtcd([etcd.Endpoint]).CollectAsync(Cancel);
        var printed = Processes.Run("env", "ETCDCTL_API=3", "etcdctl", "--endpoints", etcd.Endpoint.OriginalString, "get", "--prefix", "/coreos.com/network/", "-w", "json");
        Assert.Equal(printed, facts[1].Text);
    }

    [Fact]
    public async Task Empty_stores_and_a_store_that_is_not_served_are_told_apart()
    {
        await using var both = await EtcdServer.StartAsync(v2: true);
        var empty = await new TransportFactory().OpenEtcd([both.Endpoint]).CollectAsync(Cancel);
        Assert.All(empty, f => Assert.True(f.Answered, f.Reason));
        Assert.Contains("\"errorCode\":100", empty[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("kvs", empty[1].Text, StringComparison.Ordinal);

        await using var newer = await EtcdServer.StartAsync(v2: false);
        var facts = await new TransportFactory().OpenEtcd([newer.Endpoint]).CollectAsync(Cancel);
        Assert.False(facts[0].Answered);
        Assert.Contains("no v2 API", facts[0].Error, StringComparison.Ordinal);
        Assert.True(facts[1].Answered, facts[1].Reason);
    }

    [Fact]
    public async Task Dead_endpoints_are_one_error_that_names_them()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        Uri[] endpoints = [new($"http://127.0.0.1:{Processes.FreePort()}"), new($"http://{silent.LocalEndpoint}")];
        var clock = Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<SourceException>(() => new TransportFactory().OpenEtcd([.. endpoints.Select(EtcdEndpoint.FromUri)]).CollectAsync(Cancel));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
        Assert.All(endpoints, endpoint => Assert.Contains(endpoint.Authority, e.Message, StringComparison.Ordinal));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);

        using var stop = new CancellationTokenSource(200);
        clock.Restart();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new TransportFactory().OpenEtcd([endpoints[1]]).CollectAsync(stop.Token));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3);
    }

    [Fact]
    public async Task An_etcd_that_hangs_is_one_error_in_bounded_time()
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true);
        etcd.Freeze(true);
        var clock = Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<SourceException>(() => new TransportFactory().OpenEtcd([etcd.Endpoint]).CollectAsync(Cancel));
        etcd.Freeze(false);
        Assert.InRange(clock.Elapsed.TotalSeconds, 4, 8);
        Assert.Contains("no answer within 5 s", e.Message, StringComparison.Ordinal);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
