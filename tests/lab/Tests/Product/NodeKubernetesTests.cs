using System.Diagnostics;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>The Kubernetes API through a node: a kubeconfig of the node's over a connection that starts there, and the node's real kubectl.</summary>
public sealed class NodeKubernetesTests(LabFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Connect => $"$null = Connect-GravityCluster {fixture.Addresses()} -KeyFile '{fixture.Status.KeyFile}' -KnownHostsFile '{fixture.Status.KnownHosts}' -Etcd {fixture.Status.Etcd}";

    [Fact]
    public void A_kubeconfig_on_a_node_is_found_and_used_from_here()
    {
        using var shell = new ModuleShell();
        shell.Run(Connect);
        Assert.Empty(shell.Streams.Warning);
        Assert.Equal("https://127.0.0.1:6443 through node-1", Api(shell));
        Assert.Equal("10.100.0.0/16", Assert.Single(shell.Lines("(Get-GravityCluster).ServiceNetwork")));
        Assert.NotEmpty(shell.Run("Get-ServiceNatChain kube-dns node-2"));
        Assert.Empty(shell.Errors);
    }

    [Fact]
    public async Task A_kubeconfig_that_only_the_node_can_use_is_left_to_its_kubectl()
    {
        Assert.SkipUnless((await fixture.OnNodeAsync("node-1", "command -v kubectl")).Succeeded, "kubectl is not there: install kubernetes-client");
        using var shell = new ModuleShell();
        // a plugin of the node's: it must run there
        await using (await LogInByPluginAsync(fixture.Status.KubeConfig))
        {
            var processes = NodeProcesses.Remember(fixture);
            shell.Run(Connect);
            Assert.Equal("kubectl on node-1", Api(shell));
            Assert.Equal("10.100.0.0/16", Assert.Single(shell.Lines("(Get-GravityCluster).ServiceNetwork")));
            Assert.NotEmpty(shell.Run("Get-ServiceNatChain kube-dns node-2"));
            Assert.Empty(shell.Errors);
            shell.Run("Disconnect-GravityCluster");
            await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
        }

        // one that may list nodes alone
        await using (await LogInByPluginAsync(fixture.Status.KubeConfigForNodes))
        {
            shell.Run(Connect);
            Assert.Equal("kubectl on node-1", Api(shell));
            AssertServicesAreDenied(shell);
            shell.Run("Disconnect-GravityCluster");
        }
    }

    [Fact]
    public void A_login_that_may_list_nodes_alone_leaves_the_rest_unknown_with_the_reason()
    {
        using var shell = new ModuleShell();
        shell.Run($"{Connect} -KubeConfig '{fixture.Status.KubeConfigForNodes}'");
        Assert.Empty(shell.Errors);
        AssertServicesAreDenied(shell);
        Assert.Equal(3, shell.Run("Get-OverlayLease").Count);
    }

    [Fact]
    public async Task Planets_kubectl_is_asked_where_the_host_has_none()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        Assert.SkipUnless(File.Exists("/usr/bin/kubectl"), "kubectl is not there: install kubernetes-client");
        using var shell = new ModuleShell();
        shell.Run($"$null = Connect-GravityCluster {lab.Status.Node("node-1").Address} -KeyFile '{lab.Status.KeyFile}' -KnownHostsFile '{lab.Status.KnownHosts}'");
        Assert.Equal("gravity exec kubectl on node-1", Api(shell));
        Assert.Equal("10.100.0.0/16", Assert.Single(shell.Lines("(Get-GravityCluster).ServiceNetwork")));
    }

    [Fact]
    public async Task An_API_that_does_not_know_the_nodes_is_not_used()
    {
        using var shell = new ModuleShell();
        await using (await ForeignAsync())
        {
            shell.Run(Connect);
            Assert.Equal("", Api(shell));
            Assert.Empty(shell.Streams.Warning);

            // by name it is, with a warning
            shell.Run(Connect + " -KubeNode node-1");
            Assert.Contains("another cluster", Assert.Single(shell.Streams.Warning).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_node_by_name_is_gone_through_or_the_reason_told()
    {
        using var shell = new ModuleShell();
        shell.Run(Connect + " -KubeNode node-1 -KubeContext lab");
        Assert.EndsWith(" through node-1", Api(shell), StringComparison.Ordinal);
        shell.Run(Connect + " -KubeNode none");
        Assert.Equal("", Api(shell));
        foreach (var (arguments, message) in new[]
        {
            ("-KubeNode node-9", "'node-9' is not one of the nodes"),
            ("-KubeNode node-1 -KubeContext other", "no context 'other'"),
            ("-KubeNode node-3", "node-3"),
        })
        {
            shell.Try($"{Connect} {arguments}");
            Assert.Contains(message, Assert.Single(shell.Errors).ToString(), StringComparison.Ordinal);
            Assert.NotEmpty(shell.Errors[0].ErrorDetails.RecommendedAction);
        }
    }

    [Fact]
    public async Task An_API_that_answers_nothing_is_told_once_and_a_stop_does_not_wait_for_it()
    {
        using var frozen = new TcpListener(IPAddress.Loopback, 0);
        frozen.Start();
        var config = Path.Combine(Directory.CreateTempSubdirectory("gravitynet-frozen-").FullName, "config");
        await File.WriteAllTextAsync(config, $"{{current-context: c, clusters: [{{name: c, cluster: {{server: 'https://{frozen.LocalEndpoint}'}}}}], contexts: [{{name: c, context: {{cluster: c}}}}]}}", Cancel);
        using var shell = new ModuleShell();
        shell.Try($"{Connect} -KubeConfig {config} -TimeoutSeconds 3");
        Assert.Contains("no answer within 3 s", Assert.Single(shell.Errors).ToString(), StringComparison.Ordinal);
        Assert.Equal("node-1", Assert.Single(shell.Lines("(Get-GravityCluster).Name")));

        while (frozen.Pending()) (await frozen.AcceptTcpClientAsync(Cancel)).Dispose();
        using var connecting = shell.Pipeline($"{Connect} -KubeConfig {config}");
        var running = connecting.BeginInvoke();
        using var asked = await frozen.AcceptTcpClientAsync(Cancel);
        Assert.False(running.IsCompleted);
        var clock = Stopwatch.StartNew();
        connecting.Stop();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"the prompt came back after {clock.Elapsed}");
        Assert.Equal(PSInvocationState.Stopped, connecting.InvocationStateInfo.State);
        Directory.Delete(Path.GetDirectoryName(config)!, recursive: true);
    }

    private static string Api(ModuleShell shell) => shell.Lines("(Get-GravityCluster).KubernetesApi")[^1];

    private static void AssertServicesAreDenied(ModuleShell shell)
    {
        shell.Try("Get-ServiceNatChain kube-dns node-2");
        var said = string.Join('\n', [.. shell.Errors.Select(e => e.ToString()), .. shell.Streams.Warning.Select(w => w.Message), .. shell.Lines("Get-ServiceNatChain kube-dns node-2 | ForEach-Object Reason")]);
        Assert.Matches("endpoints are not known: .*(may not list|cannot list)", said);
    }

    // node-1's kubeconfig with a program of the node's in place of the certificate
    private async Task<IAsyncDisposable> LogInByPluginAsync(string tokenOf)
    {
        var token = (await File.ReadAllTextAsync(tokenOf, Cancel)).Split("token: ")[1].Split('\n')[0];
        var config = fixture.Status.NodeKubeConfig;
        var placed = await fixture.OnNodeAsync("node-1", $$"""
            cat > /run/kube-login <<'END'
            #!/bin/sh
            [ "$(hostname)" = node-1 ] || exit 9
            echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential",'
            echo '"status":{"token":"{{token}}"} }'
            END
            chmod 700 /run/kube-login
            cp -p {{config}} {{config}}.kept
            sed -i -e '/client-key-data/d' -e 's|client-certificate-data.*|exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: /run/kube-login, interactiveMode: Never}|' {{config}}
            """);
        Assert.True(placed.Succeeded, placed.Error);
        return new Undo(async () => await fixture.OnNodeAsync("node-1", $"mv {config}.kept {config}; rm /run/kube-login"));
    }

    // other nodes' names and addresses in the API's objects, for as long as it lasts
    private async Task<IAsyncDisposable> ForeignAsync()
    {
        var file = Path.Combine(fixture.Status.StateDirectory, "objects.json");
        var text = await File.ReadAllTextAsync(file, Cancel);
        var objects = JsonNode.Parse(text)!;
        foreach (var node in objects["nodes"]!.AsArray())
        {
            node!["metadata"]!["name"] = "other-" + node["metadata"]!["name"];
            foreach (var address in node["status"]!["addresses"]!.AsArray()) address!["address"] = "192.0.2.9";
        }

        await ReplaceAsync(objects.ToJsonString());
        return new Undo(() => ReplaceAsync(text));

        async Task ReplaceAsync(string content)
        {
            await File.WriteAllTextAsync(file + ".new", content, CancellationToken.None);
            File.Move(file + ".new", file, overwrite: true);
        }
    }

    private sealed class Undo(Func<Task> undo) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await undo();
    }
}
