using System.Collections.Concurrent;
using System.Text;
using GravityNet.Sources;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace GravityNet.Transports.Ssh.Login;

/// <summary>The ways in that a login can try: keys of the agent and of files, then a password.</summary>
internal sealed class SshLogin
{
    // more than these are counted in a message
    private const int Shown = 4;

    private readonly List<string> _passed = [];
    private readonly ConcurrentDictionary<string, Outcome> _outcomes = new();
    private int _signing;

    private SshLogin(LoginKeys keys, SshTarget target, SshOptions options)
    {
        _passed.AddRange(keys.Passed);
        var ways = new List<(AuthenticationMethod Method, string Words)>();
        var words = keys.Keys.Select(k => k.Words).Where(w => w.Length > 0).ToList();
        KeyCount = words.Count;
        if (words.Count > Shown) words = [.. words[..(Shown - 1)], $"{words.Count - Shown + 1} more keys"];
        if (keys.Keys.Count > 0)
        {
            ways.Add((new KeyMethod(this, target.User, new Keys([.. keys.Keys.Select(k => new KeyAlgorithm(this, k))])), string.Join(", ", words)));
        }

        // the password is the node's: a host on the way has no business with it
        if (options.Password is { } password && !keys.PasswordUsed && !target.IsJump)
        {
            ways.Add((new PasswordMethod(this, target.User, password), "the password"));
            ways.Add((Interactive(target, password), "the password"));
            Password = password;
        }

        if (target.Authentications is { } wanted) ways = [.. wanted.SelectMany(name => ways.Where(w => w.Method.Name == name))];
        Methods = [.. ways.Select(w => w.Method)];
        Tried = string.Join(", ", ways.Select(w => w.Words).Distinct());
    }

    /// <summary>SSH.NET's methods, in the order they are tried.</summary>
    public AuthenticationMethod[] Methods { get; }

    /// <summary>The same in words, for the message of a refusal.</summary>
    public string Tried { get; }

    /// <summary>The password that is offered; null for none, and for one that was a key's passphrase.</summary>
    public string? Password { get; }

    /// <summary>How many keys are offered.</summary>
    public int KeyCount { get; }

    /// <summary>What could not be used, for the message of a refusal; empty for nothing.</summary>
    public string Passed
    {
        get
        {
            lock (_passed) return _passed.Count == 0 ? "" : $" Not used: {string.Join("; ", _passed)}.";
        }
    }

    /// <summary>What the server wants beside what it accepted, by SSH's names; empty where it accepted nothing.</summary>
    public IReadOnlyList<string> WantedToo => _outcomes.Values.LastOrDefault(o => o.Result == AuthenticationResult.PartialSuccess)?.Wanted ?? [];

    /// <summary>Whether the agent is being waited for: it may ask its user, or hang.</summary>
    public bool WaitsForAgent => Volatile.Read(ref _signing) > 0;

    /// <summary>Asks the agent and reads the key files.</summary>
    /// <exception cref="SourceException">There is no way in: no key, a key that cannot be read, or one that needs a passphrase.</exception>
    public static async Task<SshLogin> FindAsync(SshTarget target, SshOptions options, CancellationToken cancel)
    {
        var keys = await LoginKeys.FindAsync(target, options, cancel);
        var login = new SshLogin(keys, target, options);
        if (login.Methods.Length > 0) return login;
        throw new SourceException(
            SourceFailure.AuthenticationFailed,
            target.Name,
            target.Authentications is not null && (keys.Keys.Count > 0 || options.Password is not null)
                ? $"{target.Name}: the SSH configuration allows only {string.Join(", ", target.Authentications)} for the login '{target.User}', and none of these is to be had."
                : keys.Locked.Count > 0
                ? $"{target.Name}: the key '{keys.Locked[0]}' is encrypted and no passphrase was given for the login '{target.User}'."
                : $"{target.Name}: there is no key{(target.IsJump ? "" : " and no password")} for the login '{target.User}'.{login.Passed}",
            target.Authentications is not null && (keys.Keys.Count > 0 || options.Password is not null)
                ? "Let PreferredAuthentications name publickey or password, or pass over the file with -SshConfigFile none."
                : keys.Locked.Count > 0 ? "Give the passphrase as the password of -Credential, or add the key to the ssh-agent with ssh-add."
                : target.IsJump ? "Name a key with -KeyFile, or as IdentityFile in the SSH configuration, or add one to the ssh-agent: a password is not sent to a jump host."
                : "Name a key with -KeyFile, add one to the ssh-agent, or give a password with -Credential.");
    }

