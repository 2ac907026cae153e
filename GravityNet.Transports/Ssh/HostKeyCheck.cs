using GravityNet.Sources;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace GravityNet.Transports.Ssh;

/// <summary>
/// Decides on a host's key. SSH.NET trusts every key unless told otherwise, and asks on a thread of its own: nobody can be prompted there.
/// </summary>
internal sealed class HostKeyCheck(SshTarget target, SshOptions options)
{
    private readonly KnownHosts _known = KnownHosts.For(target, options);

    /// <summary>Why the key was refused; null while it was not.</summary>
    public SourceException? Failure { get; private set; }

    /// <summary>
    /// Asks the server for a key of a type that is known for the host, as ssh does: a host known by its ed25519 key would otherwise show
    /// its ECDSA key and look like a stranger. Host certificates are not asked for, since no authority is trusted here.
    /// </summary>
    public void PreferKnownTypes(ConnectionInfo info)
    {
        var types = KnownTypes();
        var algorithms = info.HostKeyAlgorithms
            .Where(a => !a.Key.Contains("-cert-", StringComparison.Ordinal))
            .OrderBy(a => types.Contains(TypeOf(a.Key)) ? 0 : 1)
            .ToList();
        info.HostKeyAlgorithms.Clear();
        foreach (var (name, make) in algorithms) info.HostKeyAlgorithms.Add(name, make);
    }

    /// <summary>The handler of <see cref="BaseClient.HostKeyReceived"/>.</summary>
    public void OnHostKeyReceived(object? sender, HostKeyEventArgs e)
    {
        // whatever goes wrong below, the key is not trusted by accident
        e.CanTrust = false;
        try
        {
            Failure = Check(e.HostKey);
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

    private IReadOnlyList<string> KnownTypes()
    {
        try
        {
            return _known.KnownTypes(target.Host, target.Port);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // told when the key is here to be compared
            return [];
        }
    }

    private string Place => $"{target.Host}:{target.Port}";

    private static string TypeOf(string algorithm) => algorithm.StartsWith("rsa-sha2-", StringComparison.Ordinal) ? "ssh-rsa" : algorithm;

    private SourceException? Check(byte[] key)
    {
        var finding = _known.Find(target.Host, target.Port, key);
        if (finding.State == HostKeyState.Unknown && options.HostKeyPolicy == HostKeyPolicy.AcceptNew)
        {
            finding = _known.Add(target.Host, target.Port, key);
        }

        var shown = $"{KnownHosts.TypeOf(key)} {KnownHosts.Fingerprint(key)}";
        var name = KnownHosts.NameOf(target.Host, target.Port);
        return finding.State switch
        {
            HostKeyState.Known => null,
            HostKeyState.Revoked => new(
                SourceFailure.HostKeyRevoked,
                target.Name,
                $"{target.Name}: {Place} shows the host key {shown}, which {finding.Place} marks as revoked.",
                "Do not connect: whoever holds the revoked key answers there. Give the node a new host key."),
            HostKeyState.Changed => new(
                SourceFailure.HostKeyChanged,
                target.Name,
                $"{target.Name}: {Place} shows the host key {shown}, but {finding.Place} knows another key for it. Someone may be in between.",
                $"If the node was installed anew, compare the fingerprint on its console, then remove the old key: ssh-keygen -R '{name}' -f '{FileOf(finding)}'"),
            HostKeyState.OtherType => new(
                SourceFailure.HostKeyUnknown,
                target.Name,
                $"{target.Name}: {Place} shows the host key {shown}, but {finding.Place} knows the host by a key of another type only.",
                $"Compare the fingerprint on the node's console, then add the key: {Scan(name)}"),
            _ => new(
                SourceFailure.HostKeyUnknown,
                target.Name,
                $"{target.Name}: the host key of {Place} is not known: {shown}.",
                $"Compare the fingerprint on the node's console, then add the key: {Scan(name)}; or connect with -HostKeyPolicy AcceptNew."),
        };
    }

    private string Scan(string name) => $"ssh-keyscan -p {target.Port} {target.Host} >> '{_known.UserFile}' (filed as {name})";

    private static string FileOf(HostKeyFinding finding) => finding.Place[..finding.Place.LastIndexOf(':')];
}
