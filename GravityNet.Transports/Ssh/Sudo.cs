using GravityNet.Sources;

namespace GravityNet.Transports.Ssh;

/// <summary>How a node's scripts become root's: the whole wrapper runs under sudo, so that what it ends is root's too.</summary>
/// <param name="Password">What sudo is told when it asks; null for nothing. It goes over standard input, and only after sudo has asked.</param>
internal sealed record Sudo(string? Password)
{
    // text of a tool in an error: long enough for one or two of its lines
    private const int MaxShown = 200;

    /// <summary>How a node's sudo is used: with the password given for it, else with that of the login.</summary>
    /// <returns>Null where sudo is not used.</returns>
    /// <exception cref="SourceException">The password cannot be told: sudo reads one line, and what is behind it would become part of the script.</exception>
    public static Sudo? For(SshTarget target, SshOptions options, string? loginPassword)
    {
        if (!options.Sudo) return null;
        var password = options.SudoPassword ?? loginPassword;
        if (password.AsSpan().IndexOfAny('\n', '\r', '\0') < 0) return new(password);
        throw new SourceException(
            SourceFailure.SudoRefused,
            target.Name,
            $"{target.Name}: the password for sudo has a line break, and sudo reads one line.",
            "Give it without the line break with -SudoCredential.");
    }

    /// <summary>Never the password.</summary>
    public override string ToString() => nameof(Sudo);

    /// <summary>What a sudo that did not run the wrapper is an error of. The words are those of sudo 1.8 and 1.9, and of sudo-rs, in the C locale.</summary>
    public SourceException Explain(string node, string user, RemoteRun.SudoException failure)
    {
        if (failure.IsMissing) return Error($"there is no sudo for the login '{user}'", "Install sudo there, or log in as root without -Sudo.");
        if (Says("must have a tty"))
        {
            return Error(
                $"sudo wants a terminal for the login '{user}' (requiretty), and commands over SSH have none",
                $"Add the line 'Defaults:{user} !requiretty' to its sudoers.");
        }

        if (Says("not in the sudoers file") || Says("is not allowed to") || Says("may not run") || Says("not allowed to run sudo") || Says("I'm sorry"))
            return Error($"sudo does not let the login '{user}' run a shell as root", $"Add a rule for it to its sudoers: '{user} ALL=(root) ALL', or log in as another.");
        if (failure.Asked > 0 && Password is not null && (failure.Asked > 1 || Says("incorrect") || Says("Authentication failed")))
        {
            return Error(
                $"sudo refused the password given for the login '{user}'",
                "Give the right one with -SudoCredential. It was tried once; where sudo's rules say rootpw or targetpw, it is root's.");
        }

        if (failure.Asked > 0 || (Password is null && Says("password is required")))
            return Error($"sudo asks for the password of the login '{user}', and none was given", "Give it with -SudoCredential, or let the login use sudo without one (NOPASSWD).");
        return Error($"sudo did not run the command: {Shown(failure.Said)}", "Log in there and run 'sudo -v' to see what it wants.");

        bool Says(string words) => failure.Said.Contains(words, StringComparison.OrdinalIgnoreCase);

        SourceException Error(string what, string remedy) => new(SourceFailure.SudoRefused, node, $"{node}: {what}.", remedy, failure);
    }

    /// <summary>What a tool printed, in one line and cut where it is long.</summary>
    public static string Shown(string text)
    {
        var line = string.Join("; ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        line = string.Concat(line.Select(c => char.IsControl(c) ? '?' : c));
        return line.Length == 0 ? "it said nothing" : line.Length > MaxShown ? line[..MaxShown] + "..." : line.TrimEnd('.');
    }
}
