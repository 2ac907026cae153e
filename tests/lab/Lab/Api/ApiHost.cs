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
    /// <summary>The kubeconfig that kubeadm leaves on a master. It points to the node itself.</summary>
    public const string AdminConfig = "/etc/kubernetes/admin.conf";

    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The URL of the API on a node.</summary>
    public static string Url(NodePlan node) => $"https://{node.Address}:{ClusterPlan.ApiPort}";

    /// <summary>Makes certificates, tokens and kubeconfigs, and starts the server.</summary>
    /// <param name="state">The lab's folder.</param>
    /// <param name="nodes">The nodes, first the one that it runs on.</param>
    /// <param name="authority">Whom its clients trust.</param>
    /// <param name="objects">What it serves.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task StartAsync(StateFolder state, IReadOnlyList<NodeHost> nodes, CertificateAuthority authority, string objects, CancellationToken cancellationToken)
    {
        var node = nodes[0];
        var server = authority.Issue("CN=kube-apiserver",
            [
                "kubernetes", "kubernetes.default.svc." + ClusterPlan.Domain, .. node.Cluster.Nodes.Select(n => n.Address),
                node.Cluster.Kubernetes.ClusterIp, "127.0.0.1",
            ]);
        var admin = authority.Issue("O=system:masters, CN=kubernetes-admin");
        var (token, nodesToken) = (NewToken(), NewToken());
        var url = Url(node.Plan);
        await File.WriteAllTextAsync(state.ApiObjects, objects, cancellationToken);
        await WriteSecretAsync(state.ApiCertificate, server.Certificate + server.Key, cancellationToken);
        await WriteSecretAsync(state.ApiAuthority, authority.Certificate, cancellationToken);
        await WriteSecretAsync(state.ApiToken, token, cancellationToken);
        await WriteSecretAsync(state.ApiNodesToken, nodesToken, cancellationToken);
        await WriteSecretAsync(state.KubeConfig, KubeConfig(url, authority, ("token", token)), cancellationToken);
        await WriteSecretAsync(state.KubeConfigForNodes, KubeConfig(url, authority, ("token", nodesToken)), cancellationToken);
        (string, string)[] shown = [("client-certificate-data", Base64(admin.Certificate)), ("client-key-data", Base64(admin.Key))];
        await WriteSecretAsync(state.KubeConfigWithCertificate, KubeConfig(url, authority, shown), cancellationToken);
        var planet = nodes.FirstOrDefault(n => n.Plan.Name == n.Cluster.Options.Planet);
        if (planet is not null)
            Planet.WriteKubeConfig(planet, authority, admin);
        if (planet != node)
            node.Write(AdminConfig, KubeConfig($"https://127.0.0.1:{ClusterPlan.ApiPort}", authority, shown), Secret);

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

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string KubeConfig(string url, CertificateAuthority authority, params IReadOnlyList<(string Name, string Value)> user) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: lab
          cluster:
            server: {url}
            certificate-authority-data: {Base64(authority.Certificate)}
        users:
        - name: lab
          user:
            {string.Join("\n    ", user.Select(u => $"{u.Name}: {u.Value}"))}
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
        File.SetUnixFileMode(path, Secret);
    }
}
