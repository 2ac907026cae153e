using GravityNet.Facts;
using GravityNet.Sources;
using GravityNet.Transports;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

/// <summary>The API with a kubeconfig that is on a node, through a real sshd.</summary>
public sealed class NodeKubeConfigTests(SshServer ssh) : IClassFixture<SshServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_nodes_files_log_in_and_the_connection_starts_at_the_node()
    {
        ssh.Need();
        await using var server = await KubeServer.StartAsync();
        server.Accepts = login => login == "CN=client";
        await using var shell = await ssh.ConnectAsync();
        var config = Moved(server, server.Config("client-certificate: client.pem, client-key: client.key"));
        var source = await OpenAsync(shell, config);
        Assert.Equal($"{server.Url} through bench", source.Place);
        Assert.Empty(server.Seen);
        Assert.True((await Nodes(source)).Answered);
        Assert.True((await Nodes(source)).Answered);
        Assert.Equal(2, server.Seen.Count);

        server.Accepts = _ => false;
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(source));
        Assert.Equal(SourceFailure.AuthenticationFailed, e.Failure);
        Assert.Contains("through bench", e.Message, StringComparison.Ordinal);
        Assert.Contains("the user 'joe' of the context 'bench'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_at_the_node_is_told()
    {
        ssh.Need();
        await using var server = await KubeServer.StartAsync();
        await using var shell = await ssh.ConnectAsync();
        var dead = Processes.FreePort();
        var config = server.Config("token: hidden-away");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config, Cancel)).Replace($":{server.Port}", $":{dead}", StringComparison.Ordinal), Cancel);
        var source = await OpenAsync(shell, config);
        var e = await Assert.ThrowsAsync<SourceException>(() => Nodes(source));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
        Assert.Contains($"bench makes no connection to 127.0.0.1:{dead}", e.Message, StringComparison.Ordinal);
        Assert.Contains("from bench", e.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-away", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token: hidden-away", "it has no context 'other'", "other")]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: /bin/true }", "exec plugin '/bin/true'", null)]
    [InlineData("token: hidden-away, client-certificate: \"it's; touch pwned.pem\", client-key: client.key", "it's; touch pwned.pem' cannot be read", null)]
    public async Task What_cannot_be_used_from_here_is_told_with_node_and_file(string user, string expected, string? context)
    {
        ssh.Need();
        await using var server = await KubeServer.StartAsync();
        await using var shell = await ssh.ConnectAsync();
        var config = server.Config(user);
        var e = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(shell, config, context));
        Assert.Equal((SourceFailure.BadAnswer, $"bench:{config}"), (e.Failure, e.SourceName));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-away", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("pwned.pem", Directory.GetFiles(Path.GetDirectoryName(config)!).Select(Path.GetFileName));

        e = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(shell, "/nowhere/config"));
        Assert.Contains("'/nowhere/config' cannot be read", e.Message, StringComparison.Ordinal);
    }

    // into a folder whose name a shell would take apart
    private static string Moved(KubeServer server, string config)
    {
        var from = Path.GetDirectoryName(config)!;
        var to = Directory.CreateDirectory(Path.Combine(from, "it's $(id) \"here\"")).FullName;
        foreach (var file in new[] { config, server.Certificates.Ca, server.Certificates.Client, server.Certificates.ClientKey }) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return Path.Combine(to, Path.GetFileName(config));
    }

    private static Task<IClusterSource> OpenAsync(INodeShell shell, string file, string? context = null) =>
        new TransportFactory().OpenKubernetesAsync(shell, file, new() { Context = context }, Assert.Fail, Cancel);

    private static async Task<FactResult> Nodes(IClusterSource source) => Assert.Single(await source.CollectAsync(["kube-nodes"], Cancel));
}
