using System.Text;
using GravityNet.Facts;
using GravityNet.Parsing;
using GravityNet.Sources;

namespace GravityNet.Overlay;

/// <summary>
/// Follows flanneld's log on a node as it is written.
/// </summary>
internal static class FlannelFollower
{
    // it ends when it is told to; a shell's time is bounded, and this is as long as it can be
    private static readonly TimeSpan Limit = TimeSpan.FromDays(20);

    /// <summary>
    /// Tells the last lines and then each new one, until it is cancelled. Nothing is left on the node.
    /// </summary>
    /// <param name="shell">The node.</param>
    /// <param name="lines">How many of the last lines are told first.</param>
    /// <param name="onEvent">Gets each entry, one at a time. Further lines of a message are entries of their own: nobody knows whether more will follow.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="SourceException">The node has no such log, or was lost.</exception>
    public static async Task RunAsync(INodeShell shell, int lines, Action<FlannelEvent> onEvent, CancellationToken cancel)
    {
        var waiting = new List<byte>();
        var number = 0;
        var result = await shell.StreamAsync(FlannelLogScript.Follow(lines), Limit, Take, cancel).ConfigureAwait(false);
        var why = FactResult.FirstLine(result.Error, "no message");
        throw result.ExitCode == FactResult.NotServed
            ? new SourceException(SourceFailure.BadAnswer, shell.Node, $"{shell.Node}: there is no log of flannel to follow: {why}", "See where flannel runs: as a service, in a pod, in k3s, or in Gravity's Planet.")
            : new SourceException(SourceFailure.ConnectionLost, shell.Node, $"{shell.Node}: the log of flannel ended with exit code {result.ExitCode}: {why}", "Follow it again.");

        void Take(ReadOnlyMemory<byte> piece)
        {
            foreach (var letter in piece.Span)
            {
                if (letter != '\n')
                {
                    waiting.Add(letter);
                    continue;
                }

                var line = Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(waiting)).TrimEnd('\r');
                waiting.Clear();
                number++;
                // where the journal begins, or that the node was started again
                if (string.IsNullOrWhiteSpace(line) || line.StartsWith("-- ", StringComparison.Ordinal)) continue;
                onEvent(FlannelLog.Line(shell.Node, new(shell.Node, "flanneld-log", number, line), DateTimeOffset.UtcNow));
            }
        }
    }
}
