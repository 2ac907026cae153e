using GravityNet.Facts;
using GravityNet.Sources;

namespace GravityNet.Connecting;

/// <summary>
/// The Kubernetes API as a node's own kubectl reads it: for a node whose kubeconfig cannot be used from here, or that forwards no connections.
/// </summary>
/// <param name="node">The node.</param>
/// <param name="tool">The command that is kubectl there, <c>k3s kubectl</c>: one that the module itself names.</param>
/// <param name="file">The kubeconfig on the node; null for the tool's own.</param>
/// <param name="options">The context, and the time for one asking.</param>
internal sealed class NodeKubectl(LiveNode node, string tool, string? file, KubeOptions options) : IClusterSource
{
    /// <inheritdoc/>
    public string Place => $"{tool} on {node.Name}";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FactResult>> CollectAsync(IReadOnlyCollection<string> facts, CancellationToken cancel)
    {
        var script = new FactScript(new([.. facts]));
        var result = await node.Shell!.RunAsync(Prologue + script.Text, options.Timeout, cancel).ConfigureAwait(false);
        var read = script.Read(node.Name, node.Address, result.Output, result.Error).Facts;
        IReadOnlyList<FactResult> answers = [.. facts.Select(f => read.GetValueOrDefault(f) ?? new FactResult(f, "") { ExitCode = -1, Error = "there is no answer" })];

        // where the API refuses one list and gives another, each says so for itself
        if (answers.Count == 0 || answers.Any(a => a.Answered || IsAboutOneList(a.Error))) return answers;
        var login = answers.Any(a => a.Error.Contains("Unauthorized", StringComparison.Ordinal));
        throw new SourceException(
            login ? SourceFailure.AuthenticationFailed : SourceFailure.Unreachable,
            Place,
            $"{Place} gets no answer of the Kubernetes API: {LastLine(answers[0].Error)}.",
            "See whether it works on the node by hand; another node may be named with -KubeNode, or a kubeconfig of this machine with -KubeConfig.");
    }

    // a function goes before a command of the same name; where it is gravity's, what follows runs in Planet with Planet's kubeconfig
    private string Prologue =>
        (file is null ? "" : $"export KUBECONFIG={ShellText.Quote(file)}\n")
        + $"kubectl() {{ {(tool == "kubectl" ? "command kubectl" : tool)}{(options.Context is { } context ? $" --context {ShellText.Quote(context)}" : "")} \"$@\"; }}\n";

    // kubectl puts the API's refusals into these words
    private static bool IsAboutOneList(string error) =>
        error.Contains("(Forbidden)", StringComparison.Ordinal) || error.Contains("(NotFound)", StringComparison.Ordinal);

    // the lines before it may be warnings
    private static string LastLine(string error) => error.Trim().Split('\n')[^1].Trim().TrimEnd('.');
}
