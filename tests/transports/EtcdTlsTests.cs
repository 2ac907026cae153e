using System.Diagnostics;
using System.Text;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

public sealed class EtcdTlsTests : IDisposable
{
    private const string Key = "/coreos.com/network/subnets/10.244.24.0-24";
    private const string Lease = """{"PublicIP":"192.168.33.11","BackendType":"vxlan","BackendData":{"VtepMAC":"96:55:5d:21:ec:47"}}""";
    private readonly EtcdCertificates _files = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_stores_are_read_with_a_client_certificate()
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true, _files);
        await etcd.PutV2Async(Key, Lease);
        await etcd.V3Async("kv/put", $$"""{"key":"{{Base64(Key)}}","value":"{{Base64(Lease)}}"}""");

        var facts = await Open(etcd.Endpoint, new(_files.Ca, _files.Client, _files.ClientKey)).CollectAsync(Cancel);
        Assert.All(facts, f => Assert.True(f.Answered, f.Reason));
        Assert.Contains("96:55:5d:21:ec:47", facts[0].Text, StringComparison.Ordinal);
        Assert.Contains(Base64(Lease), facts[1].Text, StringComparison.Ordinal);

        // the key may stand behind the certificate in one file
        var both = _files.Write("both.pem", await File.ReadAllTextAsync(_files.Client, Cancel) + "\n" + await File.ReadAllTextAsync(_files.ClientKey, Cancel));
        Assert.All(await Open(etcd.Endpoint, new(_files.Ca, both, null)).CollectAsync(Cancel), f => Assert.True(f.Answered, f.Reason));
    }

    [Fact]
    public async Task What_is_wrong_with_the_certificates_is_said_at_once()
    {
        await using var etcd = await EtcdServer.StartAsync(v2: true, _files);
        using var other = new EtcdCertificates();

        var none = await FailAsync(etcd.Endpoint, new(_files.Ca, null, null));
        Assert.Contains("asks for a client certificate, and none was given", none.Message, StringComparison.Ordinal);
        Assert.Contains("-EtcdCertFile", none.Remedy, StringComparison.Ordinal);

        var wrong = await FailAsync(etcd.Endpoint, new(_files.Ca, other.Client, other.ClientKey));
        Assert.Contains("does not accept the client certificate 'CN=client'", wrong.Message, StringComparison.Ordinal);

        var unknown = await FailAsync(etcd.Endpoint, new(other.Ca, _files.Client, _files.ClientKey));
        Assert.Contains("is not trusted", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("issuer CN=bench-ca", unknown.Message, StringComparison.Ordinal);

        var machine = await FailAsync(etcd.Endpoint, null);
        Assert.Contains("is not trusted", machine.Message, StringComparison.Ordinal);
        Assert.Contains("-EtcdCaFile", machine.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_host_is_refused()
    {
        using var elsewhere = new EtcdCertificates("192.0.2.7");
        await using var etcd = await EtcdServer.StartAsync(v2: true, elsewhere);
        var e = await FailAsync(etcd.Endpoint, new(elsewhere.Ca, elsewhere.Client, elsewhere.ClientKey));
        Assert.Contains("it is for another host", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_http_and_https_that_are_mixed_up_fail_and_certificates_are_not_sent_in_the_clear()
    {
        await using var plain = await EtcdServer.StartAsync(v2: true);
        var tls = new UriBuilder(plain.Endpoint) { Scheme = "https" }.Uri;
        var e = await FailAsync(tls, new(_files.Ca, _files.Client, _files.ClientKey));
        Assert.Contains("does not speak TLS", e.Message, StringComparison.Ordinal);
        Assert.Contains("http or https", e.Remedy, StringComparison.Ordinal);

        var clear = Assert.Throws<SourceException>(() => Open(plain.Endpoint, new(_files.Ca, null, null)));
        Assert.Contains("without TLS", clear.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_missing_or_wrong_are_named()
    {
        using var other = new EtcdCertificates();
        var empty = _files.Write("empty.pem", "");
        using var key = System.Security.Cryptography.ECDsa.Create();
        var encrypted = _files.Write("encrypted.key", key.ExportEncryptedPkcs8PrivateKeyPem("secret", new(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes256Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000)));
        (EtcdTlsFiles Files, string Named)[] cases =
        [
            (new("/nowhere/ca.pem", null, null), "/nowhere/ca.pem"),
            (new(empty, null, null), empty),
            (new(null, "/nowhere/client.pem", _files.ClientKey), "/nowhere/client.pem"),
            (new(null, _files.Client, "/nowhere/client.key"), "/nowhere/client.key"),
            (new(null, _files.Client, other.ClientKey), _files.Client),
            (new(null, _files.Client, encrypted), _files.Client),
            (new(null, _files.Client, null), _files.Client),
        ];
        foreach (var (files, named) in cases)
        {
            var e = Assert.Throws<SourceException>(() => Open(new("https://127.0.0.1:2379"), files));
            Assert.Contains(named, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _files.Dispose();

    private static ILeaseSource Open(Uri endpoint, EtcdTlsFiles? files) => new TransportFactory().OpenEtcd([endpoint], files);

    private static async Task<SourceException> FailAsync(Uri endpoint, EtcdTlsFiles? files)
    {
        var clock = Stopwatch.StartNew();
        var e = await Assert.ThrowsAsync<SourceException>(() => Open(endpoint, files).CollectAsync(Cancel));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 4);
        Assert.True(e.Failure == SourceFailure.AuthenticationFailed, $"{e}");
        return e;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
