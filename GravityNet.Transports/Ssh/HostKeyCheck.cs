using System.IO.Enumeration;
using GravityNet.Sources;
using GravityNet.Transports.Ssh.Login;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Security;

namespace GravityNet.Transports.Ssh;

/// <summary>
/// Decides on a host's key. SSH.NET trusts every key unless told otherwise, and asks on a thread of its own: nobody can be prompted there.
/// </summary>
internal sealed class HostKeyCheck(SshTarget target, SshOptions options)
{
    private readonly KnownHosts _known = KnownHosts.For(target, options);

    // A host at another port may be known, or vouched for, by its name alone: ssh looks for that too, after the name with the port.
    private readonly string[] _names = target.HostKeyAlias is { } alias ? [alias.ToLowerInvariant()]
        : target.Port == 22 ? [KnownHosts.NameOf(target.Host, 22)]
        : [KnownHosts.NameOf(target.Host, target.Port), KnownHosts.NameOf(target.Host, 22)];

    /// <summary>Why the key was refused; null while it was not.</summary>
    public SourceException? Failure { get; private set; }

    /// <summary>
    /// Asks the server for a key of a type that is known for the host, as ssh does: a host known by its ed25519 key would otherwise show
    /// its ECDSA key and look like a stranger. A certificate is asked for where an authority is known for the host.
    /// </summary>
    public void Choose(ConnectionInfo info)
    {
        var (types, certificates) = Known();
        var algorithms = info.HostKeyAlgorithms.ToList();
        info.HostKeyAlgorithms.Clear();
        foreach (var (name, make) in algorithms.Where(a => certificates && IsCertificate(a.Key) && !a.Key.StartsWith("ssh-rsa", StringComparison.Ordinal)))
        {
            info.HostKeyAlgorithms.Add(name, data => Inspect(make, data));
        }

        foreach (var (name, make) in algorithms.Where(a => !IsCertificate(a.Key)).OrderBy(a => types.Contains(TypeOf(a.Key)) ? 0 : 1))
        {
            info.HostKeyAlgorithms.Add(name, make);
        }
    }

    /// <summary>The handler of <see cref="BaseClient.HostKeyReceived"/>.</summary>
    public void OnHostKeyReceived(object? sender, HostKeyEventArgs e)
    {
        // whatever goes wrong below, the key is not trusted by accident
        e.CanTrust = false;
        try
        {
            Failure = e.Certificate is { } certificate ? Check(certificate, e.HostKey) : Check(e.HostKey);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Failure = new(
                SourceFailure.HostKeyUnknown,
                target.Name,
                $"{target.Name}: the host key of {Place} cannot be checked against '{_known.UserFile}': {failure.Message}",
                "Make the file readable and, for -HostKeyPolicy AcceptNew, writable.",
                failure);
        }

        e.CanTrust = Failure is null;
    }

    private (IReadOnlyList<string> Types, bool Certificates) Known()
    {
        try
        {
            return (_names.Select(_known.KnownTypes).FirstOrDefault(types => types.Count > 0) ?? [], _names.Any(_known.HasAuthority));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // told when the key is here to be compared
            return ([], false);
        }
    }

    private string Role => target.IsJump ? "jump host" : "node";

    private string Place => $"{target.Host}:{target.Port}";

    private static string TypeOf(string algorithm) => algorithm.StartsWith("rsa-sha2-", StringComparison.Ordinal) ? "ssh-rsa" : algorithm;

    private static bool IsCertificate(string algorithm) => algorithm.EndsWith(PublicKeys.CertificateSuffix, StringComparison.Ordinal);

    // SSH.NET checks time and signature of a certificate before it asks whether to trust it, and says only that it does not
    private KeyHostAlgorithm Inspect(Func<byte[], KeyHostAlgorithm> make, byte[] data)
    {
        Failure = new(
            SourceFailure.HostKeyUnknown,
            target.Name,
            $"{target.Name}: {Place} shows a host certificate that cannot be read.",
            "Have the host's key signed anew (ssh-keygen -h -n NAMES).");
        var algorithm = make(data);
        if (algorithm is CertificateHostAlgorithm { Certificate: var certificate })
        {
            Failure = Unfit(certificate, PublicKeys.WhenInvalid(certificate) ?? "its signature does not hold");
        }

        return algorithm;
    }

