using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace GravityNet.Transports.Ssh;

/// <summary>
/// One script that runs on a node: opened, fed, read to its end. SSH.NET's streams block, so each run has two threads of its own while it lasts.
/// </summary>
internal sealed class RemoteRun
{
    private const int MaxSudoText = 16 * 1024;

    private readonly SshClient _client;
    private readonly Heartbeat _heartbeat;
    private readonly string _marker = "end-" + Guid.NewGuid().ToString("N");
    private readonly string _script;
    private readonly Action<ReadOnlyMemory<byte>> _onOutput;
    private readonly Sudo? _sudo;
    private readonly SshCommand _command;

    // under sudo the script is sent when the wrapper runs: before, sudo would take its lines for passwords
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _sudoSaid = "";
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _sent;

    // SSH.NET's own cancelling is never used: it sends a signal that a server may deliver to the wrapper alone.
    private readonly Lock _inputGate = new();
    private readonly Lock _outputGate = new();
    private Stream? _input;
    private bool _ended;
    private bool _abandoned;

    /// <summary>Prepares the run; nothing is sent yet.</summary>
    public RemoteRun(SshClient client, Heartbeat heartbeat, Sudo? sudo, string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput)
    {
        _client = client;
        _heartbeat = heartbeat;
        _sudo = sudo;
        _script = script;
        _onOutput = onOutput;
        _command = client.CreateCommand(RemoteWrapper.CommandLine(_marker, timeout, sudo));
    }

    /// <summary>What sudo, which has not run the wrapper so far, asks or says; null once the wrapper runs, or without sudo.</summary>
    public string? SudoSays => _sudo is null || _ready.Task.IsCompleted ? null : _sudoSaid;

    /// <summary>Runs the script. The task ends when the server closed the command's channel.</summary>
    /// <returns>Exit code and standard error.</returns>
    public Task<(int ExitCode, string Error)> StartAsync() => Task.Factory.StartNew(
        Work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    /// <summary>Ends when the server has opened a session for the script.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Gives the run up if its script has not been sent: then it is never sent, and may be run over another connection.</summary>
    /// <returns>False where the script may be running.</returns>
    public bool GiveUp()
    {
        lock (_inputGate)
        {
            if (_sent) return false;
            _ended = true;
        }

        End();
        return true;
    }

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
            OpenInput();
            _opened.SetResult();
            var error = Task.Factory.StartNew(ReadError, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (_sudo is not null) _ready.Task.GetAwaiter().GetResult();
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

    private void OpenInput()
    {
        lock (_inputGate)
        {
            try
            {
                _input = _command.CreateInputStream();
            }
            catch (InvalidOperationException) when (_sudo is not null)
            {
                // sudo ended already, and its channel with it: its words, which are read next, say why
                _ended = true;
            }

            // ended while the channel was being opened
            if (_ended) CloseInput();
        }
    }

    private void SendScript()
    {
        lock (_inputGate)
        {
            if (_ended) return;
            _sent = true;
            Send(RemoteWrapper.Input(_marker, _script));
        }

        _heartbeat.Add(this);
    }

    private void Send(string text)
    {
        lock (_inputGate)
        {
            if (_ended || _input is null) return;
            var bytes = Encoding.UTF8.GetBytes(text);
            _input.Write(bytes, 0, bytes.Length);
        }
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
        if (_sudo is null) return reader.ReadToEnd();
        try
        {
            var rest = PassSudo(reader, _sudo);
            _ready.SetResult();
            return rest + reader.ReadToEnd();
        }
        catch (Exception failure)
        {
            _ready.TrySetException(failure);
            throw;
        }
    }

    /// <summary>Answers sudo when it asks, once, and waits for the wrapper.</summary>
    /// <returns>What was read of the wrapper's own standard error.</returns>
    /// <exception cref="SudoException">sudo ended without having run the wrapper.</exception>
    private string PassSudo(StreamReader reader, Sudo sudo)
    {
        var prompt = RemoteWrapper.Prompt(_marker);
        var said = "";
        var asked = 0;
        var buffer = new char[4096];
        for (int length; (length = reader.Read(buffer, 0, buffer.Length)) > 0;)
        {
            said += new string(buffer, 0, length);
            var ready = said.IndexOf(RemoteWrapper.ReadyLine(_marker), StringComparison.Ordinal);
            if (ready >= 0) return said[(ready + RemoteWrapper.ReadyLine(_marker).Length)..];
            for (int at; (at = said.IndexOf(prompt, StringComparison.Ordinal)) >= 0;)
            {
                said = said.Remove(at, prompt.Length);
                if (++asked == 1 && sudo.Password is { } password) Send(password + "\n");
                else End();
            }

            // nothing that sudo has to say is longer, a login's start files may be
            if (said.Length > MaxSudoText) said = said[^MaxSudoText..];
            _sudoSaid = said;
        }

        var missing = said.Contains(RemoteWrapper.NoSudoLine(_marker), StringComparison.Ordinal);
        throw new SudoException(said, asked, missing);
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

    /// <summary>The connection is dead, and the script was not sent.</summary>
    public sealed class NotBegunException(Exception? inner) : Exception(inner?.Message ?? "no session was opened in time", inner);

    /// <summary>The server opens no more sessions on this connection. Nothing ran.</summary>
    public sealed class SessionRefusedException(Exception inner) : Exception(inner.Message, inner);

    /// <summary>sudo did not run the wrapper.</summary>
    /// <param name="said">What it said, without what it asked.</param>
    /// <param name="asked">How often it asked for a password.</param>
    /// <param name="isMissing">Whether there is no sudo.</param>
    public sealed class SudoException(string said, int asked, bool isMissing) : Exception("sudo did not run the command")
    {
        /// <summary>What it said, without what it asked.</summary>
        public string Said => said;

        /// <summary>How often it asked for a password.</summary>
        public int Asked => asked;

        /// <summary>Whether there is no sudo.</summary>
        public bool IsMissing => isMissing;
    }

    /// <summary>The node heard no beat for too long (this machine slept, or the way there was cut) and ended the script.</summary>
    public sealed class SilenceException() : Exception("the node heard nothing from here and ended the command");
}
