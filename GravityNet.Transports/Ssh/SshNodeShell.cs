using System.Buffers;
using System.Diagnostics;
using System.Text;
using GravityNet.Sources;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace GravityNet.Transports.Ssh;

/// <summary>
/// A node's shell over one SSH connection. See <see cref="RemoteWrapper"/> for how nothing stays behind on the node.
/// </summary>
internal sealed class SshNodeShell : INodeShell
{
    // OpenSSH allows ten sessions a connection; the rest is left for those that are just closing.
    private const int MaxSessions = 8;

    // The prompt must be back within a second of Ctrl+C; the node goes on ending the script by itself.
    private static readonly TimeSpan CancelPatience = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMilliseconds(100);

    private readonly SshClient _client;
    private readonly SshTarget _target;
    private readonly JumpChain _way;
    private readonly Sudo? _sudo;
    private readonly Heartbeat _heartbeat = new();
    private readonly SemaphoreSlim _sessions = new(MaxSessions, MaxSessions);
    private readonly CancellationTokenSource _disposing = new();
    private int _disposed;
    private int _running;
    private SourceException? _refused;

    /// <summary>Takes over a connected client and the way to it.</summary>
    public SshNodeShell(SshClient client, SshTarget target, JumpChain way, Sudo? sudo)
    {
        _sudo = sudo;
        _way = way;
        _client = client;
        _target = target;
        Node = target.Name;
    }

    /// <inheritdoc/>
    public string Node { get; set; }

    /// <summary>Sends the beats; a test stops them to play a client that hangs.</summary>
    internal Heartbeat Heartbeat => _heartbeat;

    /// <inheritdoc/>
    public async Task<ShellResult> RunAsync(string script, TimeSpan timeout, CancellationToken cancel)
    {
        var output = new ArrayBufferWriter<byte>();
        var result = await StreamAsync(script, timeout, piece => output.Write(piece.Span), cancel);
        return result with { Output = Encoding.UTF8.GetString(output.WrittenSpan) };
    }

    /// <inheritdoc/>
    public async Task<ShellResult> StreamAsync(string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);

        // a password is told sudo once: after a few wrong ones a node may lock the login
        if (_refused is { } refused) throw refused;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _disposing.Token);
        var clock = Stopwatch.StartNew();
        var alone = 0;
        try
        {
            await _sessions.WaitAsync(stop.Token);
            while (true)
            {
                try
                {
                    return await RunOnceAsync(script, timeout, onOutput, stop.Token);
                }
                catch (RemoteRun.SessionRefusedException failure)
                {
                    // A server may allow fewer sessions than we would use: wait until another command of ours is done. One that
                    // refuses though nothing else runs (twice, since the last one may just have ended) allows none.
                    if (clock.Elapsed > timeout || (_running == 0 && ++alone > 1)) throw Refused(failure);
                    await Task.Delay(RefusedPause, stop.Token);
                    await _sessions.WaitAsync(stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            throw Lost(null);
        }
    }

    /// <inheritdoc/>
    public Task<Stream> OpenStreamAsync(string host, int port, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return ForwardedStream.OpenAsync(_client, Node, host, port, cancel);
    }

    /// <summary>Ends what runs on the node, then the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _disposing.CancelAsync();

        // every slot free: every script has been ended and said so
        using var patience = new CancellationTokenSource(EndPatience);
        try
        {
            for (var free = 0; free < MaxSessions; free++) await _sessions.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // A connection that is stuck: the node ends the scripts by itself.
        }

        _heartbeat.Dispose();
        var closing = Task.Run(() =>
        {
            _client.Dispose();
            _way.Dispose();
        });
        await Task.WhenAny(closing, Task.Delay(EndPatience));
    }

    /// <summary>Runs the script in a session slot that the caller took; the slot is given back when the server closed the session.</summary>
    private async Task<ShellResult> RunOnceAsync(string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        RemoteRun run;
        Task<(int ExitCode, string Error)> running;
        try
        {
            run = new RemoteRun(_client, _heartbeat, _sudo, script, timeout, onOutput);
            running = run.StartAsync();
        }
        catch (Exception failure) when (failure is SshException or ObjectDisposedException)
        {
            _sessions.Release();
            throw Lost(failure);
        }

        // may be after the caller has gone
        Interlocked.Increment(ref _running);
        var closed = running.ContinueWith(
            task =>
            {
                _ = task.Exception;
                Interlocked.Decrement(ref _running);
                _sessions.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        try
        {
            var (exitCode, error) = await running.WaitAsync(timeout, stop);
            return new(exitCode, "", error, clock.Elapsed);
        }
        catch (TimeoutException)
        {
            var asks = run.SudoSays;
            await EndAsync(run, running, EndPatience, stop);
            if (asks is not null)
            {
                throw new SourceException(
                    SourceFailure.TimedOut,
                    Node,
                    $"{Node}: sudo did not begin within {timeout.TotalSeconds:0.#} s: {Sudo.Shown(asks)}.",
                    "See whether it asks for more than a password (a one-time code), or waits for a server that checks the login.");
            }

            throw new SourceException(
                SourceFailure.TimedOut,
                Node,
                $"{Node}: the command did not end within {timeout.TotalSeconds:0.#} s and was ended.",
                "See whether the node is overloaded or a tool on it hangs, or give it more time.");
        }
        catch (OperationCanceledException)
        {
            await EndAsync(run, running, CancelPatience, CancellationToken.None);
            throw;
        }
        catch (RemoteRun.SessionRefusedException)
        {
            await closed;
            throw;
        }
        catch (SshOperationTimeoutException failure)
        {
            // SSH.NET has a limit of its own for the opening of a session
            throw new SourceException(
                SourceFailure.TimedOut,
                Node,
                $"{Node}: the SSH server at {_target.Host}:{_target.Port} answered nothing for {clock.Elapsed.TotalSeconds:0.#} s.",
                "See whether the node is overloaded or unreachable, or give it more time; connect again with Connect-GravityCluster when it answers.",
                failure);
        }
        catch (RemoteRun.SudoException failure) when (_client.IsConnected)
        {
            var refused = _sudo!.Explain(Node, _target.User, failure);
            if (failure.Asked > 0) _refused = refused;
            throw refused;
        }
        catch (Exception failure) when (failure is RemoteRun.SilenceException or RemoteRun.SudoException)
        {
            throw Lost(failure);
        }
        catch (Exception failure) when (failure is SshException or System.Net.Sockets.SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw _client.IsConnected ? Refused(failure) : Lost(failure);
        }
    }

    private static async Task EndAsync(RemoteRun run, Task running, TimeSpan patience, CancellationToken cancel)
    {
        run.End();
        await Task.WhenAny(running, Task.Delay(patience, cancel));
        run.Abandon(EndPatience);
    }

    private SourceException Lost(Exception? inner) => new(
        SourceFailure.ConnectionLost,
        Node,
        $"{Node}: the SSH connection to {_target.Host}:{_target.Port} was lost{(inner is null ? "" : $" ({Sentence(inner)})")}.",
        "See whether the node is up and reachable, then connect again with Connect-GravityCluster.",
        inner);

    private SourceException Refused(Exception inner) => new(
        SourceFailure.BadAnswer,
        Node,
        $"{Node}: the SSH server at {_target.Host}:{_target.Port} did not run the command ({Sentence(inner)}).",
        "See the server's log; MaxSessions, ForceCommand or the login's shell may forbid commands.",
        inner);

    private static string Sentence(Exception failure) => failure.Message.TrimEnd('.');
}