    /// <summary>Decides on a certificate whose time and signature are good. Rules: OpenSSH, PROTOCOL.certkeys.</summary>
    private SourceException? Check(Certificate certificate, byte[] key)
    {
        var authority = certificate.CertificateAuthorityKey;
        var findings = _names.Select(name => _known.FindAuthority(name, authority)).ToList();
        if (_names.Select(name => _known.Find(name, key)).Concat(findings).FirstOrDefault(f => f.State == HostKeyState.Revoked) is { } revoked)
        {
            return Revoked(Shown(key), revoked);
        }

        // one that nobody here trusts proves nothing, and the key in it may still be known
        if (findings.All(f => f.State != HostKeyState.Known)) return Check(key);

        var name = target.HostKeyAlias ?? target.Host;
        var signed = KnownHosts.TypeOf(certificate.Signature);
        var why = certificate.Type != Certificate.CertificateType.Host ? "it is not that of a host"
            : certificate.CriticalOptions.Count > 0 ? $"it asks for '{certificate.CriticalOptions.Keys.First()}', which is not known"
            : signed == "ssh-rsa" || TypeOf(signed) != KnownHosts.TypeOf(authority) ? $"it is signed with '{signed}'"
            : !certificate.ValidPrincipals.Any(p => FileSystemName.MatchesSimpleExpression(p, name.ToLowerInvariant(), ignoreCase: false))
                ? $"it is for {(certificate.ValidPrincipals.Count == 0 ? "nobody" : string.Join(", ", certificate.ValidPrincipals))} and not for '{name}'"
            : null;
        return why is null ? null : Unfit(certificate, why);
    }

    private SourceException Unfit(Certificate certificate, string why) => new(
        SourceFailure.HostKeyUnknown,
        target.Name,
        $"{target.Name}: {Place} shows a host certificate '{Printable(certificate.KeyId)}' of the authority {Shown(certificate.CertificateAuthorityKey)} that is not accepted: {why}.",
        $"Have the host's key signed anew (ssh-keygen -h -n NAMES), or connect by a name that the certificate is for, or set HostKeyAlias in the SSH configuration.");

    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    private static string Shown(byte[] key) => $"{KnownHosts.TypeOf(key)} {KnownHosts.Fingerprint(key)}";

    private SourceException Revoked(string shown, HostKeyFinding finding) => new(
        SourceFailure.HostKeyRevoked,
        target.Name,
        $"{target.Name}: {Place} shows the host key {shown}, which {finding.Place} marks as revoked, or its authority.",
        $"Do not connect: whoever holds the revoked key answers there. Give the {Role} a new host key.");

    private SourceException? Check(byte[] key)
    {
        var findings = _names.Select(name => _known.Find(name, key)).ToList();

        // what is known by the name alone may be another server at the usual port: its key is no reason to refuse this one's
        var finding = findings.Find(f => f.State == HostKeyState.Revoked)
            ?? (findings[0].State == HostKeyState.Unknown ? findings.Find(f => f.State == HostKeyState.Known) : null)
            ?? findings[0];
        if (finding.State == HostKeyState.Unknown && options.HostKeyPolicy == HostKeyPolicy.AcceptNew)
        {
            finding = _known.Add(_names[0], key);
        }

        var shown = Shown(key);
        var name = _names[0];
        return finding.State switch
        {
            HostKeyState.Known => null,
            HostKeyState.Revoked => Revoked(shown, finding),
            HostKeyState.Changed => new(
                SourceFailure.HostKeyChanged,
                target.Name,
                $"{target.Name}: {Place} shows the host key {shown}, but {finding.Place} knows another key for it. Someone may be in between.",
                $"If the {Role} was installed anew, compare the fingerprint on its console, then remove the old key: ssh-keygen -R '{name}' -f '{FileOf(finding)}'"),
            HostKeyState.OtherType => new(
                SourceFailure.HostKeyUnknown,
                target.Name,
                $"{target.Name}: {Place} shows the host key {shown}, but {finding.Place} knows the host by a key of another type only.",
                $"Compare the fingerprint on the {Role}'s console, then add the key: {Scan(name)}"),
            _ => new(
                SourceFailure.HostKeyUnknown,
                target.Name,
                $"{target.Name}: the host key of {Place} is not known: {shown}.",
                $"Compare the fingerprint on the {Role}'s console, then add the key: {Scan(name)}; or connect with -HostKeyPolicy AcceptNew."),
        };
    }

    private string Scan(string name) => target.Jumps.Count == 0
        ? $"ssh-keyscan -p {target.Port} {target.Host} >> '{_known.UserFile}' (filed as {name})"
        : $"what ssh-keyscan -p {target.Port} {target.Host} prints on the jump host {target.Jumps[^1].Name} goes to '{_known.UserFile}' (filed as {name})";

    private static string FileOf(HostKeyFinding finding) => finding.Place[..finding.Place.LastIndexOf(':')];
}
