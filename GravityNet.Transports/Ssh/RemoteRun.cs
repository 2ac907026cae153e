using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace GravityNet.Transports.Ssh;

/// <summary>
/// One script that runs on a node: opened, fed, read to its end. SSH.NET's streams block, so each run has two threads of its own while it lasts.
/// </summary>
internal sealed class RemoteRun
{
    private readonly SshClient _client;
    private readonly Heartbeat _heartbeat;
    private readonly string _marker = "end-" + Guid.NewGuid().ToString("N");
    private readonly string _script;
    private readonly Action<ReadOnlyMemory<byte>> _onOutput;
    private readonly SshCommand _command;

    // SSH.NET's own cancelling is never used: it sends a signal that a server may deliver to the wrapper alone.
    private readonly Lock _inputGate = new();
    private readonly Lock _outputGate = new();
    private Stream? _input;
    private bool _ended;
    private bool _abandoned;

    /// <summary>Prepares the run; nothing is sent yet.</summary>
    public RemoteRun(SshClient client, Heartbeat heartbeat, string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput)
    {
        _client = client;
        _heartbeat = heartbeat;
        _script = script;
        _onOutput = onOutput;
        _command = client.CreateCommand(RemoteWrapper.CommandLine(_marker, timeout));
    }

    /// <summary>Runs the script. The task ends when the server closed the command's channel.</summary>
    /// <returns>Exit code and standard error.</returns>
    public Task<(int ExitCode, string Error)> StartAsync() => Task.Factory.StartNew(
        Work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    /// <summary>Sends one beat.</summary>
    public void Beat()
    {
        lock (_inputGate)
        {
            if (_ended || _input is null) return;
            try
            {
                _input.Write(RemoteWrapper.Beat, 0, RemoteWrapper.Beat.Length);
            }
            catch (Exception)
            {
                // The command ended in between, or the connection died, which the reading side tells.
                _ended = true;
            }
        }
    }

    /// <summary>Closes the script's input and stops its beats: the node ends it. Returns at once; a stuck connection does not hold it up.</summary>
    public void End()
    {
        _heartbeat.Remove(this);
        _ = Task.Run(() =>
        {
            lock (_inputGate)
            {
                _ended = true;
                CloseInput();
            }
        });
    }

    /// <summary>From now on the caller hears of no more output, and a channel that the server does not close is given up after a while.</summary>
    public void Abandon(TimeSpan patience)
    {
        lock (_outputGate) _abandoned = true;
        _ = Task.Delay(patience).ContinueWith(_ => Dispose(), TaskScheduler.Default);
    }

    private (int ExitCode, string Error) Work()
    {
        try
        {
            var executing = Open();
            var error = Task.Factory.StartNew(ReadError, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            SendScript();
            ReadOutput();
            executing.GetAwaiter().GetResult();
            if (_command.ExitStatus is not { } exitCode)
            {
                throw new SshException(_command.ExitSignal is { } signal
                    ? $"the command was ended by the signal {signal}"
                    : "the server closed the command's channel without an exit code");
            }

            var text = error.GetAwaiter().GetResult();
            if (exitCode == RemoteWrapper.LostExitCode && text.EndsWith(RemoteWrapper.LostLine(_marker), StringComparison.Ordinal))
            {
                throw new SilenceException();
            }

            return (exitCode, text);
        }
        finally
        {
            _heartbeat.Remove(this);
            Dispose();
        }
    }

    private Task Open()
    {
        try
        {
            return _command.ExecuteAsync();
        }
        catch (SshException failure) when (failure is not (SshConnectionException or SshOperationTimeoutException) && _client.IsConnected)
        {
            throw new SessionRefusedException(failure);
        }
    }

    private void SendScript()
    {
        lock (_inputGate)
        {
            _input = _command.CreateInputStream();
            var bytes = Encoding.UTF8.GetBytes(RemoteWrapper.Input(_marker, _script));
            _input.Write(bytes, 0, bytes.Length);

            // ended while the channel was being opened
            if (_ended) CloseInput();
        }

        _heartbeat.Add(this);
    }

    private void CloseInput()
    {
        try
        {
            _input?.Dispose();
        }
        catch (Exception)
        {
            // The channel is closed already.
        }
    }

    private void ReadOutput()
    {
        var buffer = new byte[32 * 1024];
        for (int length; (length = _command.OutputStream.Read(buffer, 0, buffer.Length)) > 0;)
        {
            lock (_outputGate)
            {
                if (!_abandoned) _onOutput(buffer.AsMemory(0, length));
            }
        }
    }

    private string ReadError()
    {
        using var reader = new StreamReader(_command.ExtendedOutputStream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private void Dispose()
    {
        try
        {
            _command.Dispose();
        }
        catch (Exception)
        {
            // The connection is gone, and the channel with it.
        }
    }

    /// <summary>The server opens no more sessions on this connection. Nothing ran.</summary>
    public sealed class SessionRefusedException(Exception inner) : Exception(inner.Message, inner);

    /// <summary>The node heard no beat for too long (this machine slept, or the way there was cut) and ended the script.</summary>
    public sealed class SilenceException() : Exception("the node heard nothing from here and ended the command");
}
