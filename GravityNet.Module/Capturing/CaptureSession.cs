using System.Diagnostics;
using GravityNet.Sources;

namespace GravityNet.Capturing;

/// <summary>
/// Captures on several interfaces of several nodes at once. One that fails is in the summaries with its reason, while the others go on.
/// </summary>
public sealed class CaptureSession
{
    /// <summary>What a shell gets on top of the capture's own seconds, for starting it and for its last words.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<CaptureTarget> _targets;
    private readonly Lock _delivery = new();

    /// <summary>Creates the session. Nothing runs yet.</summary>
    /// <param name="targets">The captures.</param>
    public CaptureSession(IReadOnlyList<CaptureTarget> targets) => _targets = targets;

    /// <summary>What to do once every capture listens (sending the packet that is looked for); null for nothing.</summary>
    public Func<CancellationToken, Task>? Trigger { get; init; }

    /// <summary>End all captures this long after the <see cref="Trigger"/> is done; null to let them run to their own bounds.</summary>
    public TimeSpan? StopAfterTrigger { get; init; }

    /// <summary>How long the trigger waits for a capture that does not begin (a node that hangs must not make the others miss it).</summary>
    public TimeSpan ReadyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs the captures to their end.
    /// </summary>
    /// <param name="onPacket">Gets each packet as it arrives, one at a time, on any thread; in order for each interface.</param>
    /// <param name="cancel">Ends all captures; nothing is left on the nodes.</param>
    /// <returns>One summary a target, in the targets' order.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public async Task<IReadOnlyList<CaptureSummary>> RunAsync(Action<CapturedPacket> onPacket, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var ready = _targets.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var captures = _targets.Select((target, i) => CaptureAsync(target, ready[i], onPacket, stop)).ToArray();
        try
        {
            if (Trigger is not null)
            {
                await WhenReadyAsync(ready, stop.Token);
                await Trigger(stop.Token);
                if (StopAfterTrigger is { } pause)
                {
                    await Task.WhenAny(Task.WhenAll(captures), Task.Delay(pause, stop.Token));
                    await stop.CancelAsync();
                }
            }
        }
        catch
        {
            // whatever ended the trigger, the captures end first: nothing may be left behind
            await stop.CancelAsync();
            await ((Task)Task.WhenAll(captures)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // where a capture's consumer threw, that is the cause
            await Task.WhenAll(captures.Where(c => c.IsFaulted));
            throw;
        }

        var summaries = await Task.WhenAll(captures);
        cancel.ThrowIfCancellationRequested();
        return summaries;
    }

    private async Task WhenReadyAsync(TaskCompletionSource[] ready, CancellationToken cancel)
    {
        var all = Task.WhenAll(ready.Select(r => r.Task));
        await Task.WhenAny(all, Task.Delay(ReadyTimeout, cancel));
        cancel.ThrowIfCancellationRequested();
    }

    private async Task<CaptureSummary> CaptureAsync(CaptureTarget target, TaskCompletionSource ready, Action<CapturedPacket> onPacket, CancellationTokenSource stop)
    {
        var node = target.Shell.Node;
        var plan = target.Plan;
        var reader = new PcapReader();
        var watch = Stopwatch.StartNew();
        ShellResult? result = null;
        SourceException? failure = null;
        try
        {
            result = await target.Shell.StreamAsync(CaptureScript.For(plan), TimeSpan.FromSeconds(plan.Seconds) + Margin, Take, stop.Token);
            failure = FailureOf(node, plan, result, reader);
        }
        catch (SourceException e)
        {
            failure = e;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // stopped by the caller or by the session: what has arrived counts
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            ready.TrySetResult();
        }

        return new CaptureSummary
        {
            Node = node,
            Interface = plan.Interface,
            Packets = (int)reader.FrameCount,
            ReceivedByFilter = result is null ? null : TcpdumpMessages.Count(result.Error, "received by filter"),
            DroppedByKernel = result is null ? null : TcpdumpMessages.Count(result.Error, "dropped by kernel"),
            Seconds = Math.Round(watch.Elapsed.TotalSeconds, 3),
            EndedBy = failure is not null ? "error" : result is null ? "stopped" : plan.Count > 0 && reader.FrameCount >= plan.Count ? "count" : "seconds",
            Failure = failure,
        };

        void Take(ReadOnlyMemory<byte> piece)
        {
            lock (_delivery)
                reader.Feed(piece.Span, frame => onPacket(new CapturedPacket(node, plan.Interface, in frame, plan.Ports)));
            if (reader.HasHeader)
                ready.TrySetResult();
        }
    }

    private static SourceException? FailureOf(string node, CapturePlan plan, ShellResult result, PcapReader reader)
    {
        // 124 is timeout's word for "the time was up"; 130 and 143 come from a shell or a busybox whose command was ended by the signal
        if (result.ExitCode is not (0 or 124 or 130 or 143) || (!reader.HasHeader && reader.Problem is null))
            return TcpdumpMessages.Failure(node, plan, result);
        reader.Complete();
        return reader.Problem is null
            ? null
            : new SourceException(SourceFailure.BadAnswer, node, $"The capture on {node} {plan.Interface} is damaged. {reader.Problem}", "Capture again.");
    }
}
