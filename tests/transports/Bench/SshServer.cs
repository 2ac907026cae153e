using System.Diagnostics;
using GravityNet.Sources;
using GravityNet.Transports;

namespace GravityNet.TransportTests.Bench;

/// <summary>A real sshd on loopback with keys and files of its own, and the client's side of it.</summary>
public sealed class SshServer : IAsyncLifetime
{
    private const string Daemon = "/usr/sbin/sshd";
    private Process? _process;

    /// <summary>Everything of this server and its client.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("gravitynet-ssh-").FullName;

    /// <summary>Where it listens.</summary>
    public int Port { get; private set; }

    /// <summary>The key that may log in.</summary>
    public string KeyFile => Path.Combine(Folder, "client");

    /// <summary>A known_hosts file that knows the server by its ed25519 key.</summary>
    public string KnownHosts => Path.Combine(Folder, "known_hosts");

    /// <summary>The name the server is filed under.</summary>
    public string Name => $"[127.0.0.1]:{Port}";

    /// <summary>Tools that the server's commands do not find, though the machine has them.</summary>
    internal string[] Hidden { get; init; } = [];

    /// <summary>Sessions that the server opens on one connection; ten is OpenSSH's default.</summary>
    internal int MaxSessions { get; init; } = 10;

    /// <summary>A password that logs in; null for keys alone.</summary>
    internal string? Password { get; init; }

    /// <summary>A name for 127.0.0.1 that this server knows and nobody else; null for none. Takes root.</summary>
    internal string? KnowsHost { get; init; }

    /// <summary>PAM's rules for this server; null for the machine's. Takes a password.</summary>
    internal string? Pam { get; init; }

    /// <summary>Rules of sudo for the user <c>ops</c>, who has <see cref="UserPassword"/>; FOLDER is <see cref="Folder"/>. Null for no such user. Takes root.</summary>
    internal string? Sudoers { get; init; }

    /// <summary>How sudo checks who asks, in the form of pam.d; null for the machine's way.</summary>
    internal string? SudoPam { get; init; }

    /// <summary>The password of <c>ops</c>.</summary>
    internal string UserPassword { get; } = "Bench-" + Guid.NewGuid().ToString("N");

    /// <summary>Lines that come first in the server's configuration, where FOLDER is <see cref="Folder"/>.</summary>
    internal string Configuration { get; init; } = "";

    /// <summary>What is done before the server starts, with its keys made.</summary>
    internal Action<SshServer>? Prepare { get; init; }

