using System.Management.Automation;
using GravityNet.Cmdlets.Loading;
using GravityNet.Connecting;
using GravityNet.Overlay;
using GravityNet.Sources;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Connect-GravityCluster</c>: opens a cluster, live over SSH or from a snapshot, says what it found, and makes it the runspace's current connection.
/// </summary>
[Cmdlet(VerbsCommunications.Connect, "GravityCluster", DefaultParameterSetName = "Live")]
[OutputType(typeof(GravityCluster))]
public sealed class ConnectGravityClusterCommand : WorkerCmdlet
{
    /// <summary>The nodes: host names or addresses, <c>user@host</c> and <c>host:port</c> too.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string[] Node { get; set; } = [];

    /// <summary>
    /// Connects to the cluster's other nodes too: those that Kubernetes, flannel's leases and <c>gravity status</c> on the nodes know. The login is that of the nodes given.
    /// </summary>
    [Parameter(ParameterSetName = "Live")]
    public SwitchParameter Discover { get; set; }

    /// <summary>The login's name; that of the SSH configuration or root unless given here, with the node or in -Credential.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? User { get; set; }

    /// <summary>A private key file; the usual ones of <c>~/.ssh</c> unless given.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? KeyFile { get; set; }

    /// <summary>User name and password; with -KeyFile the password is the key's passphrase.</summary>
    [Parameter(ParameterSetName = "Live")]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Runs everything on the nodes under sudo, for logins that are not root.</summary>
    [Parameter(ParameterSetName = "Live")]
    public SwitchParameter Sudo { get; set; }

    /// <summary>The password that sudo asks for; that of -Credential unless given. Its user name is of no meaning.</summary>
    [Parameter(ParameterSetName = "Live")]
    [Credential]
    public PSCredential? SudoCredential { get; set; }

    /// <summary>etcd's client URLs, <c>http://192.168.33.11:2379</c>, reached from here; with -EtcdNode as those nodes see them.</summary>
    [Parameter(ParameterSetName = "Live")]
    public Uri[] Etcd { get; set; } = [];

    /// <summary>The nodes to ask etcd through, over SSH; unless given and without -Etcd, those that etcd is found on.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string[] EtcdNode { get; set; } = [];

    /// <summary>PEM file of the authorities that etcd's certificate is checked against; those that the machine trusts unless given.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? EtcdCaFile { get; set; }

    /// <summary>PEM file of the client certificate for etcd.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? EtcdCertFile { get; set; }

    /// <summary>PEM file of the client certificate's private key; it is looked for in -EtcdCertFile unless given.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? EtcdKeyFile { get; set; }

    /// <summary>The home to read flannel's leases from; Auto reads all that are reached and compares them.</summary>
    [Parameter]
    public LeaseSource LeaseSource { get; set; }

    /// <summary>kubeconfig files, merged as kubectl merges them; with -KubeContext those of KUBECONFIG or <c>~/.kube/config</c> unless given.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string[]? KubeConfig { get; set; }

    /// <summary>A context of the kubeconfig; its current one unless given.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? KubeContext { get; set; }

    /// <summary>Asks the Kubernetes API as the service account of the pod that this runs in.</summary>
    [Parameter(ParameterSetName = "Live")]
    public SwitchParameter InCluster { get; set; }

    /// <summary>The connected node to reach the Kubernetes API through, <c>none</c> for no API; without any of these parameters the first that leads there.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? KubeNode { get; set; }

    /// <summary>Strict refuses a host whose key is not known; AcceptNew writes it to known_hosts. A changed key is refused under either.</summary>
    [Parameter(ParameterSetName = "Live")]
    public HostKeyPolicy HostKeyPolicy { get; set; } = HostKeyPolicy.Strict;

    /// <summary>The known_hosts file; <c>~/.ssh/known_hosts</c> and the system's unless given.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? KnownHostsFile { get; set; }

    /// <summary>Hosts to go through, <c>user@host:port</c>, the nearest to here first; those of the SSH configuration unless given, <c>none</c> for none.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string[]? JumpHost { get; set; }

    /// <summary>An SSH configuration file; <c>~/.ssh/config</c> unless given, <c>none</c> for none.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? SshConfigFile { get; set; }

    /// <summary>How many nodes are asked at a time.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>Seconds for a connection to be made and, apart from that, for one asking to be answered.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateRange(1, 3600)]
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>A snapshot: a folder, or a .tar, .tar.gz or .zip of one, or the archive of <c>gravity report</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Snapshot")]
    [ValidateNotNullOrEmpty]
    public string? Snapshot { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        GravityCluster? cluster = null;
        IReadOnlyList<FailedNode> failures = [];
        if (Snapshot is not null)
        {
            cluster = OpenSnapshot(Path(Snapshot));
        }
        else
        {
            var options = Options();
            var transports = TransportLoader.Get();
            var targets = Resolve(transports, options.Ssh);
            options = options with { Ssh = options.Ssh with { Passphrases = AskPassphrases(transports, targets, options.Ssh) } };
            Run(async (writer, cancel) =>
            {
                var opener = new ClusterOpener(transports, options, writer);
                cluster = await opener.OpenAsync(targets, cancel).ConfigureAwait(false);
                failures = opener.Failures;
            });
        }

        if (cluster is null)
        {
            ThrowTerminatingError(Errors.NoneConnected(failures));
            return;
        }

        try
        {
            Run((writer, cancel) => ClusterOpener.DescribeAsync(cluster, writer, cancel));
        }
        catch
        {
            _ = cluster.DisposeAsync().AsTask();
            throw;
        }

        Connections.Of(this).Add(cluster);
        WriteObject(cluster);
    }

