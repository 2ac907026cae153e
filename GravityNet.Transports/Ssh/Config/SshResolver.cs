using GravityNet.Sources;
using GravityNet.Transports.Ssh.Login;

namespace GravityNet.Transports.Ssh.Config;

/// <summary>
/// Finds out where and as whom to log in to a node: from what was typed, then from <c>~/.ssh/config</c>, the system's configuration, and the
/// defaults. <c>StrictHostKeyChecking</c> is not taken over: whether an unknown key is accepted is said at the prompt, or not at all.
/// </summary>
internal sealed class SshResolver
{
    private const string DefaultUser = "root";
    private readonly SshConfig _config;
    private readonly SshOptions _options;
    private readonly string _home;
    private readonly Action<string> _onNote;
    private readonly HashSet<string> _noted = [];

    /// <summary>Reads the configuration.</summary>
    /// <param name="options">What was given explicitly.</param>
    /// <param name="home">The user's home folder.</param>
    /// <param name="onNote">Called with what is not taken over from the configuration.</param>
    /// <param name="systemFolder">Where the system's configuration is.</param>
    /// <exception cref="SourceException">The configuration cannot be read.</exception>
    public SshResolver(SshOptions options, string home, Action<string> onNote, string? systemFolder = null)
    {
        _options = options;
        _home = home;
        _onNote = onNote;
        systemFolder ??= SshConfig.SystemFolder;
        var usual = Path.Combine(home, ".ssh", "config");
        _config = options.ConfigFile switch
        {
            SshOptions.NoConfigFile => new(),
            { } file => SshConfig.Read(file, home),
            _ when !File.Exists(usual) => new(),
            _ => SshConfig.Read(Private(usual), home),
        };

        // as for ssh -F: a file that was named stands alone
        var shared = Path.Combine(systemFolder, "ssh_config");
        if (options.ConfigFile is null && File.Exists(shared)) _config.Add(shared, home, systemFolder);
        foreach (var note in _config.Notes) onNote(note);
    }

    /// <summary>Where and how to connect to a node.</summary>
    /// <param name="node">As the user named it.</param>
    public SshTarget Resolve(string node)
    {
        var (target, jumps) = Find(node, _options.User, DefaultUser);
        return target with { Jumps = Way(_options.JumpHosts ?? jumps, [target]) };
    }

    // A jump host may have jump hosts of its own. With "Host *" it is among those that it should be reached through: then the way begins there.
    private List<SshTarget> Way(IReadOnlyList<string> names, IReadOnlyList<SshTarget> beyond)
    {
        // as for ssh: what is said of the login at the node (-User, root) does not hold for the hosts on the way
        var hops = names.Select(name => Find(name, null, Environment.UserName)).ToList();
        if (hops.Count == 0 || hops.Any(hop => beyond.Any(b => (b.Host, b.Port) == (hop.Target.Host, hop.Target.Port)))) return [];
        var targets = hops.Select(hop => hop.Target with { IsJump = true }).ToList();
        return [.. Way(hops[0].Jumps, [.. beyond, .. targets]), .. targets];
    }

    private (SshTarget Target, IReadOnlyList<string> Jumps) Find(string node, string? givenUser, string defaultUser)
    {
        var address = SshAddress.Parse(node);
        var settings = _config.Lookup(address.Host, address.User ?? givenUser, defaultUser);
        var user = address.User ?? givenUser ?? settings.User ?? defaultUser;
        var port = address.Port ?? settings.Port ?? 22;
        var tokens = new SshTokens(address.Host, address.Host, port, user, _home);
        var host = settings.HostName is { } name ? Filled(name, tokens.Text(name)) ?? address.Host : address.Host;
        tokens = tokens with { Host = host, Alias = settings.HostKeyAlias };
        if (settings.ProxyCommand is { } command && !IsNone(command)) _onNote($"{node}: ProxyCommand is not run; the connection is made directly");
        if (settings.StrictHostKeyChecking?.ToLowerInvariant() is "no" or "off" or "false" or "accept-new")
        {
            Note($"StrictHostKeyChecking {settings.StrictHostKeyChecking} is not followed: whether unknown host keys are accepted is said with -HostKeyPolicy");
        }

        var target = new SshTarget(node, host, port, user)
        {
            KeyFiles = Paths(settings.IdentityFiles, tokens),
            CertificateFiles = Paths(settings.CertificateFiles, tokens),
            Agent = Agent(settings.IdentityAgent, tokens),
            IdentitiesOnly = settings.IdentitiesOnly ?? false,
            KnownHostsFiles = Paths(settings.UserKnownHostsFiles, tokens),
            GlobalKnownHostsFiles = settings.GlobalKnownHostsFiles.Count == 0 ? null : Paths(settings.GlobalKnownHostsFiles, tokens),
            HostKeyAlias = settings.HostKeyAlias,
            Authentications = settings.PreferredAuthentications?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            ConnectTimeout = settings.ConnectTimeout is { TotalSeconds: > 0 } limit ? limit : null,
            KeepAlive = settings.ServerAliveInterval is { TotalSeconds: > 0 } interval ? interval : null,
        };
        var jumps = settings.ProxyJump is { } jump && !IsNone(jump) ? Filled(jump, tokens.Text(jump)) : null;
        return (target, jumps?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? []);
    }

    // most nodes are under one line
    private void Note(string text)
    {
        if (_noted.Add(text)) _onNote(text);
    }

    private List<string> Paths(IReadOnlyList<string> values, SshTokens tokens) =>
        [.. values.Where(v => !IsNone(v)).Select(v => Filled(v, tokens.Path(v))).OfType<string>()];

    private string? Agent(string? setting, SshTokens tokens) => setting switch
    {
        null or "SSH_AUTH_SOCK" => SshAgent.Usual,
        _ when IsNone(setting) => null,
        _ when setting.StartsWith('$') && !setting.StartsWith("${", StringComparison.Ordinal) => Environment.GetEnvironmentVariable(setting[1..]),
        _ => Filled(setting, tokens.Path(setting)),
    };

    private string? Filled(string value, string? filled)
    {
        if (filled is null) _onNote($"'{value}' holds a token that is not known or a variable that is not set: it is passed over");
        return filled;
    }

    private static bool IsNone(string value) => value.Equals("none", StringComparison.OrdinalIgnoreCase);

    // ssh refuses such a file too: whoever may write it decides where the login goes, and which host keys are believed
    private static string Private(string file)
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0) return file;
        throw new SourceException(
            SourceFailure.BadAnswer, file, $"The SSH configuration '{file}' can be written by others than its owner.", $"chmod go-w '{file}', or pass over the file with -SshConfigFile none.");
    }
}
