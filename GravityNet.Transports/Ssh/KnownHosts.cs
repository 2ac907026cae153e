using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using GravityNet.Sources;
using GravityNet.Transports.Ssh.Config;

namespace GravityNet.Transports.Ssh;

/// <summary>
/// Reads and extends OpenSSH's known_hosts files: plain, hashed and <c>[host]:port</c> names, wildcards and negations, <c>@revoked</c>,
/// <c>@cert-authority</c>. Format: sshd(8), SSH_KNOWN_HOSTS.
/// </summary>
internal sealed class KnownHosts
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<string> _files;

    /// <summary>Opens the files; one that does not exist is empty.</summary>
    /// <param name="files">In the order of OpenSSH: the first is the user's, where new keys go.</param>
    public KnownHosts(IReadOnlyList<string> files) => _files = files;

    /// <summary>The file that new keys are written to.</summary>
    public string UserFile => _files[0];

    /// <summary>The files for a host: the one that was given; else those of the configuration or the user's, and the system's.</summary>
    public static KnownHosts For(SshTarget target, SshOptions options)
    {
        if (options.KnownHostsFile is { } file) return new([file]);
        IReadOnlyList<string> own = target.KnownHostsFiles;
        if (own.Count == 0) own = Both(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "known_hosts"));
        return new([.. own, .. target.GlobalKnownHostsFiles ?? Both(Path.Combine(SshConfig.SystemFolder, "ssh_known_hosts"))]);

        // the second is for keys of another protocol's time; ssh reads it to this day
        static string[] Both(string file) => [file, file + "2"];
    }

    /// <summary>The name that a host is filed under: <c>host</c>, or <c>[host]:port</c> where the port is not 22.</summary>
    public static string NameOf(string host, int port)
    {
        var lower = host.ToLowerInvariant();
        return port == 22 ? lower : $"[{lower}]:{port}";
    }

    /// <summary>The key's fingerprint as ssh prints it: SHA-256 in base64 without padding.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> key) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('=');

    /// <summary>The key's type, which the key itself begins with: <c>ssh-ed25519</c>.</summary>
    public static string TypeOf(ReadOnlySpan<byte> key)
    {
        if (key.Length < 4) return "";
        var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(key);
        return length <= key.Length - 4 ? Encoding.ASCII.GetString(key.Slice(4, (int)length)) : "";
    }

    /// <summary>Types of the keys known for a name, so that the server can be asked for one of those.</summary>
    public IReadOnlyList<string> KnownTypes(string name) =>
        [.. Entries(name).Where(e => e.Mark is KeyMark.Host).Select(e => TypeOf(e.Key)).Distinct()];

    /// <summary>Whether certificates of some authority are believed for a name.</summary>
    public bool HasAuthority(string name) => Entries(name).Any(e => e.Mark is KeyMark.Authority);

    /// <summary>Compares the authority that signed a host's certificate with what is known.</summary>
    /// <returns><see cref="HostKeyState.Known"/>, <see cref="HostKeyState.Revoked"/> or <see cref="HostKeyState.Unknown"/>.</returns>
    public HostKeyFinding FindAuthority(string name, byte[] key)
    {
        var same = Entries(name).Where(e => e.Key.AsSpan().SequenceEqual(key)).ToList();
        if (same.FirstOrDefault(e => e.Mark is KeyMark.Revoked) is { } revoked) return new(HostKeyState.Revoked, revoked.Place);
        return same.FirstOrDefault(e => e.Mark is KeyMark.Authority) is { } known ? new(HostKeyState.Known, known.Place) : new(HostKeyState.Unknown, "");
    }

    /// <summary>Compares the key that a host showed with what is known.</summary>
    /// <param name="name">The name that the host is filed under.</param>
    /// <param name="key">The key; of a certificate, the key that it is for.</param>
    public HostKeyFinding Find(string name, byte[] key)
    {
        var entries = Entries(name).Where(e => e.Mark is not KeyMark.Authority).ToList();
        var same = entries.Where(e => e.Key.AsSpan().SequenceEqual(key)).ToList();
        if (same.FirstOrDefault(e => e.Mark is KeyMark.Revoked) is { } revoked) return new(HostKeyState.Revoked, revoked.Place);
        if (same.Count > 0) return new(HostKeyState.Known, same[0].Place);

        var type = TypeOf(key);
        var others = entries.Where(e => e.Mark is KeyMark.Host).ToList();
        if (others.FirstOrDefault(e => TypeOf(e.Key) == type) is { } changed) return new(HostKeyState.Changed, changed.Place);
        return others.Count > 0 ? new(HostKeyState.OtherType, others[0].Place) : new(HostKeyState.Unknown, "");
    }

    /// <summary>
    /// Files a key under a host, unless the file knows the host by now: several nodes may be met at the same time, by several processes.
    /// </summary>
    /// <returns>What the files say afterwards: <see cref="HostKeyState.Known"/>, or why the key was not added.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public HostKeyFinding Add(string name, byte[] key)
    {
        CreateFolder();
        using var file = OpenLocked();
        var finding = Find(file, name, key);
        if (finding.State != HostKeyState.Unknown) return finding;

        var line = $"{name} {TypeOf(key)} {Convert.ToBase64String(key)}\n";
        if (file.Length > 0)
        {
            // a last line without its end would swallow ours
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() != '\n') line = "\n" + line;
        }

        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes(line));
        file.Flush(flushToDisk: true);
        return new(HostKeyState.Known, UserFile);
    }

    private HostKeyFinding Find(FileStream held, string name, byte[] key)
    {
        // The held file cannot be opened a second time: read it through the handle that holds it.
        using var reader = new StreamReader(held, Encoding.UTF8, leaveOpen: true);
        var text = reader.ReadToEnd();
        return new KnownHosts([.. _files.Skip(1)]) { _held = (UserFile, text) }.Find(name, key);
    }

    private (string File, string Text)? _held;

    private void CreateFolder()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(UserFile))!;
        if (Directory.Exists(folder)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private FileStream OpenLocked()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        for (var began = Environment.TickCount64; ;)
        {
            try
            {
                return new FileStream(UserFile, options);
            }
            catch (IOException) when (Environment.TickCount64 - began < LockPatience.TotalMilliseconds && File.Exists(UserFile))
            {
                Thread.Sleep(10);
            }
        }
    }

    private IEnumerable<Entry> Entries(string name)
    {
        if (_held is var (file, text))
        {
            foreach (var entry in Parse(file, text.Split('\n'), name)) yield return entry;
        }

        foreach (var path in _files)
        {
            foreach (var entry in Parse(path, ReadLines(path), name)) yield return entry;
        }
    }

    private static string[] ReadLines(string path)
    {
        if (!File.Exists(path)) return [];
        for (var began = Environment.TickCount64; ;)
        {
            try
            {
                using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                return reader.ReadToEnd().Split('\n');
            }
            catch (IOException) when (Environment.TickCount64 - began < LockPatience.TotalMilliseconds && File.Exists(path))
            {
                // another connection is adding its line
                Thread.Sleep(10);
            }
        }
    }

    private static IEnumerable<Entry> Parse(string file, string[] lines, string name)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (TryParse(lines[i], name, out var mark, out var key)) yield return new(key, mark, $"{file}:{i + 1}");
        }
    }

    private static bool TryParse(string line, string name, out KeyMark mark, [NotNullWhen(true)] out byte[]? key)
    {
        mark = KeyMark.Host;
        key = null;
        var fields = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries).AsSpan();
        if (fields.IsEmpty || fields[0].StartsWith('#')) return false;
        if (fields[0].StartsWith('@'))
        {
            if (fields[0] is not ("@revoked" or "@cert-authority")) return false;
            mark = fields[0] == "@revoked" ? KeyMark.Revoked : KeyMark.Authority;
            fields = fields[1..];
        }

        if (fields.Length < 3 || !NamesMatch(fields[0], name)) return false;
        var buffer = new byte[fields[2].Length];
        if (!Convert.TryFromBase64String(fields[2], buffer, out var length)) return false;
        key = buffer[..length];
        return TypeOf(key).Length > 0;
    }

    private static bool NamesMatch(string patterns, string name)
    {
        if (patterns.StartsWith("|1|", StringComparison.Ordinal)) return HashMatches(patterns, name);

        var found = false;
        foreach (var pattern in patterns.Split(','))
        {
            var negated = pattern.StartsWith('!');
            if (!FileSystemName.MatchesSimpleExpression(negated ? pattern[1..] : pattern, name)) continue;
            if (negated) return false;
            found = true;
        }

        return found;
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The file's format: the hash hides the name and proves nothing.")]
    private static bool HashMatches(string hashed, string name)
    {
        var parts = hashed.Split('|');
        if (parts.Length != 4) return false;
        try
        {
            var hash = HMACSHA1.HashData(Convert.FromBase64String(parts[2]), Encoding.UTF8.GetBytes(name));
            return hash.AsSpan().SequenceEqual(Convert.FromBase64String(parts[3]));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private sealed record Entry(byte[] Key, KeyMark Mark, string Place);

    private enum KeyMark
    {
        Host,
        Authority,
        Revoked,
    }
}

/// <summary>What is known of a host's key.</summary>
/// <param name="State">The verdict.</param>
/// <param name="Place">File and line that it rests on; empty where no line names the host.</param>
internal sealed record HostKeyFinding(HostKeyState State, string Place);

/// <summary>How a host's key stands to the known ones.</summary>
internal enum HostKeyState
{
    /// <summary>The key is filed under the host.</summary>
    Known,

    /// <summary>No key is.</summary>
    Unknown,

    /// <summary>Only keys of other types are: a new key, or another host that hides behind a type that was not asked for.</summary>
    OtherType,

    /// <summary>Another key of the same type is.</summary>
    Changed,

    /// <summary>The key is marked as revoked.</summary>
    Revoked,
}
