using System.Collections.ObjectModel;
using System.Management.Automation.Host;
using System.Net;
using System.Security;
using GravityNet.Sources;

namespace GravityNet.Cmdlets;

/// <summary>Asks the person at the prompt for the passphrases of key files.</summary>
internal static class Passphrases
{
    /// <summary>Asks for one key's passphrase. On the pipeline thread alone.</summary>
    /// <returns>Null where nobody is there to ask, or nothing was answered.</returns>
    public static string? Ask(PSHost host, string file)
    {
        // pwsh ends without a word when its input ends at a prompt
        if (host.Name == "ConsoleHost" && Console.IsInputRedirected) return null;

        const string name = "Passphrase";
        var field = new FieldDescription(name);
        field.SetParameterType(typeof(SecureString));
        try
        {
            var answers = host.UI?.Prompt("", $"The key '{file}' is encrypted.", new Collection<FieldDescription> { field });
            return answers is not null && answers.TryGetValue(name, out var answer) && answer?.BaseObject is SecureString { Length: > 0 } secret
                ? new NetworkCredential("", secret).Password
                : null;
        }
        catch (Exception e) when (e is HostException or InvalidOperationException or NotImplementedException or NotSupportedException)
        {
            // pwsh -NonInteractive, or a host without a prompt
            return null;
        }
    }

    /// <summary>The error for a key that was named with -KeyFile and stays locked.</summary>
    public static SourceException Missing(string file) => new(
        SourceFailure.AuthenticationFailed,
        file,
        $"The key '{file}' is encrypted and no passphrase was given.",
        "Give the passphrase as the password of -Credential, answer when you are asked for it, or add the key to the ssh-agent with ssh-add.");
}
