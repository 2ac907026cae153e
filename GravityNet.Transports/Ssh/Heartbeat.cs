namespace GravityNet.Transports.Ssh;

/// <summary>
/// Sends the beats of one connection's running commands. It has a thread of its own, because a busy thread pool that is late by three
/// seconds would end the commands on the node.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<RemoteRun> _runs = [];
    private readonly ManualResetEventSlim _stop = new();
    private bool _started;

    /// <summary>Begins to send beats for a command.</summary>
    public void Add(RemoteRun run)
    {
        lock (_gate)
        {
            if (_stop.IsSet) return;
            _runs.Add(run);
            if (_started) return;
            _started = true;
        }

        new Thread(Beat) { IsBackground = true, Name = "GravityNet SSH beats" }.Start();
    }

    /// <summary>Ends a command's beats.</summary>
    public void Remove(RemoteRun run)
    {
        lock (_gate) _runs.Remove(run);
    }

    /// <summary>Ends all beats; the node ends what still runs.</summary>
    public void Dispose() => _stop.Set();

    private void Beat()
    {
        while (!_stop.Wait(RemoteWrapper.BeatInterval))
        {
            RemoteRun[] runs;
            lock (_gate) runs = [.. _runs];
            foreach (var run in runs) run.Beat();
        }
    }
}
