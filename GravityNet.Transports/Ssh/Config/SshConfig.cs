using GravityNet.Sources;

namespace GravityNet.Transports.Ssh.Config;

/// <summary>
/// OpenSSH's client configuration, as far as it says where and as whom to log in. Lines under a <c>Match</c> that asks for more than names
/// (<c>exec</c>, <c>final</c>) are passed over. Format: ssh_config(5).
/// </summary>
internal sealed class SshConfig
{
    // what OpenSSH allows
    private const int MaxDepth = 16;

    private static readonly HashSet<string> Known =
    [
        "hostname", "user", "port", "identityfile", "certificatefile", "identityagent", "identitiesonly", "userknownhostsfile", "globalknownhostsfile",
        "hostkeyalias", "stricthostkeychecking", "preferredauthentications", "connecttimeout", "serveraliveinterval", "proxyjump", "proxycommand",
    ];

    private readonly List<Setting> _settings = [];
    private readonly List<string> _notes = [];

    /// <summary>What was passed over, with file and line.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The folder of the system's configuration and known hosts.</summary>
    public static string SystemFolder => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "ssh")
        : "/etc/ssh";

    /// <summary>Reads a file and what it includes.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="home">The home folder: relative includes are looked for in its <c>.ssh</c>.</param>
    /// <exception cref="SourceException">A file cannot be read, or a line cannot be understood.</exception>
    public static SshConfig Read(string file, string home)
    {
        var config = new SshConfig();
        config.Add(file, home, Path.Combine(home, ".ssh"));
        return config;
    }

    /// <summary>Reads one more file and what it includes. What was read before it counts more.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="home">The home folder.</param>
    /// <param name="folder">Where relative includes are looked for.</param>
    /// <exception cref="SourceException">A file cannot be read, or a line cannot be understood.</exception>
    public void Add(string file, string home, string folder) => Read(file, path => path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : Path.Combine(folder, path), [], 0);

    /// <summary>What the configuration says of a host.</summary>
    /// <param name="host">The name that it was asked for.</param>
    /// <param name="user">The login that was typed; null for none.</param>
    /// <param name="defaultUser">The login where nobody says one.</param>
    public SshHostSettings Lookup(string host, string? user, string defaultUser)
    {
        // a condition looks at what the lines above it have said
        var applying = new List<Setting>();
        var decided = new Dictionary<ConfigCondition, bool>(ReferenceEqualityComparer.Instance);
        foreach (var setting in _settings)
        {
            if (setting.Conditions.All(Holds)) applying.Add(setting);
        }

        return new()
        {
            HostName = First("hostname"),
            User = First("user"),
            Port = First("port") is { } port ? int.Parse(port, System.Globalization.CultureInfo.InvariantCulture) : null,
            IdentityFiles = All("identityfile"),
            CertificateFiles = All("certificatefile"),
            IdentityAgent = First("identityagent"),
            IdentitiesOnly = First("identitiesonly") is { } only ? Flag(only) : null,
            UserKnownHostsFiles = Setting("userknownhostsfile")?.Values ?? [],
            GlobalKnownHostsFiles = Setting("globalknownhostsfile")?.Values ?? [],
            HostKeyAlias = First("hostkeyalias"),
            StrictHostKeyChecking = First("stricthostkeychecking"),
            PreferredAuthentications = First("preferredauthentications"),
            ConnectTimeout = First("connecttimeout") is { } limit ? Time(limit) : null,
            ServerAliveInterval = First("serveraliveinterval") is { } interval ? Time(interval) : null,
            // the one that comes first hides the other
            ProxyJump = Way() is { Keyword: "proxyjump" } jump ? jump.Values[0] : null,
            ProxyCommand = Way() is { Keyword: "proxycommand" } command ? command.Values[0] : null,
        };

        Setting? Setting(string keyword) => applying.FirstOrDefault(s => s.Keyword == keyword);
        string? First(string keyword) => Setting(keyword)?.Values[0];
        IReadOnlyList<string> All(string keyword) => [.. applying.Where(s => s.Keyword == keyword).Select(s => s.Values[0]).Distinct()];
        bool Holds(ConfigCondition condition)
        {
            if (decided.TryGetValue(condition, out var known)) return known;
            var name = First("hostname")?.Replace("%h", host, StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal) ?? host;
            return decided[condition] = condition.Holds(new(host, name, user ?? First("user") ?? defaultUser));
        }

        Setting? Way() => applying.FirstOrDefault(s => s.Keyword is "proxyjump" or "proxycommand");
    }

    private void Read(string file, Func<string, string> absolute, IReadOnlyList<ConfigCondition> outer, int depth)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(
                SourceFailure.BadAnswer, file, $"The SSH configuration '{file}' cannot be read ({e.Message.TrimEnd('.')}).", "Name an existing file with -SshConfigFile, or none.", e);
        }

        var conditions = outer;
        var passing = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (!SshConfigLine.TryRead(lines[i], out var keyword, out var values)) throw Wrong(file, i, "a quote is not closed");
            if (keyword.Length == 0) continue;
            if (keyword == "host")
            {
                passing = false;
                conditions = [.. outer, ConfigCondition.Host(values)];
            }
            else if (keyword == "match")
            {
                if (values.Length == 0) throw Wrong(file, i, "'match' has no value");
                passing = !ConfigCondition.TryMatch(values, out var condition, out var unknown);
                if (passing) _notes.Add($"{file}:{i + 1}: 'Match {unknown}' is not understood: the lines under it are passed over");
                else conditions = [.. outer, condition!];
            }
            else if (passing)
            {
                // passed over, as was said
            }
            else if (keyword == "include")
            {
                if (depth >= MaxDepth) throw Wrong(file, i, "too many files include each other");
                foreach (var included in values.SelectMany(v => PathPattern.Find(absolute(v)))) Read(included, absolute, conditions, depth + 1);
            }
            else if (Known.Contains(keyword))
            {
                if (values.Length == 0) throw Wrong(file, i, $"'{keyword}' has no value");
                if (keyword == "port" && !(ushort.TryParse(values[0], out var port) && port > 0)) throw Wrong(file, i, $"'{values[0]}' is not a port");
                if (keyword == "identitiesonly" && Flag(values[0]) is null) throw Wrong(file, i, $"'{values[0]}' is neither yes nor no");
                if (keyword is "connecttimeout" or "serveraliveinterval" && values[0] != "none" && Time(values[0]) is null) throw Wrong(file, i, $"'{values[0]}' is not a time");
                _settings.Add(new(keyword, values, conditions));
            }
        }
    }

    private static bool? Flag(string value) => value.ToLowerInvariant() switch
    {
        "yes" or "true" => true,
        "no" or "false" => false,
        _ => null,
    };

    // sshd_config(5), TIME FORMATS: numbers, each with a unit behind it; seconds where there is none
    private static TimeSpan? Time(string value)
    {
        long seconds = 0, number = -1;
        foreach (var c in value)
        {
            if (char.IsAsciiDigit(c))
            {
                number = (Math.Max(number, 0) * 10) + (c - '0');
            }
            else if (number < 0 || "smhdw".IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal) is not (>= 0 and var unit))
            {
                return null;
            }
            else
            {
                seconds += number * (long)(unit switch { 0 => 1, 1 => 60, 2 => 3600, 3 => 86400, _ => 604800 });
                number = -1;
            }

            if (Math.Max(seconds, number) > int.MaxValue) return null;
        }

        return value.Length == 0 ? null : TimeSpan.FromSeconds(seconds + Math.Max(number, 0));
    }

    private static SourceException Wrong(string file, int line, string what) => new(
        SourceFailure.BadAnswer, file, $"{file}:{line + 1}: {what}.", "Correct the line (ssh -G shows what ssh makes of the file), or pass over the file with -SshConfigFile none.");

    /// <param name="Keyword">In small letters.</param>
    /// <param name="Values">At least one.</param>
    /// <param name="Conditions">Each <c>Host</c> or <c>Match</c> line that the setting stands under: more than one in an included file.</param>
    private sealed record Setting(string Keyword, string[] Values, IReadOnlyList<ConfigCondition> Conditions);
}
