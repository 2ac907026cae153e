using System.Globalization;
using System.Management.Automation;
using GravityNet.Facts;
using GravityNet.Overlay;
using GravityNet.Sources;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Get-FlannelLog</c>: flanneld's log of each node as events; with <c>-Follow</c> each new one as it is said.
/// </summary>
[Cmdlet(VerbsCommon.Get, "FlannelLog")]
[OutputType(typeof(FlannelEvent))]
public sealed class GetFlannelLogCommand : NodeCmdlet
{
    // as journalctl -f and tail -f do
    private const int FirstLines = 10;

    /// <summary>Only what was said since then: a point in time, or how long ago it was.</summary>
    [Parameter]
    [SinceTransformation]
    [ValidateNotNull]
    public object? Since { get; set; }

    /// <summary>Goes on with each new entry until Ctrl+C.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    private protected override async Task AnswerAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel)
    {
        var nodes = SelectNodes(cluster, NodeNames, writer);
        var since = Since switch
        {
            TimeSpan ago => (cluster.IsLive ? DateTimeOffset.UtcNow : cluster.At) - ago,
            DateTimeOffset time => time,
            _ => (DateTimeOffset?)null,
        };
        if (Follow)
        {
            await FollowAsync(cluster, nodes, since, writer, cancel).ConfigureAwait(false);
            return;
        }

        await foreach (var state in AskAsync(cluster, nodes, new("flanneld-log"), [], writer, cancel).ConfigureAwait(false))
        {
            if (state.Facts.Get("flanneld-log") is not { } fact)
            {
                writer.Error(NotCollected(cluster, state));
                continue;
            }

            var events = state.FlannelEvents.Records;
            if (fact.Answered) writer.Verbose($"{state.Node}: read from {FlannelLogScript.PlaceOf(fact.Command)}");
            if (cluster.IsLive && since is not null && events.Count > 0 && fact.Text.AsSpan().Count('\n') >= FlannelLogScript.Lines && events[0].Time > since)
                writer.Warning(string.Create(CultureInfo.InvariantCulture, $"{state.Node}: only the last {FlannelLogScript.Lines} lines are read, and they begin at {events[0].Time:yyyy-MM-dd HH:mm:ss}Z."));
            var isIn = new SinceFilter(since);
            foreach (var said in events.Where(isIn.Contains)) writer.Write(said);
        }
    }

    private static async Task FollowAsync(GravityCluster cluster, HashSet<string> nodes, DateTimeOffset? since, PipelineWriter writer, CancellationToken cancel)
    {
        if (!cluster.IsLive)
        {
            writer.Error(Errors.Create(
                new InvalidOperationException("A snapshot does not change: there is nothing to follow."),
                "NothingToFollow",
                ErrorCategory.InvalidOperation,
                cluster.Name,
                "A snapshot does not change: there is nothing to follow.",
                "Connect to the cluster live, or leave out -Follow."));
            return;
        }

        var lines = since is null ? FirstLines : FlannelLogScript.Lines;
        await Task.WhenAll(cluster.Sources.Where(s => nodes.Contains(s.Name)).Select(FollowOneAsync)).ConfigureAwait(false);

        async Task FollowOneAsync(INodeSource source)
        {
            if (source.Shell is not { } shell) return;
            var isIn = new SinceFilter(since);
            try
            {
                await FlannelFollower.RunAsync(shell, lines, said => { if (isIn.Contains(said)) writer.Write(said); }, cancel).ConfigureAwait(false);
            }
            catch (SourceException e)
            {
                writer.Error(e);
            }
        }
    }

    private static ErrorRecord NotCollected(GravityCluster cluster, NodeState state) => Errors.Create(
        new ItemNotFoundException(state.FlannelEvents.Reason),
        "LogNotCollected",
        ErrorCategory.ObjectNotFound,
        state.Node,
        $"{state.FlannelEvents.Reason} in {cluster.Name}.",
        "Connect to the cluster live, or take a snapshot with nodes/NODE/flanneld-log.txt: 'journalctl -u flanneld', in Planet 'gravity exec journalctl -u flanneld'.");

    /// <summary>What was said since then. A line that does not tell its time is of the time of the one before it.</summary>
    private sealed class SinceFilter(DateTimeOffset? since)
    {
        private DateTimeOffset? _last;

        public bool Contains(FlannelEvent said)
        {
            _last = said.Time ?? _last;
            return since is null || _last is null || _last >= since;
        }
    }
}
