using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>A real etcd that is asked through a real sshd, with certificates that are in memory alone.</summary>
public sealed class EtcdThroughNodeTests(SshServer server) : IClassFixture<SshServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_stores_answer_with_certificates_that_are_no_files_here()
    {
        server.Need();
        using var files = new EtcdCertificates();
        await using var etcd = await EtcdServer.StartAsync(v2: true, files);
        await using var shell = await server.ConnectAsync();
        var pems = Pems(files);
        File.Delete(files.ClientKey);
        var source = new TransportFactory().OpenEtcd([new EtcdEndpoint(etcd.Endpoint) { Node = shell, Pems = pems }]);
        Assert.Equal($"{etcd.Endpoint.GetLeftPart(UriPartial.Authority)} on bench", source.Place);
        Assert.All(await source.CollectAsync(Cancel), f => Assert.True(f.Answered, f.Reason));
        Assert.DoesNotContain("PRIVATE KEY", $"{pems}{pems.Key}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_certificate_may_be_for_the_nodes_own_names_and_for_no_other()
    {
        server.Need();
        using var files = new EtcdCertificates("192.0.2.7");
        await using var etcd = await EtcdServer.StartAsync(v2: true, files);
        await using var shell = await server.ConnectAsync();
        var pems = Pems(files);
        var factory = new TransportFactory();
        var own = factory.OpenEtcd([new EtcdEndpoint(etcd.Endpoint) { Node = shell, Pems = pems, Names = ["bench", "192.0.2.7"] }]);
        Assert.All(await own.CollectAsync(Cancel), f => Assert.True(f.Answered, f.Reason));
        var other = factory.OpenEtcd([new EtcdEndpoint(etcd.Endpoint) { Node = shell, Pems = pems, Names = ["bench", "192.0.2.8"] }]);
        var e = await Assert.ThrowsAsync<SourceException>(() => other.CollectAsync(Cancel));
        Assert.Contains("it is for another host", e.Message, StringComparison.Ordinal);

        // a name is no substitute for the authority
        using var strangers = new EtcdCertificates("192.0.2.7");
        var forged = factory.OpenEtcd([new EtcdEndpoint(etcd.Endpoint) { Node = shell, Pems = Pems(strangers), Names = ["192.0.2.7"] }]);
        e = await Assert.ThrowsAsync<SourceException>(() => forged.CollectAsync(Cancel));
        Assert.Contains("is not trusted", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_told_with_the_node()
    {
        server.Need();
        await using var shell = await server.ConnectAsync();
        var port = Processes.FreePort();
        var source = new TransportFactory().OpenEtcd([new EtcdEndpoint(new($"http://127.0.0.1:{port}")) { Node = shell }]);
        var e = await Assert.ThrowsAsync<SourceException>(() => source.CollectAsync(Cancel));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
        Assert.Contains($"bench makes no connection to 127.0.0.1:{port}", e.Message, StringComparison.Ordinal);
    }

    private static EtcdPems Pems(EtcdCertificates files) => new(Pem(files.Ca), Pem(files.Client), Pem(files.ClientKey));

    private static PemText Pem(string file) => new("bench:" + file, File.ReadAllText(file));
}
