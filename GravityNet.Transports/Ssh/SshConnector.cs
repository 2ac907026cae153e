using System.Net.Sockets;
using GravityNet.Sources;
using GravityNet.Transports.Ssh.Login;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;

namespace GravityNet.Transports.Ssh;

/// <summary>Makes an SSH connection: reaches the host, checks its key, logs in; and puts what fails into words.</summary>
internal sealed class SshConnector
{
    private readonly SshTarget _target;
    private readonly SshOptions _options;
    private readonly HostKeyCheck _check;
    private readonly JumpChain _way;
    private readonly TimeSpan _timeout;
    private Sudo? _sudo;

    private SshConnector(SshTarget target, SshOptions options, JumpChain way)
    {
        _target = target;
        _options = options;
        _way = way;
        _timeout = options.TimeFor(target);
        _check = new HostKeyCheck(target, options);
    }

    /// <inheritdoc cref="ITransportFactory.ConnectAsync"/>
    public static async Task<INodeShell> ConnectAsync(SshTarget target, SshOptions options, CancellationToken cancel) =>
        new SshNodeShell(await OpenAsync(target, options, cancel), target, stop => OpenAsync(target, options, stop));

    private static async Task<SshConnection> OpenAsync(SshTarget target, SshOptions options, CancellationToken cancel)
    {
        var way = new JumpChain();
        try
        {
            foreach (var jump in target.Jumps) await JumpAsync(target, jump, options, way, cancel);
            var connector = new SshConnector(target, options, way);
            return new(await connector.ConnectAsync(cancel), way, connector._sudo);
        }
        catch
        {
            _ = Task.Run(way.Dispose, CancellationToken.None);
            throw;
        }
    }

    private static async Task JumpAsync(SshTarget node, SshTarget jump, SshOptions options, JumpChain way, CancellationToken cancel)
    {
        using var turn = await JumpChain.TakeTurnAsync(jump, cancel);
        try
        {
            way.Add(await new SshConnector(jump, options, way).ConnectAsync(cancel), jump);
        }
        catch (SourceException e)
        {
            throw new SourceException(e.Failure, node.Name, $"{node.Name}: jump host {e.Message}", e.Remedy, e);
        }
    }

    private async Task<SshClient> ConnectAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (string.IsNullOrWhiteSpace(_target.Host) || string.IsNullOrWhiteSpace(_target.User))
        {
            throw new SourceException(
                SourceFailure.Unreachable,
                _target.Name,
                $"{_target.Name}: the {(string.IsNullOrWhiteSpace(_target.User) ? "login's name" : "host")} is blank.",
                "Name nodes as host, user@host or user@host:port.");
        }

        var login = await SshLogin.FindAsync(_target, _options, cancel);
        if (!_target.IsJump) _sudo = Sudo.For(_target, _options, login.Password);
        var (host, port) = _way.Open(_target);
        var info = new ConnectionInfo(host, port, _target.User, login.Methods) { Timeout = _timeout };
        _check.Choose(info);

        var client = new SshClient(info);
        client.HostKeyReceived += _check.OnHostKeyReceived;

        // finds a peer that went away in silence, and keeps a firewall's state while nothing is asked
        client.KeepAliveInterval = _target.KeepAlive ?? TimeSpan.FromSeconds(15);

