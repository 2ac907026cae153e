using GravityNet.Facts;

namespace GravityNet.Sources;

/// <summary>
/// A node asked over a shell: all facts of a question in one run.
/// </summary>
/// <param name="name">The node's name.</param>
/// <param name="address">Its underlay address.</param>
/// <param name="shell">Its shell.</param>
/// <param name="timeout">Time for one asking.</param>
public sealed class LiveNode(string name, string address, INodeShell shell, TimeSpan timeout) : INodeSource
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Address => address;

    /// <inheritdoc/>
    public INodeShell? Shell => shell;

    /// <inheritdoc/>
    public async Task<NodeFacts> CollectAsync(FactRequest request, CancellationToken cancel)
    {
        var script = new FactScript(request);
        var result = await shell.RunAsync(script.Text, timeout, cancel).ConfigureAwait(false);
        var facts = script.Read(name, address, result.Output, result.Error);
        if (facts.Facts.Count == 0 && request.NodeFacts.Count > 0)
        {
            throw new SourceException(
                SourceFailure.BadAnswer,
                name,
                $"{name} ran the script and printed no fact (exit code {result.ExitCode}): {result.Error.Trim()}",
                "Check that the login's shell is a POSIX shell and that its start files print nothing and do not end it.");
        }

        return facts;
    }
}
