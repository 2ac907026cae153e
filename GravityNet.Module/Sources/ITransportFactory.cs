namespace GravityNet.Sources;

/// <summary>
/// Makes the live sources. Implemented by GravityNet.Transports, which is loaded into a private context by this interface alone.
/// </summary>
public interface ITransportFactory
{
    /// <summary>
    /// Finds out where and as whom to log in to each node: from the name as it was typed, the options, the SSH configuration file and the defaults, in this order.
    /// </summary>
    /// <param name="nodes">The nodes as the user names them: <c>host</c>, <c>user@host</c>, <c>host:port</c>, <c>[IPv6]:port</c>.</param>
    /// <param name="options">What was given explicitly.</param>
    /// <param name="onNote">Called with what is not taken over from the configuration file.</param>
    /// <returns>The targets, in the order of the nodes.</returns>
    /// <exception cref="SourceException">The configuration file cannot be read or understood.</exception>
    IReadOnlyList<SshTarget> Resolve(IReadOnlyList<string> nodes, SshOptions options, Action<string> onNote);

    /// <summary>
    /// Finds the key files that were named for a login, by the user or the configuration, and take a passphrase that nobody has given: a
    /// person can be asked for it before the nodes are connected to side by side. Nothing is sent to a node.
    /// </summary>
    /// <param name="targets">Where the logins will be.</param>
    /// <param name="options">What was given explicitly.</param>
    /// <param name="onNote">Called with keys, certificates and agents that will not be used, and why.</param>
    /// <param name="cancel">Ends the looking.</param>
    /// <returns>The files' paths.</returns>
    Task<IReadOnlyList<string>> FindLockedKeysAsync(
        IReadOnlyList<SshTarget> targets, SshOptions options, Action<string> onNote, CancellationToken cancel);

    /// <summary>
    /// Connects to a node over SSH.
    /// </summary>
    /// <exception cref="SourceException">The node cannot be reached, its key is refused, or the login is.</exception>
    Task<INodeShell> ConnectAsync(SshTarget target, SshOptions options, CancellationToken cancel);

    /// <summary>
    /// Opens etcd's stores. Nothing is sent before the first question.
    /// </summary>
    /// <param name="endpoints">Where it is asked.</param>
    /// <param name="tls">Certificate files for https, before those of an endpoint; null for those, else the machine's trusted authorities and no client certificate.</param>
    /// <exception cref="SourceException">A certificate file is missing or is not what it should be.</exception>
    ILeaseSource OpenEtcd(IReadOnlyList<EtcdEndpoint> endpoints, EtcdTlsFiles? tls = null);

    /// <summary>
    /// Opens the Kubernetes API with a kubeconfig, or as the service account of this process's pod. Nothing is sent before the first question.
    /// </summary>
    /// <param name="options">Which API, and as whom.</param>
    /// <param name="onWarning">Called with what the user should know before relying on it.</param>
    /// <exception cref="SourceException">A file is missing or is not what it should be, or this process runs in no pod.</exception>
    IClusterSource OpenKubernetes(KubeOptions options, Action<string> onWarning);

    /// <summary>
    /// Opens the Kubernetes API with a kubeconfig of a node, through connections that start there. The kubeconfig and the files that it names are
    /// read once and kept in memory alone; to the API nothing is sent before the first question.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="file">The kubeconfig's path on it.</param>
    /// <param name="options">The context and the times; the rest does not matter.</param>
    /// <param name="onWarning">Called with what the user should know before relying on it.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="SourceException">The file cannot be read or used from here.</exception>
    Task<IClusterSource> OpenKubernetesAsync(INodeShell node, string file, KubeOptions options, Action<string> onWarning, CancellationToken cancel);
}

/// <summary>A node to connect to.</summary>
/// <param name="Name">The name by which the node is spoken of.</param>
/// <param name="Host">Host name or address to connect to.</param>
/// <param name="Port">TCP port, 22 by default.</param>
/// <param name="User">Login name.</param>
public sealed record SshTarget(string Name, string Host, int Port, string User)
{
    /// <summary>Private key files that the configuration names for this host; empty for the usual ones. <see cref="SshOptions.KeyFile"/> takes their place.</summary>
    public IReadOnlyList<string> KeyFiles { get; init; } = [];

