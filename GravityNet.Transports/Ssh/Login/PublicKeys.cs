using System.Diagnostics.CodeAnalysis;
using Renci.SshNet.Security;

namespace GravityNet.Transports.Ssh.Login;

/// <summary>Public keys as SSH sends them, and the files that hold them.</summary>
internal static class PublicKeys
{
    /// <summary>The end of the name of each type of certificate. Format: OpenSSH, PROTOCOL.certkeys.</summary>
    public const string CertificateSuffix = "-cert-v01@openssh.com";

    private const string OpenSshHead = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private const string OpenSshTail = "-----END OPENSSH PRIVATE KEY-----";

    // larger files hold no key; nobody waits for a device or a disk image that was named by mistake
    private const long MaxLength = 1 << 20;

    /// <summary>Whether the key is a certificate for a key.</summary>
    public static bool IsCertificate(byte[] key) => KnownHosts.TypeOf(key).EndsWith(CertificateSuffix, StringComparison.Ordinal);

    /// <summary>The key that a certificate is for, or the key itself.</summary>
    /// <returns>Null for a certificate of a type that is not known.</returns>
    public static byte[]? Plain(byte[] key)
    {
        if (!IsCertificate(key)) return key;
        return TryCertificate(key, out var certificate) ? Plain(certificate) : null;
    }

    /// <summary>The key that a certificate is for.</summary>
    public static byte[] Plain(Certificate certificate) =>
        new KeyHostAlgorithm(certificate.Name[..^CertificateSuffix.Length], certificate.Key).Data;

    /// <summary>Reads a certificate.</summary>
    public static bool TryCertificate(byte[] key, [NotNullWhen(true)] out Certificate? certificate)
    {
        try
        {
            certificate = new Certificate(key);
            return true;
        }
        catch (Exception)
        {
            // SSH.NET has many types for data that is none
            certificate = null;
            return false;
        }
    }

    /// <summary>Why a certificate does not hold now: the end of a sentence. Null while it does.</summary>
    public static string? WhenInvalid(Certificate certificate)
    {
        var now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return now < certificate.ValidAfterUnixSeconds ? $"it is valid from {Shown(certificate.ValidAfterUnixSeconds)} on"
            : now >= certificate.ValidBeforeUnixSeconds ? $"it expired on {Shown(certificate.ValidBeforeUnixSeconds)}"
            : null;

        static string Shown(ulong seconds) =>
            seconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? "no day" : $"{DateTimeOffset.FromUnixTimeSeconds((long)seconds).UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
    }

    /// <summary>
    /// The public key of a key file, without its passphrase: from the file itself where that is a public key or a private key in OpenSSH's
    /// form, else from the file beside it with <c>.pub</c> behind its name.
    /// </summary>
    /// <returns>Null where neither says it.</returns>
    public static byte[]? OfFile(string path) =>
        (Read(path) is { } text ? FromPrivate(text) ?? FromLine(text) : null) ?? OfPublicFile(path + ".pub");

    /// <summary>The public key or certificate of a <c>.pub</c> file.</summary>
    /// <returns>Null where it holds none.</returns>
    public static byte[]? OfPublicFile(string path) => Read(path) is { } text ? FromLine(text) : null;

    private static string? Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: < MaxLength } ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // type, base64, comment
    private static byte[]? FromLine(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && Decode(words[1]) is { } key && KnownHosts.TypeOf(key) == words[0]) return key;
        }

        return null;
    }

    // Format: OpenSSH, PROTOCOL.key. Only what stands behind the public key is encrypted.
    private static byte[]? FromPrivate(string text)
    {
        var from = text.IndexOf(OpenSshHead, StringComparison.Ordinal);
        var to = text.IndexOf(OpenSshTail, StringComparison.Ordinal);
        if (from < 0 || to < from || Decode(text[(from + OpenSshHead.Length)..to]) is not { } data) return null;
        var magic = "openssh-key-v1\0"u8;
        if (!data.AsSpan().StartsWith(magic)) return null;
        try
        {
            var reader = new WireReader(data.AsSpan(magic.Length));
            for (var i = 0; i < 3; i++) reader.Bytes();
            return reader.UInt32() == 1 ? reader.Bytes().ToArray() : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static byte[]? Decode(string base64)
    {
        var buffer = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, buffer, out var length) ? buffer[..length] : null;
    }
}
