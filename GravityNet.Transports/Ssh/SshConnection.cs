using Renci.SshNet;

namespace GravityNet.Transports.Ssh;

/// <summary>One connection to a node, with the way to it and the beats of what runs over it.</summary>
/// <param name="client">The connected client.</param>
/// <param name="way">The hosts on the way.</param>
/// <param name="sudo">How scripts become root's; null for the login's own rights.</param>
internal sealed class SshConnection(SshClient client, JumpChain way, Sudo? sudo) : IDisposable
{
    private readonly Lock _gate = new();
    private int _running;
    private bool _retired;

    /// <summary>The client.</summary>
    public SshClient Client => client;

    /// <summary>How scripts become root's; null for the login's own rights.</summary>
    public Sudo? Sudo => sudo;

    /// <summary>Sends the beats.</summary>
    public Heartbeat Heartbeat { get; } = new();

    /// <summary>How many scripts run over it.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Whether it is alive as far as is known here: a peer that went away in silence is found out by the next question.</summary>
    public bool IsAlive
    {
        get
        {
            lock (_gate) return !_retired && client.IsConnected;
        }
    }

    /// <summary>Counts a script in.</summary>
    public void Enter() => Interlocked.Increment(ref _running);

    /// <summary>Counts a script out.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _running) > 0) return;
        lock (_gate)
        {
            if (!_retired) return;
        }

        Dispose();
    }

    /// <summary>Another connection takes its place: it is closed when the last script over it has ended.</summary>
    public void Retire()
    {
        lock (_gate) _retired = true;
        if (Running == 0) Dispose();
    }

    /// <summary>Closes it, in the background: the peer may be gone.</summary>
    public void Dispose() => _ = CloseAsync();

    /// <summary>Closes it.</summary>
    public Task CloseAsync()
    {
        Heartbeat.Dispose();
        return Task.Run(() =>
        {
            client.Dispose();
            way.Dispose();
        });
    }
}
