using System.Diagnostics;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>
/// One transient line that shows the progress of the innermost running activity. It is redrawn at most ten times a second and
/// taken away before anything else is written, so that the scroll-back keeps no trace of it.
/// </summary>
internal sealed class ProgressLine(Screen screen)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly List<(long Source, ProgressRecord Record)> _running = [];
    private long _lastDrawn;
    private bool _visible;

    public void Update(long source, ProgressRecord record)
    {
        if (!screen.ShowsProgress)
            return;
        _running.RemoveAll(r => r.Source == source && r.Record.ActivityId == record.ActivityId);
        if (record.RecordType == ProgressRecordType.Completed)
        {
            if (_running.Count == 0)
                Hide();
            else
                Draw();
            return;
        }

        _running.Add((source, record));
        if (!_visible || Stopwatch.GetElapsedTime(_lastDrawn) >= Interval)
            Draw();
    }

    /// <summary>Takes the line away; the next update draws it again.</summary>
    public void Hide()
    {
        if (!_visible)
            return;
        Console.Error.Write("\r\u001b[K");
        _visible = false;
    }

    /// <summary>Forgets what a stopped command left behind without completing it.</summary>
    public void Reset()
    {
        Hide();
        _running.Clear();
    }

    private void Draw()
    {
        var record = _running[^1].Record;
        var percent = record.PercentComplete is >= 0 and <= 100 ? $" {record.PercentComplete,3}%" : "";
        var left = record.SecondsRemaining > 0 ? $" {TimeSpan.FromSeconds(record.SecondsRemaining):c} left" : "";
        var text = $"{record.Activity}:{percent}{left} {record.StatusDescription} {record.CurrentOperation}".ReplaceLineEndings(" ").TrimEnd();
        var room = screen.Width - 1;
        if (CellWidth.Of(text) > room)
            text = text[..Math.Min(text.Length, room)];
        Console.Error.Write($"\r\u001b[K{PSStyle.Instance.Progress.Style}{text}{PSStyle.Instance.Reset}");
        _lastDrawn = Stopwatch.GetTimestamp();
        _visible = true;
    }
}