        // SSH.NET blocks in the key exchange and does not hear a cancellation there.
        var connecting = Task.Run(() => client.ConnectAsync(cancel), CancellationToken.None);
        try
        {
            await connecting.WaitAsync(_timeout, cancel);
            return client;
        }
        catch (Exception failure)
        {
            _ = connecting.ContinueWith(task => _ = task.Exception, TaskScheduler.Default);
            _ = Task.Run(client.Dispose, CancellationToken.None);
            cancel.ThrowIfCancellationRequested();
            if (_check.Failure is { } refused) throw refused;
            if (Explain(failure, login) is { } explained) throw explained;
            throw;
        }
    }

    private string Role => _target.IsJump ? "jump host" : "node";

    private SourceException? Explain(Exception failure, SshLogin login)
    {
        var place = $"{_target.Host}:{_target.Port}{(_way.Last.Length > 0 ? $" through the jump host {_way.Last}" : "")}";
        return failure switch
        {
            SshAuthenticationException when login.WantedToo is { Count: > 0 } more => Refused(
                $"was refused: with {login.Tried} the server wants {string.Join(", ", more)} too.{login.Passed}",
                _target.IsJump ? "Use a login there that takes a key alone: a password is not sent to a jump host." : "Give the key with -KeyFile and the password with -Credential; one-time codes are not asked for."),
            SshAuthenticationException => Refused(
                $"was refused with {login.Tried}.{login.Passed}",
                _target.IsJump
                    ? "Name its key as IdentityFile in the SSH configuration or with -KeyFile, or add it to the ssh-agent; the key must stand in the jump host's authorized_keys. Another login is written user@host with -JumpHost."
                    : "Name the login with -User and its key with -KeyFile, or give a password with -Credential; the key must stand in the node's authorized_keys."),
            SshConnectionException when failure.Message.Contains("Too many authentication failures", StringComparison.Ordinal) => Refused(
                $"was ended by the server, which allows fewer tries than {login.KeyCount} keys take: {login.Tried}.{login.Passed}",
                "Name the one key with -KeyFile, or with IdentityFile and 'IdentitiesOnly yes' in the SSH configuration: then the agent's other keys are left alone."),
            TimeoutException or SshOperationTimeoutException when login.WaitsForAgent => Refused(
                $"was not made, since the ssh-agent at '{_target.Agent}' did not sign within {_timeout.TotalSeconds:0.#} s.",
                "Answer what the agent asks, or leave it out with 'IdentityAgent none' in the SSH configuration."),
            not TimeoutException when _way.Failure is { } onTheWay => Unreachable(
                place, onTheWay, $"See whether the {Role} is up and reachable from the jump host {_way.Last}, and whether that allows forwarding.", failure),
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => Unreachable(
                place, "the connection was refused", "See whether the SSH server runs there and listens on this port.", failure),
            ArgumentException => Unreachable(place, "this is no host to connect to", "Give the node's address or its name.", failure),
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => Unreachable(
                place, "the name is not known", $"Give the {Role}'s address, or a name that resolves here.", failure),
            TimeoutException or SshOperationTimeoutException or SocketException { SocketErrorCode: SocketError.TimedOut } => Unreachable(
                place, $"no answer within {_timeout.TotalSeconds:0.#} s", $"See whether the {Role} is up and no firewall drops the traffic.", failure),
            SshConnectionException { DisconnectReason: DisconnectReason.ProtocolError or DisconnectReason.KeyExchangeFailed } => new(
                SourceFailure.BadAnswer,
                _target.Name,
                About(place, $"{place} does not answer as an SSH server should ({failure.Message.TrimEnd('.')})."),
                "See whether an SSH server listens on this port, and whether it is a current one.",
                failure),
            // a jump host that makes no connection to the next host closes the one that it was asked over
            SocketException or SshException or IOException when _way.Last.Length > 0 => Unreachable(
                place, failure.Message.TrimEnd('.'), $"See whether the {Role} is up and reachable from the jump host {_way.Last}, and whether that allows forwarding.", failure),
            SocketException or SshException or IOException => Unreachable(
                place, failure.Message.TrimEnd('.'), $"See whether the {Role} is up and reachable from here.", failure),
            _ => null,
        };

        SourceException Refused(string what, string remedy) =>
            new(SourceFailure.AuthenticationFailed, _target.Name, About(place, $"the login '{_target.User}' at {place} {what}"), remedy, failure);
    }

    private SourceException Unreachable(string place, string why, string remedy, Exception inner) =>
        new(SourceFailure.Unreachable, _target.Name, About(place, $"cannot connect to {place}: {why}."), remedy, inner);

    // what the node was given as stands before the sentence, unless the sentence has it
    private string About(string place, string sentence)
    {
        var name = _target.Name[(_target.Name.LastIndexOf('@') + 1)..];
        return place == name || place.StartsWith($"{name}:", StringComparison.Ordinal) || place.StartsWith($"{name} ", StringComparison.Ordinal) ? sentence : $"{_target.Name}: {sentence}";
    }
}
