using System.Security.Cryptography;

namespace GravityNet.Labs.Parts;

/// <summary>Ordinary users of a node. Their accounts, homes and sudo rules are the node's alone: it has a copy of the machine's /etc.</summary>
internal static class Accounts
{
    /// <summary>Who may log in where root may not: first the one whose sudo asks for nothing.</summary>
    public static IReadOnlyList<LoginStatus> OfSudoNode() =>
    [
        new("ops", NewPassword(), SudoRight.Free),
        new("opspw", NewPassword(), SudoRight.WithPassword),
        new("guest", NewPassword(), SudoRight.None),
    ];

    /// <summary>Makes the users.</summary>
    /// <param name="node">The node.</param>
    /// <param name="logins">The users.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The users.</returns>
    public static async Task<IReadOnlyList<LoginStatus>> AddAsync(NodeHost node, IReadOnlyList<LoginStatus> logins, CancellationToken cancellationToken)
    {
        await node.RunAsync($"""
            mount -t tmpfs -o mode=755 tmpfs /home
            # where sudo remembers whom it has lectured
            [ ! -d /var/lib/sudo ] || mount -t tmpfs -o mode=700 tmpfs /var/lib/sudo
            {string.Join('\n', logins.Select((login, i) => AddCommands(login, 4001 + i)))}
            """, cancellationToken);
        return logins;
    }

    private static string AddCommands(LoginStatus login, int id) => $"""
        echo '{login.User}:x:{id}:{id}::/home/{login.User}:/bin/sh' >>/etc/passwd
        echo '{login.User}:x:{id}:' >>/etc/group
        hash={(login.Password is { } password ? $"$(echo '{password}' | openssl passwd -6 -stdin)" : "'*'")}
        echo "{login.User}:$hash:19000:0:99999:7:::" >>/etc/shadow
        mkdir -m 700 /home/{login.User}
        chown {id}:{id} /home/{login.User}
        {Rule(login)}
        """;

    private static string Rule(LoginStatus login)
    {
        var tag = login.Sudo == SudoRight.Free ? "NOPASSWD: " : "";
        return login.Sudo == SudoRight.None ? "" : $"(umask 227; echo '{login.User} ALL=(ALL:ALL) {tag}ALL' >/etc/sudoers.d/{login.User})";
    }

    private static string NewPassword() => "Lab-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}
