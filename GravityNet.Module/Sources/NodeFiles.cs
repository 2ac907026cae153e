using GravityNet.Facts;

namespace GravityNet.Sources;

/// <summary>Files of a node, read over its shell into memory: never into a fact, a stream or a file of this machine's.</summary>
/// <param name="Texts">The texts, in the order of the names, up to the first file that could not be read.</param>
/// <param name="Problem">Why the next could not be read, in the words of the node; null where all could.</param>
public sealed record NodeFiles(IReadOnlyList<string> Texts, string? Problem)
{
    /// <summary>Reads all of them in one run.</summary>
    /// <param name="node">The node's shell.</param>
    /// <param name="names">The files' full names.</param>
    /// <param name="timeout">Time for the run.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="SourceException">The node did not answer.</exception>
    public static async Task<NodeFiles> ReadAsync(INodeShell node, IReadOnlyList<string> names, TimeSpan timeout, CancellationToken cancel)
    {
        // what no file holds
        var mark = $"\n@@gravitynet-{Guid.NewGuid():N}\n";
        var script = string.Concat(names.Select(name => $"cat -- {ShellText.Quote(name)} || exit; printf '%s' {ShellText.Quote(mark)}\n"));
        var result = await node.RunAsync(script, timeout, cancel).ConfigureAwait(false);
        var texts = result.Output.Split(mark)[..^1];
        return new(texts, result.ExitCode == 0 && texts.Length == names.Count ? null : result.Error.Trim().TrimEnd('.'));
    }
}
