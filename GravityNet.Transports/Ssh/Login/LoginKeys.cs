using GravityNet.Sources;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace GravityNet.Transports.Ssh.Login;

/// <summary>
/// The keys that a login tries, in ssh's order: certificates, the agent's keys that belong to a key file, the agent's other keys, key files.
/// A key file that was given explicitly is used alone, from the agent where that holds it.
/// </summary>
internal sealed class LoginKeys
{
    private static readonly string[] UsualNames = ["id_ed25519", "id_ecdsa", "id_rsa"];

    private readonly SshTarget _target;
    private readonly SshOptions _options;
    private readonly List<LoginKey> _keys = [];
    private readonly List<string> _passed = [];
    private readonly List<string> _locked = [];
    private SshAgent? _agent;
    private IReadOnlyList<AgentKey> _held = [];

    private LoginKeys(SshTarget target, SshOptions options)
    {
        _target = target;
        _options = options;
    }

    /// <summary>The keys, in the order in which they are tried.</summary>
    public IReadOnlyList<LoginKey> Keys => _keys;

    /// <summary>What was not used and why: each the beginning of a sentence.</summary>
    public IReadOnlyList<string> Passed => _passed;

    /// <summary>Key files that take a passphrase which nobody has given.</summary>
    public IReadOnlyList<string> Locked => _locked;

    /// <summary>Whether the key files were named, on the command line or in the configuration.</summary>
    public bool Named => Only is not null || _target.KeyFiles.Count > 0 || _options.KeyFile is not null;

    /// <summary>Whether the password given is the passphrase of a key that was named.</summary>
    public bool PasswordUsed { get; private set; }

    // a jump host has keys of its own in the configuration; the node's is one more there
    private string? Only => _target.IsJump ? null : _options.KeyFile;

    /// <summary>Asks the agent and reads the files.</summary>
    /// <exception cref="SourceException">The key file that was given explicitly cannot be used.</exception>
    public static async Task<LoginKeys> FindAsync(SshTarget target, SshOptions options, CancellationToken cancel)
    {
        var found = new LoginKeys(target, options);
        await found.AskAgentAsync(cancel);
        found.Find();
        return found;
    }

    /// <summary>
    /// Does the same for who only wants to know what there is: a key file that cannot be used is told when it is needed.
    /// </summary>
    public static async Task<LoginKeys> TryFindAsync(SshTarget target, SshOptions options, CancellationToken cancel)
    {
        var found = new LoginKeys(target, options);
        await found.AskAgentAsync(cancel);
        try
        {
            found.Find();
        }
        catch (SourceException)
        {
            // the login will fail with it
        }

        return found;
    }

    /// <summary>What the keys of a login depend on: targets with the same have the same keys.</summary>
    public static string Way(SshTarget target) =>
        string.Join('\n', [target.Agent ?? "", $"{target.IdentitiesOnly} {target.IsJump}", .. target.KeyFiles, "", .. target.CertificateFiles]);

    private async Task AskAgentAsync(CancellationToken cancel)
    {
        if (_target.Agent is not { } place) return;
        _agent = new SshAgent(place);
        try
        {
            _held = await _agent.ListAsync(cancel);
        }
        catch (AgentException e)
        {
            _passed.Add(e.Message);
        }
    }

    private void Find()
    {
        var files = Paths().Distinct().Select(path => new KeyFile(path, PublicKeys.OfFile(path))).ToList();
        foreach (var path in CertificatePaths(files)) AddCertificate(path, files);

        var others = new List<LoginKey>();
        foreach (var key in _held.Where(key => !_keys.Any(k => k.Blob.AsSpan().SequenceEqual(key.Blob))))
        {
            var plain = PublicKeys.Plain(key.Blob);
            var file = files.Find(f => f.Public is { } known && known.AsSpan().SequenceEqual(plain));
            if (file is not null) file.Held = true;
            if (PublicKeys.IsCertificate(key.Blob) && Unfit(key.Blob) is { } why) _passed.Add($"the agent's certificate '{Shown(key.Comment)}', since {why}");
            else if (file is not null) _keys.Add(Agents(key.Blob, $"the agent's key '{file.Path}'"));
            else if (Only is null && !_target.IdentitiesOnly) others.Add(Agents(key.Blob, $"the agent's key '{Shown(key.Comment)}'"));
        }

        _keys.AddRange(others);
        foreach (var file in files.Where(f => !f.Held))
        {
            if (Open(file) is not { } key) continue;
            var plain = PlainOf(key);
            _keys.Add(new(plain.Data, plain.Sign, $"the key '{file.Path}'"));
        }

        // a server from before 2016 knows RSA with SHA-1 alone: tried when all else was refused
        foreach (var file in files.Where(f => f.Opened is not null))
        {
            if (file.Opened!.HostKeyAlgorithms.FirstOrDefault(a => a.Name == "ssh-rsa") is { } old) _keys.Add(new(old.Data, old.Sign, "") { Algorithm = old.Name });
        }
    }

    private IReadOnlyList<string> Paths()
    {
        if (Only is { } only) return [only];
        IReadOnlyList<string> named = _options.KeyFile is { } own ? [.. _target.KeyFiles, own] : _target.KeyFiles;
        if (named.Count > 0) return named;
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh");
        return [.. UsualNames.Select(name => Path.Combine(folder, name))];
    }

    private IEnumerable<string> CertificatePaths(IEnumerable<KeyFile> files)
    {
        var beside = files
            .Select(f => (f.Path.EndsWith(".pub", StringComparison.Ordinal) ? f.Path[..^4] : f.Path) + "-cert.pub")
            .Where(File.Exists);
        return _target.CertificateFiles.Concat(beside).Distinct();
    }

