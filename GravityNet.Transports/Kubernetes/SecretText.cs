using System.Text.RegularExpressions;

namespace GravityNet.Transports.Kubernetes;

/// <summary>Makes another program's words fit for an error: short, and without what may be a secret.</summary>
internal static partial class SecretText
{
    private const string Hidden = "***";

    /// <summary>Takes out what is a secret or looks like one: a PEM block, a password or token after its name, and long words of random characters.</summary>
    /// <param name="text">The words.</param>
    /// <param name="known">Secrets that are known.</param>
    public static string Hide(string text, IEnumerable<string> known)
    {
        foreach (var secret in known.Where(s => s.Length >= 6).OrderByDescending(s => s.Length)) text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        text = Pem().Replace(text, Hidden);
        text = Named().Replace(text, "$1" + Hidden);
        return Random().Replace(text, word => word.Value.Any(char.IsAsciiDigit) && word.Value.Any(char.IsAsciiLetter) || word.Value.StartsWith("eyJ", StringComparison.Ordinal) ? Hidden : word.Value);
    }

    /// <summary>The text as one line of printable characters, its end where it is too long: programs say last what went wrong.</summary>
    public static string OneLine(string text, int length)
    {
        var line = string.Join(' ', new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return line.Length <= length ? line : "..." + line[^length..];
    }

    [GeneratedRegex("-----BEGIN [^-]+-----.*?(-----END [^-]+-----|$)", RegexOptions.Singleline)]
    private static partial Regex Pem();

    // what is joined to "token", "password" and their kin; a sentence about a token stays
    [GeneratedRegex("""((?:token|secret|passw(?:or)?d|passphrase|api[_-]?key)["']?\s*[:=]\s*["']?|bearer\s+)[^\s"',;]+""", RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    // a JSON web token begins with the base64 of {" and has short parts too
    [GeneratedRegex("(?:eyJ[A-Za-z0-9_+=-]*|[A-Za-z0-9_+=-]{24,})(?:\\.[A-Za-z0-9_+=-]+)*")]
    private static partial Regex Random();
}
