using System.Text;
using GravityNet.Sources;
using Renci.SshNet;
using Renci.SshNet.Security;

namespace GravityNet.Transports.Ssh.Login;

/// <summary>The ways in that a login can try: keys of the agent and of files, then a password.</summary>
internal sealed class SshLogin
{
    // more than these are counted in a message
    private const int Shown = 4;

    private readonly List<string> _passed = [];
    private int _signing;

    private SshLogin(LoginKeys keys, SshTarget target, SshOptions options)
    {
        _passed.AddRange(keys.Passed);
        var methods = new List<AuthenticationMethod>();
        var tried = keys.Keys.Select(k => k.Words).Where(w => w.Length > 0).ToList();
        KeyCount = tried.Count;
        if (tried.Count > Shown) tried = [.. tried[..(Shown - 1)], $"{tried.Count - Shown + 1} more keys"];
        if (keys.Keys.Count > 0) methods.Add(new PrivateKeyAuthenticationMethod(target.User, new Keys([.. keys.Keys.Select(k => new KeyAlgorithm(this, k))])));

        // the password is the node's: a host on the way has no business with it
        if (options.Password is { } password && !keys.PasswordUsed && !target.IsJump)
        {
            methods.Add(new PasswordAuthenticationMethod(target.User, password));
            methods.Add(Interactive(target.User, password));
            tried.Add("the password");
        }

        Methods = [.. methods];
        Tried = string.Join(", ", tried);
    }

    /// <summary>SSH.NET's methods, in the order they are tried.</summary>
    public AuthenticationMethod[] Methods { get; }

    /// <summary>The same in words, for the message of a refusal.</summary>
    public string Tried { get; }

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
            keys.Locked.Count > 0
                ? $"{target.Name}: the key '{keys.Locked[0]}' is encrypted and no passphrase was given for the login '{target.User}'."
                : $"{target.Name}: there is no key{(target.IsJump ? "" : " and no password")} for the login '{target.User}'.{login.Passed}",
            keys.Locked.Count > 0 ? "Give the passphrase as the password of -Credential, or add the key to the ssh-agent with ssh-add."
                : target.IsJump ? "Name a key with -KeyFile, or as IdentityFile in the SSH configuration, or add one to the ssh-agent: a password is not sent to a jump host."
                : "Name a key with -KeyFile, add one to the ssh-agent, or give a password with -Credential.");
    }

    private static KeyboardInteractiveAuthenticationMethod Interactive(string user, string password)
    {
        var method = new KeyboardInteractiveAuthenticationMethod(user);
        method.AuthenticationPrompt += (_, e) =>
        {
            // a hidden answer is a password; anything else (a one-time code, a question) is not for us to answer
            foreach (var prompt in e.Prompts) prompt.Response = prompt.IsEchoed ? "" : password;
        };
        return method;
    }

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

    private sealed record Keys(IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms) : IPrivateKeySource;

    private sealed class KeyAlgorithm(SshLogin login, LoginKey key) : HostAlgorithm(key.Algorithm)
    {
        public override byte[] Data => key.Blob;

        public override byte[] Sign(byte[] data) => login.Sign(key, data);

        public override bool VerifySignature(byte[] data, byte[] signature) => throw new NotSupportedException();
    }
}
