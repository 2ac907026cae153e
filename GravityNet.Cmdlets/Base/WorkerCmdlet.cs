using System.Collections.Concurrent;
using System.Management.Automation;
using GravityNet.Sources;

namespace GravityNet.Cmdlets;

/// <summary>
/// A cmdlet whose work runs on other threads. PowerShell's Write methods belong to the pipeline thread, so the work hands them over as actions,
/// which the pipeline thread carries out in order until the work is done or the user stops it.
/// </summary>
public abstract class WorkerCmdlet : PSCmdlet, IDisposable
{
    // Ctrl+C must give the prompt back within a second, also when a node does not answer the stop
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(800);
    private readonly CancellationTokenSource _stop = new();

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>
    /// Runs the work and writes what it hands over, until it is done.
    /// </summary>
    private protected void Run(Func<PipelineWriter, CancellationToken, Task> work)
    {
        // not disposed: work that outlives a stop for a moment may still hand something over, which nobody then takes
        var actions = new BlockingCollection<Action<Cmdlet>>();
        var writer = new PipelineWriter(actions);
        var task = Task.Run(async () =>
        {
            SourceNotes.Listen(writer.Verbose);
            try
            {
                await work(writer, _stop.Token).ConfigureAwait(false);
            }
            finally
            {
                writer.Complete();
            }
        });

        try
        {
            // not cancelled by the token: what was found before the stop is still drained, and writing it then throws PipelineStoppedException by itself
            while (!actions.IsCompleted)
            {
                if (actions.TryTake(out var action, 50)) action(this);
                else if (_stop.IsCancellationRequested) break;
            }
        }
        catch
        {
            _stop.Cancel();
            WaitForEnd(task);
            throw;
        }

        if (_stop.IsCancellationRequested)
        {
            WaitForEnd(task);
            throw new PipelineStoppedException();
        }

        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (SourceException e)
        {
            ThrowTerminatingError(Errors.From(e));
        }
    }

    private static void WaitForEnd(Task task)
    {
        try
        {
            task.Wait(StopPatience);
        }
        catch (AggregateException)
        {
            // the stop itself; the error that led to it is already on its way
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what is still running.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _stop.Cancel();
        _stop.Dispose();
    }
}
