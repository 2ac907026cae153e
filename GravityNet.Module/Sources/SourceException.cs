namespace GravityNet.Sources;

/// <summary>Why a source did not answer: the word that error ids and categories are made of.</summary>
public enum SourceFailure
{
    /// <summary>No connection: refused, no route, unknown name, or timed out before one was made.</summary>
    Unreachable,

    /// <summary>The login was refused, or a certificate: ours by the store, or the store's by us.</summary>
    AuthenticationFailed,

    /// <summary>The host's key is not known and the policy asks for known ones.</summary>
    HostKeyUnknown,

    /// <summary>The host's key is another than the known one. Always refused.</summary>
    HostKeyChanged,

    /// <summary>The host's key is marked as revoked. Always refused.</summary>
    HostKeyRevoked,

    /// <summary>An answer was begun or awaited and did not end in time.</summary>
    TimedOut,

    /// <summary>The connection died in the middle.</summary>
    ConnectionLost,

    /// <summary>The store answered that this caller may not read.</summary>
    Denied,

    /// <summary>The node's sudo did not run the command as root: it is missing, wants a password or refuses one, or forbids it.</summary>
    SudoRefused,

    /// <summary>An answer came that is not what the source should say.</summary>
    BadAnswer,
}

/// <summary>
/// A source (node, etcd, Kubernetes, snapshot) that did not answer. Says who, why, and what to do about it.
/// </summary>
public sealed class SourceException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="source">The node's name, or the store's place.</param>
    /// <param name="message">One sentence that names the source and what happened.</param>
    /// <param name="remedy">One sentence that says what to do.</param>
    /// <param name="inner">The cause.</param>
    public SourceException(SourceFailure failure, string source, string message, string remedy, Exception? inner = null)
        : base(message, inner)
    {
        Failure = failure;
        SourceName = source;
        Remedy = remedy;
    }

    /// <summary>Why.</summary>
    public SourceFailure Failure { get; }

    /// <summary>The node's name, or the store's place.</summary>
    public string SourceName { get; }

    /// <summary>What to do.</summary>
    public string Remedy { get; }
}