    private KeyboardInteractiveAuthenticationMethod Interactive(SshTarget target, string password)
    {
        var method = new KeyboardInteractiveAuthenticationMethod(target.User);
        var answered = false;
        method.AuthenticationPrompt += (_, e) =>
        {
            foreach (var prompt in e.Prompts)
            {
                // a password that was refused a moment ago is not tried twice: some servers lock a login after a few
                var shown = _outcomes.GetValueOrDefault("password")?.Result;
                if (shown == AuthenticationResult.Failure) throw new SshAuthenticationException("The password was refused.");

                // The first hidden answer is the password. A question beside it (a one-time code) is nobody's to answer: this thread cannot ask.
                if (prompt.IsEchoed || answered || shown == AuthenticationResult.PartialSuccess) throw Unanswered(target, prompt.Request);
                prompt.Response = password;
                answered = true;
            }
        };
        return method;
    }

    private static SourceException Unanswered(SshTarget target, string question) => new(
        SourceFailure.AuthenticationFailed,
        target.Name,
        $"{target.Name}: for the login '{target.User}' {target.Host}:{target.Port} asks '{string.Concat(question.Select(c => char.IsControl(c) ? ' ' : c)).Trim()}', which GravityNet cannot answer.",
        "Use a login that takes a key or one password alone: one-time codes and other questions are not asked for.");

    private byte[] Sign(LoginKey key, byte[] data)
    {
        Interlocked.Increment(ref _signing);
        try
        {
            return key.Sign(data);
        }
        catch (AgentException e)
        {
            // An exception would end the login. A signature that does not fit makes the server ask for the next key.
            lock (_passed) _passed.Add($"{key.Words}, since {e.Message}");
            var name = Encoding.ASCII.GetBytes(KnownHosts.TypeOf(key.Blob));
            return [0, 0, 0, (byte)name.Length, .. name, 0, 0, 0, 1, 0];
        }
        finally
        {
            Interlocked.Decrement(ref _signing);
        }
    }

    private AuthenticationResult Note(AuthenticationMethod method, AuthenticationResult result)
    {
        // SSH.NET tells only of the whole
        _outcomes[method.Name] = new(result, method.AllowedAuthentications);
        return result;
    }

    private sealed record Outcome(AuthenticationResult Result, IReadOnlyList<string>? Wanted);

    private sealed class KeyMethod(SshLogin login, string user, IPrivateKeySource keys) : PrivateKeyAuthenticationMethod(user, keys)
    {
        public override AuthenticationResult Authenticate(Session session) => login.Note(this, base.Authenticate(session));
    }

    private sealed class PasswordMethod(SshLogin login, string user, string password) : PasswordAuthenticationMethod(user, password)
    {
        public override AuthenticationResult Authenticate(Session session) => login.Note(this, base.Authenticate(session));
    }

    private sealed record Keys(IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms) : IPrivateKeySource;

    private sealed class KeyAlgorithm(SshLogin login, LoginKey key) : HostAlgorithm(key.Algorithm)
    {
        public override byte[] Data => key.Blob;

        public override byte[] Sign(byte[] data) => login.Sign(key, data);

        public override bool VerifySignature(byte[] data, byte[] signature) => throw new NotSupportedException();
    }
}
