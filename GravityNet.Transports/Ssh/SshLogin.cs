using GravityNet.Sources;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace GravityNet.Transports.Ssh;

/// <summary>The ways in that a login can try: key files, then a password.</summary>
/// <param name="Methods">SSH.NET's methods, in the order they are tried.</param>
/// <param name="Tried">The same in words, for the message of a refusal.</param>
internal sealed record SshLogin(AuthenticationMethod[] Methods, string Tried)
{
    private static readonly string[] DefaultKeys = ["id_ed25519", "id_ecdsa", "id_rsa"];

    /// <summary>Reads the key files.</summary>
    /// <exception cref="SourceException">There is no way in: no key, a key that cannot be read, or one that needs a passphrase.</exception>
    public static SshLogin From(SshTarget target, SshOptions options)
    {
        var methods = new List<AuthenticationMethod>();
        var tried = new List<string>();
        var locked = new List<string>();
        var passwordUsed = false;
        if (target.IsJump)
        {
            IReadOnlyList<string> files = options.KeyFile is { } own ? [.. target.KeyFiles, own] : target.KeyFiles;
            if (ReadAll(files.Count > 0 ? files : UsualKeys(), options.Password, locked, tried) is { Length: > 0 } found)
            {
                methods.Add(new PrivateKeyAuthenticationMethod(target.User, found));
            }
        }
        else if (options.KeyFile is { } keyFile)
        {
            var key = ReadNamed(target, keyFile, options.Password, out passwordUsed);
            methods.Add(new PrivateKeyAuthenticationMethod(target.User, key));
            tried.Add($"the key '{keyFile}'");
        }
        else if (ReadAll(target.KeyFiles.Count > 0 ? target.KeyFiles : UsualKeys(), options.Password, locked, tried) is { Length: > 0 } keys)
        {
            methods.Add(new PrivateKeyAuthenticationMethod(target.User, keys));
        }

        // the password is the node's: a host on the way has no business with it
        if (options.Password is { } password && !passwordUsed && !target.IsJump)
        {
            methods.Add(new PasswordAuthenticationMethod(target.User, password));
            methods.Add(Interactive(target.User, password));
            tried.Add("the password");
        }

        if (methods.Count > 0) return new([.. methods], string.Join(" and ", tried));
        throw new SourceException(
            SourceFailure.AuthenticationFailed,
            target.Name,
            locked.Count > 0
                ? $"{target.Name}: the key '{locked[0]}' is encrypted and no passphrase was given for the login '{target.User}'."
                : $"{target.Name}: there is no key file{(target.IsJump ? "" : " and no password")} for the login '{target.User}'.",
            locked.Count > 0
                ? "Give the passphrase as the password of -Credential."
                : target.IsJump ? "Name a key with -KeyFile, or as IdentityFile in the SSH configuration: a password is not sent to a jump host."
                : "Name a key with -KeyFile, or give a password with -Credential.");
    }

    private static PrivateKeyFile ReadNamed(SshTarget target, string path, string? passphrase, out bool passphraseUsed)
    {
        try
        {
            return Read(path, passphrase, out passphraseUsed);
        }
        catch (SshPassPhraseNullOrEmptyException e)
        {
            throw Failed($"the key '{path}' is encrypted and no passphrase was given", "Give the passphrase as the password of -Credential.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed($"the key '{path}' cannot be read ({e.Message.TrimEnd('.')})", "Name an existing private key with -KeyFile.", e);
        }
        catch (Exception e)
        {
            // SSH.NET and the cipher behind it have many types for a text that is no key and for a passphrase that does not fit.
            throw Failed(
                $"the key '{path}' cannot be used ({e.Message.TrimEnd('.')})",
                passphrase is null
                    ? "Name a private key in OpenSSH, PEM or PuTTY form with -KeyFile."
                    : "See whether the passphrase given with -Credential fits, and whether the file is a private key.",
                e);
        }

        SourceException Failed(string what, string remedy, Exception inner) =>
            new(SourceFailure.AuthenticationFailed, target.Name, $"{target.Name}: {what} (login '{target.User}').", remedy, inner);
    }

    private static List<string> UsualKeys()
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh");
        return [.. DefaultKeys.Select(name => Path.Combine(folder, name))];
    }

    private static PrivateKeyFile[] ReadAll(IReadOnlyList<string> paths, string? passphrase, List<string> locked, List<string> tried)
    {
        var keys = new List<PrivateKeyFile>();
        foreach (var path in paths.Where(File.Exists))
        {
            try
            {
                keys.Add(Read(path, passphrase, out _));
                tried.Add($"the key '{path}'");
            }
            catch (SshPassPhraseNullOrEmptyException)
            {
                locked.Add(path);
            }
            catch (Exception)
            {
                // Nobody named this key for this login: one that is unreadable or has another passphrase is passed over, as ssh does.
            }
        }

        return [.. keys];
    }

    private static PrivateKeyFile Read(string path, string? passphrase, out bool passphraseUsed)
    {
        passphraseUsed = false;
        try
        {
            return new PrivateKeyFile(path);
        }
        catch (SshPassPhraseNullOrEmptyException) when (!string.IsNullOrEmpty(passphrase))
        {
            passphraseUsed = true;
            return new PrivateKeyFile(path, passphrase);
        }
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
}
