using System.Security.Cryptography;

namespace GravityNet.Labs.Parts;

/// <summary>
/// Ordinary users of a node where root may not log in. Their accounts, homes and sudo rules are the node's alone:
/// it has a copy of the machine's /etc.
/// </summary>
internal static class SudoUsers
{
    /// <summary>Makes the users.</summary>
    /// <returns>Who may log in, first the one whose sudo asks for nothing.</returns>
    public static async Task<IReadOnlyList<LoginStatus>> AddAsync(NodeHost node, CancellationToken cancellationToken)
    {
        IReadOnlyList<LoginStatus> logins =
        [
            new("ops", NewPassword(), SudoRight.Free),
            new("opspw", NewPassword(), SudoRight.WithPassword),
            new("guest", NewPassword(), SudoRight.None),
        ];
        await node.RunAsync($"""
            mount -t tmpfs -o mode=755 tmpfs /home
            # where sudo remembers whom it has lectured
            mount -t tmpfs -o mode=700 tmpfs /var/lib/sudo
            {string.Join('\n', logins.Select((login, i) => AddCommands(login, 4001 + i)))}
            chmod 440 /etc/sudoers.d/*
            """, cancellationToken);
        return logins;
    }

    private static string AddCommands(LoginStatus login, int id) => $"""
        echo '{login.User}:x:{id}:{id}::/home/{login.User}:/bin/sh' >>/etc/passwd
        echo '{login.User}:x:{id}:' >>/etc/group
        hash=$(echo '{login.Password}' | openssl passwd -6 -stdin)
        echo "{login.User}:$hash:19000:0:99999:7:::" >>/etc/shadow
        mkdir -m 700 /home/{login.User}
        chown {id}:{id} /home/{login.User}
        {Rule(login)}
        """;

    private static string Rule(LoginStatus login) => login.Sudo switch
    {
        SudoRight.Free => $"echo '{login.User} ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/{login.User}",
        SudoRight.WithPassword => $"echo '{login.User} ALL=(ALL:ALL) ALL' >/etc/sudoers.d/{login.User}",
        _ => "",
    };

    private static string NewPassword() => "Lab-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}