    private void AddCertificate(string path, List<KeyFile> files)
    {
        var named = $"the certificate '{path}'";
        if (PublicKeys.OfPublicFile(path) is not { } blob || !PublicKeys.TryCertificate(blob, out var certificate))
        {
            _passed.Add($"{named} {(File.Exists(path) ? "is none that can be read" : "is not there")}");
            return;
        }

        if (Unfit(blob) is { } why)
        {
            _passed.Add($"{named}, since {why}");
            return;
        }

        var plain = PublicKeys.Plain(certificate);
        if (_held.FirstOrDefault(k => k.Blob.AsSpan().SequenceEqual(plain) || k.Blob.AsSpan().SequenceEqual(blob)) is { } held)
        {
            _keys.Add(new(blob, Agents(held.Blob, "").Sign, named));
        }
        else if (files.Find(f => f.Public is { } known && known.AsSpan().SequenceEqual(plain)) is { } file)
        {
            if (Open(file) is { } key) _keys.Add(new(blob, PlainOf(key).Sign, named));
        }
        else
        {
            _passed.Add($"the private key of {named} is neither in the agent nor in a key file");
        }
    }

    private static string? Unfit(byte[] blob)
    {
        if (!PublicKeys.TryCertificate(blob, out var certificate)) return null;
        return certificate.Type != Certificate.CertificateType.User ? "it is not that of a user" : PublicKeys.WhenInvalid(certificate);
    }

    private LoginKey Agents(byte[] blob, string words)
    {
        var rsa = KnownHosts.TypeOf(blob).StartsWith("ssh-rsa", StringComparison.Ordinal);
        return new(blob, data => _agent!.Sign(blob, data, rsa ? SshAgent.RsaSha512 : 0, _options.TimeFor(_target)), words);
    }

    private static HostAlgorithm PlainOf(PrivateKeyFile key) =>
        key.HostKeyAlgorithms.FirstOrDefault(a => a.Name == "rsa-sha2-512") ?? key.HostKeyAlgorithms.First();

    private PrivateKeyFile? Open(KeyFile file)
    {
        if (file.Tried) return file.Opened;
        file.Tried = true;
        try
        {
            file.Opened = Read(file.Path);
        }
        catch (SshPassPhraseNullOrEmptyException e)
        {
            _locked.Add(file.Path);
            Fail(file, "is encrypted and no passphrase was given", "Give the passphrase as the password of -Credential, or add the key to the ssh-agent with ssh-add.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !Named)
        {
            // one of the usual keys, which nobody has to have
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(file, $"cannot be read ({e.Message.TrimEnd('.')})", "Name an existing private key with -KeyFile.", e);
        }
        catch (Exception e)
        {
            // SSH.NET and the cipher behind it have many types for a text that is no key and for a passphrase that does not fit
            if (PublicKeys.OfPublicFile(file.Path) is not null)
            {
                Fail(file, "is a public key whose private half is not in the agent", "Add the private key to the ssh-agent with ssh-add, or name its file.", e);
            }
            else
            {
                var given = _options.Passphrases.ContainsKey(file.Path) || _options.Password is not null;
                Fail(
                    file,
                    $"cannot be used ({e.Message.TrimEnd('.')})",
                    given ? "See whether the passphrase that was given fits, and whether the file is a private key." : "Name a private key in OpenSSH, PEM or PuTTY form with -KeyFile.",
                    e);
            }
        }

        return file.Opened;
    }

    private PrivateKeyFile Read(string path)
    {
        try
        {
            return new PrivateKeyFile(path);
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            if (_options.Passphrases.TryGetValue(path, out var own)) return new PrivateKeyFile(path, own);
            if (string.IsNullOrEmpty(_options.Password)) throw;
            var key = new PrivateKeyFile(path, _options.Password);

            // the passphrase of a key that was named is no password: no server gets to see it
            PasswordUsed |= Named;
            return key;
        }
    }

    // what was given explicitly has to work; for the rest there may be other ways
    private void Fail(KeyFile file, string what, string remedy, Exception inner)
    {
        if (Only is null || _locked.Contains(file.Path)) _passed.Add($"the key '{file.Path}' {what}");
        else throw new SourceException(SourceFailure.AuthenticationFailed, _target.Name, $"{_target.Name}: the key '{file.Path}' {what} (login '{_target.User}').", remedy, inner);
    }

    private static string Shown(string comment) => string.Concat(comment.Select(c => char.IsControl(c) ? '?' : c));

    private sealed class KeyFile(string path, byte[]? known)
    {
        public string Path => path;

        public byte[]? Public => known;

        public bool Held { get; set; }

        public bool Tried { get; set; }

        public PrivateKeyFile? Opened { get; set; }
    }
}

/// <summary>A key that a login tries.</summary>
/// <param name="Blob">The public key, or a certificate for it.</param>
/// <param name="Sign">Makes an encoded signature with the private half.</param>
/// <param name="Words">The same in words, for the message of a refusal; empty for one that was named before.</param>
internal sealed record LoginKey(byte[] Blob, Func<byte[], byte[]> Sign, string Words)
{
    /// <summary>The signature algorithm's name: that of the key's type, for RSA with SHA-512.</summary>
    public string Algorithm { get; init; } = KnownHosts.TypeOf(Blob) is var type && type.StartsWith("ssh-rsa", StringComparison.Ordinal) ? "rsa-sha2-512" + type["ssh-rsa".Length..] : type;
}
