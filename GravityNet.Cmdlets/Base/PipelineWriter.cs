using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;
using GravityNet.Connecting;
using GravityNet.Sources;

namespace GravityNet.Cmdlets;

/// <summary>
/// What workers write with: each call is handed over to the pipeline thread.
/// </summary>
internal sealed class PipelineWriter(BlockingCollection<Action<Cmdlet>> actions) : IOpeningReport
{
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private TimeSpan _lastProgress;
    private string? _activity;
    private bool _completed;

    /// <summary>Writes an object to the pipeline.</summary>
    public void Write(object value) => Post(c => c.WriteObject(value));

    /// <summary>Writes objects to the pipeline, in one go. The task ends when they have been taken.</summary>
    public Task WriteAllAsync(IReadOnlyList<object> values)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(c =>
        {
            foreach (var value in values) c.WriteObject(value);
            taken.SetResult();
        });
        return taken.Task;
    }

    /// <summary>Writes a non-terminating error.</summary>
    public void Error(ErrorRecord error) => Post(c => c.WriteError(error));

    /// <summary>Writes a source's failure as a non-terminating error.</summary>
    public void Error(SourceException problem) => Error(Errors.From(problem));

    /// <summary>Writes a warning.</summary>
    public void Warning(string text) => Post(c => c.WriteWarning(text));

    /// <summary>Writes a line for <c>-Verbose</c>.</summary>
    public void Verbose(string text) => Post(c => c.WriteVerbose(text));

    /// <summary>Shows progress, from the first second on and at most five times a second.</summary>
    public void Progress(string activity, string status, int percent)
    {
        lock (_gate)
        {
            var now = _since.Elapsed;
            if (now < TimeSpan.FromSeconds(1) || now - _lastProgress < TimeSpan.FromMilliseconds(200)) return;
            (_lastProgress, _activity) = (now, activity);
        }

        Post(c => c.WriteProgress(new ProgressRecord(1, activity, status) { PercentComplete = Math.Clamp(percent, 0, 100) }));
    }

    /// <summary>Ends the writing; what workers still say after it is dropped.</summary>
    public void Complete()
    {
        if (_activity is { } activity) Post(c => c.WriteProgress(new ProgressRecord(1, activity, "done") { RecordType = ProgressRecordType.Completed }));
        lock (_gate)
        {
            _completed = true;
            actions.CompleteAdding();
        }
    }

    private void Post(Action<Cmdlet> action)
    {
        lock (_gate)
        {
            if (!_completed) actions.Add(action);
        }
    }
}
