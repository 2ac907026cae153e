namespace GravityNet.Transports.Ssh.Config;

/// <summary>What a configuration says of one host, as it stands there: with its tokens. Null and empty where it says nothing.</summary>
internal sealed record SshHostSettings
{
    /// <summary>The name or address to connect to.</summary>
    public string? HostName { get; init; }

    /// <summary>The login's name.</summary>
    public string? User { get; init; }

    /// <summary>The TCP port.</summary>
    public int? Port { get; init; }

    /// <summary>Private key files, in the order in which they are tried.</summary>
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    /// <summary>Files of user certificates, in the order in which they are tried.</summary>
    public IReadOnlyList<string> CertificateFiles { get; init; } = [];

    /// <summary>The agent's socket, the name of a variable that holds it, or <c>none</c>.</summary>
    public string? IdentityAgent { get; init; }

    /// <summary>Whether keys of the agent that belong to no key file are left alone.</summary>
    public bool? IdentitiesOnly { get; init; }

    /// <summary>Files of known host keys; the first is the one that new keys go to.</summary>
    public IReadOnlyList<string> UserKnownHostsFiles { get; init; } = [];

    /// <summary>The system's files of known host keys.</summary>
    public IReadOnlyList<string> GlobalKnownHostsFiles { get; init; } = [];

    /// <summary>The name that the host's key is filed under.</summary>
    public string? HostKeyAlias { get; init; }

    /// <summary>What is done with host keys that are not known: <c>yes</c>, <c>ask</c>, <c>accept-new</c>, <c>no</c>.</summary>
    public string? StrictHostKeyChecking { get; init; }

    /// <summary>The ways to log in, separated by commas.</summary>
    public string? PreferredAuthentications { get; init; }

    /// <summary>Time for the connection to be made; zero for no limit.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Time after which a silent server is asked for a sign of life; zero for never.</summary>
    public TimeSpan? ServerAliveInterval { get; init; }

    /// <summary>The hosts on the way; <c>none</c> for none.</summary>
    public string? ProxyJump { get; init; }

    /// <summary>A command that makes the connection, which is not run here; <c>none</c> for none.</summary>
    public string? ProxyCommand { get; init; }
}
