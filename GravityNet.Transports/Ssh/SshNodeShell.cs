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
    // The server opens a session at once, unless its machine is busy beyond use, or is not there any more.
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(8);
    private const long MaxPause = 15_000;
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMilliseconds(100);

    private readonly SshTarget _target;
    private readonly Func<CancellationToken, Task<SshConnection>> _reopen;
    private readonly SemaphoreSlim _sessions = new(MaxSessions, MaxSessions);
    private readonly SemaphoreSlim _reconnecting = new(1, 1);
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _gate = new();
    private SshConnection _connection;
    private (SourceException Why, long Until)? _down;
    private int _disposed;
    private SourceException? _refused;

    /// <summary>Takes over a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="target">Where it leads to.</param>
    /// <param name="reopen">Makes another, where it has died.</param>
    public SshNodeShell(SshConnection connection, SshTarget target, Func<CancellationToken, Task<SshConnection>> reopen)
    {
        _connection = connection;
        _reopen = reopen;
        _target = target;
        Node = target.Name;
    }

    /// <inheritdoc/>
    public string Node { get; set; }

    /// <summary>Sends the beats; a test stops them to play a client that hangs.</summary>
    internal Heartbeat Heartbeat => _connection.Heartbeat;

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
        SshConnection? dead = null;
        try
        {
            while (true)
            {
                await _sessions.WaitAsync(stop.Token);
                var before = _connection;
                var connection = await WithSlotAsync(() => LiveAsync(dead, stop.Token));
                try
                {
                    return await RunOnceAsync(connection, script, timeout, onOutput, stop.Token);
                }
                catch (RemoteRun.SessionRefusedException failure)
                {
                    // A server may allow fewer sessions than we would use: wait until another command of ours is done. One that
                    // refuses though nothing else runs (twice, since the last one may just have ended) allows none.
                    if (clock.Elapsed > timeout || (connection.Running == 0 && ++alone > 1)) throw Refused(failure);
                    await Task.Delay(RefusedPause, stop.Token);
                }
                catch (RemoteRun.NotBegunException failure)
                {
                    // once: a connection that was just made and dies as well is no mischance
                    if (dead is not null || connection != before) throw Lost(failure);
                    dead = connection;
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
    public async Task<Stream> OpenStreamAsync(string host, int port, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        try
        {
            return await ForwardedStream.OpenAsync((await LiveAsync(null, cancel)).Client, Node, host, port, cancel);
        }
        catch (SourceException e)
        {
            throw new IOException(e.Message, e);
        }
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

        SshConnection last;
        lock (_gate) last = _connection;
        await Task.WhenAny(last.CloseAsync(), Task.Delay(EndPatience));
    }

    /// <summary>
    /// The connection, made anew where it died since the last question. What was tried in vain is not tried again for three times as long as it
    /// took, and 15 seconds at most: a node that is down costs only some of the questions the time to find that out.
    /// </summary>
    /// <param name="dead">A connection that proved dead; null for none.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="SourceException">The connection was lost and cannot be made again.</exception>
    private async Task<SshConnection> LiveAsync(SshConnection? dead, CancellationToken cancel)
    {
        if (_connection is var now && now != dead && now.IsAlive) return now;
        await _reconnecting.WaitAsync(cancel);
        try
        {
            // another question may have done it meanwhile
            now = _connection;
            if (now != dead && now.IsAlive) return now;
            if (_down is { } down && Environment.TickCount64 < down.Until) throw down.Why;
            var clock = Stopwatch.StartNew();
            SshConnection next;
            try
            {
                next = await _reopen(cancel);
            }
            catch (SourceException e)
            {
                var why = NotAgain(e);
                _down = (why, Environment.TickCount64 + Math.Min(3 * clock.ElapsedMilliseconds, MaxPause));
                now.Retire();
                throw why;
            }

            lock (_gate)
            {
                if (_disposed == 0) _connection = next;
            }

            if (_connection != next)
            {
                next.Dispose();
                throw new OperationCanceledException();
            }

            now.Retire();
            SourceNotes.Tell($"{Node}: the connection to {_target.Host}:{_target.Port} had died and was made anew");
            return next;
        }
        finally
        {
            _reconnecting.Release();
        }
    }

    private async Task<T> WithSlotAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch
        {
            _sessions.Release();
            throw;
        }
    }

    /// <summary>Runs the script in a session slot that the caller took; the slot is given back when the server closed the session.</summary>
    private async Task<ShellResult> RunOnceAsync(SshConnection connection, string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        RemoteRun run;
        Task<(int ExitCode, string Error)> running;
        try
        {
            run = new RemoteRun(connection.Client, connection.Heartbeat, connection.Sudo, script, timeout, onOutput);
            running = run.StartAsync();
        }
        catch (Exception failure) when (failure is SshException or ObjectDisposedException)
        {
            _sessions.Release();
            throw new RemoteRun.NotBegunException(failure);
        }

        // may be after the caller has gone
        connection.Enter();
        var closed = running.ContinueWith(
            task =>
            {
                _ = task.Exception;
                connection.Leave();
                _sessions.Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        try
        {
            var patience = timeout == Timeout.InfiniteTimeSpan || timeout > OpenPatience ? OpenPatience : timeout;
            await Task.WhenAny(run.Opened, running, Task.Delay(patience, stop));
            stop.ThrowIfCancellationRequested();
            if (!run.Opened.IsCompleted && !running.IsCompleted && run.GiveUp())
            {
                run.Abandon(EndPatience);
                throw new RemoteRun.NotBegunException(null);
            }

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
        catch (Exception failure) when (failure is SshOperationTimeoutException && run.GiveUp())
        {
            // SSH.NET's own limit for the opening of a session may come before ours
            throw new RemoteRun.NotBegunException(failure);
        }
        catch (Exception failure) when (failure is SshException or System.Net.Sockets.SocketException or ObjectDisposedException && !connection.IsAlive && run.GiveUp())
        {
            throw new RemoteRun.NotBegunException(failure);
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
        catch (RemoteRun.SudoException failure) when (connection.IsAlive)
        {
            var refused = connection.Sudo!.Explain(Node, _target.User, failure);
            if (failure.Asked > 0) _refused = refused;
            throw refused;
        }
        catch (Exception failure) when (failure is RemoteRun.SilenceException or RemoteRun.SudoException)
        {
            throw Lost(failure);
        }
        catch (Exception failure) when (failure is SshException or System.Net.Sockets.SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw connection.IsAlive ? Refused(failure) : Lost(failure);
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
        "See whether the node is up and reachable, and ask again: the next question connects anew, without Connect-GravityCluster.",
        inner);

    private SourceException NotAgain(SourceException e)
    {
        var prefix = _target.Name + ": ";
        var why = e.Message.StartsWith(prefix, StringComparison.Ordinal) ? e.Message[prefix.Length..] : e.Message;
        return new(SourceFailure.ConnectionLost, Node, $"{Node}: the SSH connection was lost and cannot be made again: {why}", $"{e.Remedy} Then ask again.", e);
    }

    private SourceException Refused(Exception inner) => new(
        SourceFailure.BadAnswer,
        Node,
        $"{Node}: the SSH server at {_target.Host}:{_target.Port} did not run the command ({Sentence(inner)}).",
        "See the server's log; MaxSessions, ForceCommand or the login's shell may forbid commands.",
        inner);

    private static string Sentence(Exception failure) => failure.Message.TrimEnd('.');
}
