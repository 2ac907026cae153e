using GravityNet.Sources;
using GravityNet.Transports.Kubernetes.Config;

namespace GravityNet.Transports.Kubernetes;

/// <summary>A kubeconfig on a node, read over its shell into memory.</summary>
internal static class NodeKubeConfig
{
    /// <summary>Reads the kubeconfig and the files that it names.</summary>
    /// <exception cref="SourceException">A file cannot be read, or what it says cannot be used from here.</exception>
    public static async Task<KubeLogin> ReadAsync(INodeShell node, string file, KubeOptions options, CancellationToken cancel)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var place = $"{node.Node}:{file}";
        await ReadAsync(node, place, [file], files, options.Timeout, cancel);
        var config = KubeConfig.Parse(files[file], place, file[..Math.Max(0, file.LastIndexOf('/'))]);
        var login = KubeLogin.From(config, options.Context, node, path => files[path]);
        await ReadAsync(node, place, [.. login.Files], files, options.Timeout, cancel);
        return login;
    }

    private static async Task ReadAsync(INodeShell node, string place, IReadOnlyList<string> names, Dictionary<string, string> files, TimeSpan timeout, CancellationToken cancel)
    {
        if (names.Count == 0) return;
        var read = await NodeFiles.ReadAsync(node, names, timeout, cancel);
        if (read.Problem is { } problem)
        {
            throw KubeConfig.Unusable(
                place,
                $"'{names[Math.Min(read.Texts.Count, names.Count - 1)]}' cannot be read ({problem})",
                "Log in as a user that may read it, or name a kubeconfig of this machine with -KubeConfig.");
        }

        for (var i = 0; i < names.Count; i++) files[names[i]] = read.Texts[i];
    }
}