    /// <summary>User certificates that the configuration names for this host, beside those that lie by a key file.</summary>
    public IReadOnlyList<string> CertificateFiles { get; init; } = [];

    /// <summary>The ssh-agent to ask for keys: its Unix socket, or a named pipe of Windows; null for none.</summary>
    public string? Agent { get; init; }

    /// <summary>Whether keys of the agent that belong to no key file are left alone (ssh's <c>IdentitiesOnly</c>).</summary>
    public bool IdentitiesOnly { get; init; }

    /// <summary>
    /// known_hosts files that the configuration names for this host; empty for the usual one. <see cref="SshOptions.KnownHostsFile"/> takes their place.
    /// </summary>
    public IReadOnlyList<string> KnownHostsFiles { get; init; } = [];

    /// <summary>The system's known_hosts files that the configuration names; null for the usual ones.</summary>
    public IReadOnlyList<string>? GlobalKnownHostsFiles { get; init; }

    /// <summary>The name that the host's key is filed under and its certificate made out to; null for that of the host.</summary>
    public string? HostKeyAlias { get; init; }

    /// <summary>The ways to log in and their order, by SSH's names (<c>publickey</c>, <c>password</c>, <c>keyboard-interactive</c>); null for the usual.</summary>
    public IReadOnlyList<string>? Authentications { get; init; }

    /// <summary>Time for the connection to be made; null for the usual. <see cref="SshOptions.ConnectTimeout"/> takes its place.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Time after which something is sent over a silent connection; null for the usual.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>The hosts on the way, the nearest to here first; empty where the node is connected to directly.</summary>
    public IReadOnlyList<SshTarget> Jumps { get; init; } = [];

    /// <summary>Whether this host is on the way to a node: it gets keys offered, and never the node's password.</summary>
    public bool IsJump { get; init; }
}

/// <summary>How to connect.</summary>
public sealed record SshOptions
{
    /// <summary>The value of <see cref="ConfigFile"/> that reads no file.</summary>
    public const string NoConfigFile = "none";

    /// <summary>An SSH configuration file; null for the user's <c>~/.ssh/config</c>, <see cref="NoConfigFile"/> for none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The login's name for nodes that are named without one; null for the configuration's, then root.</summary>
    public string? User { get; init; }

    /// <summary>Hosts to go through, the nearest to here first; null for the configuration's, empty for none.</summary>
    public IReadOnlyList<string>? JumpHosts { get; init; }

    /// <summary>A private key file; null for none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The key's passphrase, or the login's password where there is no key; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Passphrases of encrypted key files, by path as <see cref="ITransportFactory.FindLockedKeysAsync"/> gives it.</summary>
    public IReadOnlyDictionary<string, string> Passphrases { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether what runs on a node runs under its sudo. Jump hosts run nothing.</summary>
    public bool Sudo { get; init; }

    /// <summary>What sudo is told when it asks for a password; null for the password of the login, where that has one.</summary>
    public string? SudoPassword { get; init; }

    /// <summary>What to do with a host key that is not known.</summary>
    public HostKeyPolicy HostKeyPolicy { get; init; }

    /// <summary>The known_hosts file; null for the configuration's, then the user's <c>~/.ssh/known_hosts</c> and the system's <c>/etc/ssh/ssh_known_hosts</c>.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>Time for the connection to be made; null for the configuration's, then 15 seconds.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Time for the connection to a host to be made, as the options, the configuration or the default have it.</summary>
    public TimeSpan TimeFor(SshTarget target) => ConnectTimeout ?? target.ConnectTimeout ?? TimeSpan.FromSeconds(15);
}

/// <summary>What to do with a host key that is not in known_hosts. A changed key is refused under either.</summary>
public enum HostKeyPolicy
{
    /// <summary>Refuse it.</summary>
    Strict,

    /// <summary>Accept it and write it to known_hosts (OpenSSH's <c>accept-new</c>).</summary>
    AcceptNew,
}
