using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Api;

/// <summary>Starts the API server on the first node and writes what clients need.</summary>
internal static class ApiHost
{
    /// <summary>The URL of the API on a node.</summary>
    public static string Url(NodePlan node) => $"https://{node.Address}:{ClusterPlan.ApiPort}";

    /// <summary>Makes certificates, token and kubeconfig, and starts the server.</summary>
    public static async Task StartAsync(StateFolder state, NodeHost node, string objects, CancellationToken cancellationToken)
    {
        using var authority = new CertificateAuthority("gravitynet-lab-ca");
        var server = authority.Issue("CN=kube-apiserver",
            [
                "kubernetes", "kubernetes.default.svc." + ClusterPlan.Domain, .. node.Cluster.Nodes.Select(n => n.Address),
                node.Cluster.Kubernetes.ClusterIp, "127.0.0.1",
            ]);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await File.WriteAllTextAsync(state.ApiObjects, objects, cancellationToken);
        await WriteSecretAsync(state.ApiCertificate, server.Certificate + server.Key, cancellationToken);
        await WriteSecretAsync(state.ApiToken, token, cancellationToken);
        await WriteSecretAsync(state.KubeConfig, KubeConfig(Url(node.Plan), authority.Certificate, token), cancellationToken);

        var program = Path.ChangeExtension(typeof(ApiHost).Assembly.Location, ".dll");
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        // without diagnostics, or the runtime leaves sockets in the machine's /tmp when it is killed
        await Daemon.StartAsync(state.Path, state.File("api.log"),
            Namespaces.NodeWithMachineFiles(node.Pid, "env", "DOTNET_EnableDiagnostics=0", "DOTNET_TieredPGO=0", dotnet, program, "serve-api", "--state", state.Path),
            cancellationToken);
    }

    /// <summary>Waits until the API answers.</summary>
    public static Task WaitAsync(StateFolder state, NodePlan node, int outsidePid, CancellationToken cancellationToken) =>
        Wait.ForAsync("the Kubernetes API's answer", TimeSpan.FromSeconds(15), async () =>
        {
            var token = await File.ReadAllTextAsync(state.ApiToken, cancellationToken);
            var answer = await Command.TryAsync(
                Namespaces.Network(outsidePid, "curl", "-sfk", "--noproxy", "*", "--max-time", "3", "-H", $"Authorization: Bearer {token}", Url(node) + "/api/v1/nodes"),
                cancellationToken: cancellationToken);
            return answer.Succeeded ? answer : null;
        }, cancellationToken);

    private static string KubeConfig(string url, string authority, string token) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: lab
          cluster:
            server: {url}
            certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(authority))}
        users:
        - name: lab
          user:
            token: {token}
        contexts:
        - name: lab
          context:
            cluster: lab
            user: lab
        current-context: lab

        """;

    private static async Task WriteSecretAsync(string path, string text, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(path, text, cancellationToken);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