    /// <summary>Why the server cannot run here; null when it does.</summary>
    public string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Daemon))
        {
            Missing = "sshd is not there: install openssh-server";
            return;
        }

        if (Sudoers is not null && !(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/sudo")))
        {
            Missing = "a user with sudo takes root and the package sudo";
            return;
        }

        Port = Processes.FreePort();
        foreach (var (name, type) in new[] { ("host_ed25519", "ed25519"), ("host_ecdsa", "ecdsa"), ("client", "ed25519"), ("stranger", "ed25519") }) NewKey(name, type);
        File.Copy(Path.Combine(Folder, "client.pub"), Path.Combine(Folder, "authorized_keys"));
        await File.WriteAllTextAsync(KnownHosts, KnownLine(Name, "host_ed25519"));

        Prepare?.Invoke(this);

        // StrictModes asks for a chain of folders that /tmp is not; PAM would ask the machine's own rules.
        var configuration = Path.Combine(Folder, "sshd_config");
        await File.WriteAllTextAsync(configuration, $"""
            {Configuration.Replace("FOLDER", Folder, StringComparison.Ordinal)}
            ListenAddress 127.0.0.1:{Port}
            HostKey {Folder}/host_ecdsa
            HostKey {Folder}/host_ed25519
            AuthorizedKeysFile {Folder}/authorized_keys
            PidFile {Folder}/sshd.pid
            PermitRootLogin yes
            StrictModes no
            UsePAM no
            PasswordAuthentication {(Password is null && Sudoers is null ? "no" : "yes")}
            MaxSessions {MaxSessions}
            LogLevel VERBOSE

            """);
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        _process = Start(configuration);
        await Processes.WaitForPortAsync(Port);
    }

    /// <summary>Ends the server with all its connections.</summary>
    internal async Task StopAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>, on the same port and with the same keys.</summary>
    internal async Task RestartAsync()
    {
        _process = Start(Path.Combine(Folder, "sshd_config"));
        await Processes.WaitForPortAsync(Port);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Skips the test where there is no server.</summary>
    public void Need() => Assert.SkipWhen(Missing is not null, Missing ?? "");

    /// <summary>Where to connect to.</summary>
    public SshTarget Target => new("bench", "127.0.0.1", Port, Environment.UserName);

    /// <summary>Where to connect to as the user <c>ops</c>.</summary>
    internal SshTarget User => Target with { User = "ops" };

    /// <summary>The right key, and a file that knows the host.</summary>
    public SshOptions Options => new() { KeyFile = KeyFile, KnownHostsFile = KnownHosts };

    /// <summary>Connects the right way.</summary>
    public Task<INodeShell> ConnectAsync() => ConnectAsync(Options);

    /// <summary>Connects as the user <c>ops</c>, whose commands run under sudo.</summary>
    /// <param name="password">What sudo is told; null for nothing.</param>
    internal Task<INodeShell> ConnectWithSudoAsync(string? password = null) =>
        new TransportFactory().ConnectAsync(User, Options with { Sudo = true, SudoPassword = password }, TestContext.Current.CancellationToken);

    /// <summary>Connects in another way.</summary>
    public Task<INodeShell> ConnectAsync(SshOptions options) =>
        new TransportFactory().ConnectAsync(Target, options, TestContext.Current.CancellationToken);

    /// <summary>Makes a key in the folder.</summary>
    public void NewKey(string name, string type, string passphrase = "") =>
        Processes.Run("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-f", Path.Combine(Folder, name));

    /// <summary>Lets a key of the folder log in.</summary>
    public void Allow(string name) => File.AppendAllText(Path.Combine(Folder, "authorized_keys"), File.ReadAllText(Path.Combine(Folder, name + ".pub")));

    /// <summary>Signs a key of the folder with another; the certificate lies beside it.</summary>
    /// <param name="name">The key.</param>
    /// <param name="authority">The key that signs.</param>
    /// <param name="principals">Whom it is for, separated by commas.</param>
    /// <param name="more">More of ssh-keygen's options: <c>-h</c>, <c>-V</c>.</param>
    public void Certify(string name, string authority, string principals, params string[] more) =>
        Processes.Run("ssh-keygen", ["-q", "-s", Path.Combine(Folder, authority), "-I", name, "-n", principals, .. more, Path.Combine(Folder, name + ".pub")]);

    /// <summary>A line of known_hosts with one of the folder's keys.</summary>
    public string KnownLine(string name, string key) =>
        $"{name} {string.Join(' ', File.ReadAllText(Path.Combine(Folder, key + ".pub")).Split(' ').Take(2))}\n";

    /// <summary>A file of its own for one test.</summary>
    public string WriteFile(string text)
    {
        var path = Path.Combine(Folder, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, text);
        return path;
    }

    private Process Start(string configuration)
    {
        string[] daemon = [Daemon, "-D", "-f", configuration, "-E", Path.Combine(Folder, "sshd.log")];
        if (Hidden.Length == 0 && Password is null && KnowsHost is null && Sudoers is null) return Process.Start(daemon[0], daemon[1..]);

        // A mount namespace of its own, where tools are covered and the login has the plain shell and a password.
        var covers = Hidden.Select(tool => ("/dev/null", tool)).ToList();
        var user = Sudoers is null ? "" : "ops:x:4711:4711::/:/bin/sh\n";
        covers.Add((Changed("/etc/passwd", text => user + text.Replace(":/bin/bash\n", ":/bin/sh\n", StringComparison.Ordinal)), "/etc/passwd"));
        var shadow = (Password is null ? "" : Shadow(Environment.UserName, Password)) + (Sudoers is null ? "" : Shadow("ops", UserPassword));
        if (shadow.Length > 0) covers.Add((Changed("/etc/shadow", text => shadow + text), "/etc/shadow"));
        if (Sudoers is not null) covers.Add((Changed("/etc/sudoers", _ => Sudoers.Replace("FOLDER", Folder, StringComparison.Ordinal) + "\n"), "/etc/sudoers"));
        if (SudoPam is not null) covers.Add((Changed("/etc/pam.d/sudo", _ => SudoPam + "\n"), "/etc/pam.d/sudo"));

        if (Pam is not null) covers.Add((WriteFile(Pam), "/etc/pam.d/sshd"));
        if (KnowsHost is not null) covers.Add((Changed("/etc/hosts", text => $"127.0.0.1 {KnowsHost}\n" + text), "/etc/hosts"));
        var script = string.Concat(covers.Select(c => $"mount --bind '{c.Item1}' '{c.Item2}'; "));

        // ops has to get at its key; sudo remembers there whom it has lectured, and who gave a password
        if (Sudoers is not null) script += $"chmod 711 '{Folder}'; chmod 440 /etc/sudoers; mkdir -p /run/sudo; for at in /var/lib/sudo /run/sudo; do mount -t tmpfs -o mode=700 tmpfs $at; done; ";
        script += "exec \"$@\"";
        return Process.Start("unshare", ["--mount", "sh", "-ec", script, "sh", .. daemon]);
    }

    private static string Shadow(string user, string password) => $"{user}:{Processes.Run("openssl", "passwd", "-6", password).Trim()}:19000:0:99999:7:::\n";

    private string Changed(string file, Func<string, string> change)
    {
        var copy = Path.Combine(Folder, file.Replace('/', '-'));
        File.WriteAllText(copy, change(File.ReadAllText(file)));
        return copy;
    }
}