    // asked for once, before the nodes are connected to side by side: workers cannot prompt
    private Dictionary<string, string> AskPassphrases(ITransportFactory transports, IReadOnlyList<SshTarget> targets, SshOptions options)
    {
        IReadOnlyList<string> locked = [];
        Run(async (writer, cancel) => locked = await transports.FindLockedKeysAsync(targets, options, writer.Verbose, cancel).ConfigureAwait(false));
        var passphrases = new Dictionary<string, string>();
        foreach (var file in locked)
        {
            if (Passphrases.Ask(Host, file) is { } passphrase) passphrases.Add(file, passphrase);
            else if (file == options.KeyFile) ThrowTerminatingError(Errors.From(Passphrases.Missing(file)));
        }

        return passphrases;
    }

    private OpeningOptions Options() => new()
    {
        Ssh = new()
        {
            ConfigFile = SshConfigFile is null or SshOptions.NoConfigFile ? SshConfigFile : Path(SshConfigFile),
            User = User ?? (Credential?.UserName is { Length: > 0 } name ? name.TrimStart('\\') : null),
            JumpHosts = JumpHost is ["none"] ? [] : JumpHost?.SelectMany(hosts => hosts.Split(',', StringSplitOptions.TrimEntries)).ToList(),
            KeyFile = PathOrNull(KeyFile),
            Password = Credential?.GetNetworkCredential().Password,
            Sudo = Sudo || SudoCredential is not null,
            SudoPassword = SudoCredential?.GetNetworkCredential().Password,
            HostKeyPolicy = HostKeyPolicy,
            KnownHostsFile = PathOrNull(KnownHostsFile),
            ConnectTimeout = TimeoutSeconds < 15 ? TimeSpan.FromSeconds(TimeoutSeconds) : null,
        },
        Typed = Node,
        Discover = Discover,
        Etcd = Etcd,
        EtcdNodes = EtcdNode,
        EtcdTls = TlsFiles(),
        LeaseSource = LeaseSource,
        Kube = Kube(),
        Throttle = ThrottleLimit,
        Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
    };

    // the files are read before anybody is connected to: a mistyped name is told at once
    private EtcdTlsFiles? TlsFiles()
    {
        if (EtcdCaFile is null && EtcdCertFile is null && EtcdKeyFile is null) return null;
        if (EtcdKeyFile is not null && EtcdCertFile is null)
        {
            const string Message = "-EtcdKeyFile is of no use without -EtcdCertFile.";
            ThrowTerminatingError(Errors.Create(new ArgumentException(Message), "EtcdFilesIncomplete", ErrorCategory.InvalidArgument, "-EtcdCertFile", Message, "Give -EtcdCertFile too."));
        }

        return new(PathOrNull(EtcdCaFile), PathOrNull(EtcdCertFile), PathOrNull(EtcdKeyFile));
    }

    // a kubeconfig of this machine may be another cluster's: it is used only when it is asked for
    private KubeOptions? Kube()
    {
        var files = KubeConfig?.Select(Path).ToList();
        if ((InCluster && (files ?? (object?)KubeContext ?? KubeNode) is not null) || (KubeNode is not null && files is not null))
        {
            const string Message = "-InCluster, -KubeNode and -KubeConfig are three ways to the Kubernetes API, and -KubeContext is of no use with -InCluster.";
            ThrowTerminatingError(Errors.Create(new ArgumentException(Message), "KubernetesLoginAmbiguous", ErrorCategory.InvalidArgument, Node, Message, "Give one of them."));
        }

        if (files?.Find(f => !File.Exists(f)) is { } missing)
        {
            var message = $"The kubeconfig '{missing}' does not exist.";
            ThrowTerminatingError(Errors.Create(new FileNotFoundException(message, missing), "KubeConfigNotFound", ErrorCategory.ObjectNotFound, missing, message, "Give the path of a kubeconfig, or leave -KubeConfig out: then one on a node is looked for."));
        }

        return files is null && KubeContext is null && KubeNode is null && !InCluster
            ? null
            : new() { ConfigFiles = files ?? [], Context = KubeContext, InCluster = InCluster, Node = KubeNode, Timeout = TimeSpan.FromSeconds(TimeoutSeconds) };
    }

    private string? PathOrNull(string? path) => path is null ? null : Path(path);

    private string Path(string path) => Paths.Resolve(this, path);

    private GravityCluster? OpenSnapshot(string path)
    {
        GravityCluster? cluster = null;
        Run((writer, cancel) =>
        {
            cluster = SavedCluster.Open(path, LeaseSource, writer, cancel);
            return Task.CompletedTask;
        });
        return cluster;
    }

    private IReadOnlyList<SshTarget> Resolve(ITransportFactory transports, SshOptions options)
    {
        try
        {
            return transports.Resolve([.. Node.Distinct(StringComparer.OrdinalIgnoreCase)], options, WriteVerbose);
        }
        catch (SourceException e)
        {
            ThrowTerminatingError(Errors.From(e));
            return [];
        }
    }
}
