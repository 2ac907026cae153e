using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>Keys for client and nodes, and a real sshd on each node.</summary>
internal static class SshServer
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The port that SSH uses.</summary>
    public const int Port = 22;

    /// <summary>Makes the client's key pair.</summary>
    public static Task MakeClientKeyAsync(StateFolder state, CancellationToken cancellationToken) =>
        MakeKeyAsync(state.ClientKey, "gravitynet-lab", cancellationToken);

    /// <summary>Starts sshd on a node with a host key of its own.</summary>
    /// <param name="state">The lab's folder.</param>
    /// <param name="node">The node.</param>
    /// <param name="logins">Who may log in.</param>
    /// <param name="port">Its port.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The line for the client's known_hosts file.</returns>
    public static async Task<string> StartAsync(StateFolder state, NodeHost node, IReadOnlyList<LoginStatus> logins, int port, CancellationToken cancellationToken)
    {
        var hostKey = state.File($"{node.Plan.Name}.host_key");
        await MakeKeyAsync(hostKey, node.Plan.Name, cancellationToken);
        var publicKey = await File.ReadAllTextAsync(hostKey + ".pub", cancellationToken);
        node.Write("/run/sshd/ssh_host_ed25519_key", await File.ReadAllTextAsync(hostKey, cancellationToken), Secret);
        node.Write("/run/sshd/authorized_keys", await File.ReadAllTextAsync(state.ClientKey + ".pub", cancellationToken));
        node.Write("/run/sshd/sshd_config", $"""
            Port {port}
            ListenAddress {node.Plan.Address}
            ListenAddress 127.0.0.1
            HostKey /run/sshd/ssh_host_ed25519_key
            AuthorizedKeysFile /run/sshd/authorized_keys
            AllowUsers {string.Join(' ', logins.Select(l => l.User))}
            PermitRootLogin {(logins.Any(l => l.User == "root") ? "prohibit-password" : "no")}
            PasswordAuthentication {(logins.Any(l => l.Password is not null) ? "yes" : "no")}
            KbdInteractiveAuthentication no
            UsePAM no
            PidFile none
            LogLevel VERBOSE
            Subsystem sftp internal-sftp

            """);
        await node.StartServiceAsync("sshd", "/usr/sbin/sshd -D -e -f /run/sshd/sshd_config", cancellationToken);
        var name = port == Port ? node.Plan.Address : $"[{node.Plan.Address}]:{port}";
        return $"{name} {string.Join(' ', publicKey.Split(' ').Take(2))}";
    }

    private static Task<string> MakeKeyAsync(string path, string comment, CancellationToken cancellationToken) =>
        Command.RunAsync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path], cancellationToken: cancellationToken);
}
