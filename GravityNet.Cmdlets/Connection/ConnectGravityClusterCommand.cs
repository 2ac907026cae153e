using System.Management.Automation;
using GravityNet.Cmdlets.Loading;
using GravityNet.Overlay;
using GravityNet.Snapshots;
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

    /// <summary>etcd's client URLs, <c>http://192.168.33.11:2379</c>.</summary>
    [Parameter(ParameterSetName = "Live")]
    public Uri[] Etcd { get; set; } = [];

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

    /// <summary>A kubeconfig file.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? KubeConfig { get; set; }

    /// <summary>A context of the kubeconfig; its current one unless given.</summary>
    [Parameter(ParameterSetName = "Live")]
    [ValidateNotNullOrEmpty]
    public string? KubeContext { get; set; }

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

    /// <summary>A snapshot: a folder, or a .tar, .tar.gz or .zip of one.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Snapshot")]
    [ValidateNotNullOrEmpty]
    public string? Snapshot { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        GravityCluster? cluster = null;
        if (Snapshot is not null)
        {
            cluster = OpenSnapshot(Path(Snapshot));
        }
        else
        {
            var options = new SshOptions
            {
                ConfigFile = SshConfigFile is null or SshOptions.NoConfigFile ? SshConfigFile : Path(SshConfigFile),
                User = User ?? (Credential?.UserName is { Length: > 0 } name ? name.TrimStart('\\') : null),
                JumpHosts = JumpHost is ["none"] ? [] : JumpHost?.SelectMany(hosts => hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList(),
                KeyFile = KeyFile is null ? null : Path(KeyFile),
                Password = Credential?.GetNetworkCredential().Password,
                HostKeyPolicy = HostKeyPolicy,
                KnownHostsFile = KnownHostsFile is null ? null : Path(KnownHostsFile),
                ConnectTimeout = TimeSpan.FromSeconds(Math.Min(TimeoutSeconds, 15)),
            };
            var kubeConfig = KubeConfig is null ? null : Path(KubeConfig);
            var tls = TlsFiles();
            var targets = Resolve(options);
            Run(async (writer, cancel) => cluster = await OpenLiveAsync(targets, options, kubeConfig, tls, writer, cancel).ConfigureAwait(false));
        }

        if (cluster is null)
        {
            ThrowTerminatingError(Errors.Create(
                new InvalidOperationException("No node could be connected to."),
                "NoNodeConnected",
                ErrorCategory.ConnectionError,
                Node,
                "No node could be connected to.",
                "The errors above say why for each."));
            return;
        }

        try
        {
            Run((writer, cancel) => DescribeAsync(cluster, writer, cancel));
        }
        catch
        {
            _ = cluster.DisposeAsync().AsTask();
            throw;
        }

        Connections.Of(this).Add(cluster);
        WriteObject(cluster);
    }

    // the files are read before anybody is connected to: a mistyped name is told at once
    private EtcdTlsFiles? TlsFiles()
    {
        if (EtcdCaFile is null && EtcdCertFile is null && EtcdKeyFile is null) return null;
        var missing = Etcd.Length == 0 ? "-Etcd" : EtcdKeyFile is not null && EtcdCertFile is null ? "-EtcdCertFile" : null;
        if (missing is not null)
        {
            var message = $"The certificate files for etcd are of no use without {missing}.";
            ThrowTerminatingError(Errors.Create(new ArgumentException(message), "EtcdFilesIncomplete", ErrorCategory.InvalidArgument, missing, message, $"Give {missing} too."));
        }

        return new(EtcdCaFile is null ? null : Path(EtcdCaFile), EtcdCertFile is null ? null : Path(EtcdCertFile), EtcdKeyFile is null ? null : Path(EtcdKeyFile));
    }

    private string Path(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);

    private GravityCluster? OpenSnapshot(string path)
    {
        try
        {
            var snapshot = Snapshots.Snapshot.Open(path);
            // one node after the other: files are fast, and the order is the same each time
            return new GravityCluster(path, snapshot.Nodes, [snapshot], snapshot, throttle: 1, snapshot) { At = snapshot.TakenAt, LeaseSource = LeaseSource };
        }
        catch (SourceException e)
        {
            ThrowTerminatingError(Errors.From(e));
            return null;
        }
    }

    private IReadOnlyList<SshTarget> Resolve(SshOptions options)
    {
        try
        {
            return TransportLoader.Get().Resolve([.. Node.Distinct(StringComparer.OrdinalIgnoreCase)], options, WriteVerbose);
        }
        catch (SourceException e)
        {
            ThrowTerminatingError(Errors.From(e));
            return [];
        }
    }

    private async Task<GravityCluster?> OpenLiveAsync(
        IReadOnlyList<SshTarget> targets, SshOptions options, string? kubeConfig, EtcdTlsFiles? tls, PipelineWriter writer, CancellationToken cancel)
    {
        var transports = TransportLoader.Get();
        var leases = Etcd.Length > 0 ? transports.OpenEtcd(Etcd, tls) : null;
        IClusterSource? objects = null;
        try
        {
            objects = kubeConfig is null ? null : transports.OpenKubernetes(kubeConfig, KubeContext);
        }
        catch (SourceException e)
        {
            writer.Error(e);
        }

        var done = 0;
        var slots = new SemaphoreSlim(ThrottleLimit);
        var nodes = new List<LiveNode>();
        try
        {
            await Task.WhenAll(targets.Select(ConnectOneAsync)).ConfigureAwait(false);
        }
        catch
        {
            foreach (var node in nodes) await node.Shell!.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            slots.Dispose();
        }

        if (nodes.Count == 0) return null;
        foreach (var twins in nodes.GroupBy(n => n.Name).Where(g => g.Count() > 1))
        {
            writer.Warning($"{twins.Count()} of the addresses given are those of one node, {twins.Key}: it is asked once.");
            foreach (var twin in twins.Skip(1).ToList())
            {
                nodes.Remove(twin);
                await twin.Shell!.DisposeAsync().ConfigureAwait(false);
            }
        }

        nodes.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return new GravityCluster(nodes[0].Name, nodes, leases is null ? [] : [leases], objects, ThrottleLimit) { At = DateTimeOffset.UtcNow, LeaseSource = LeaseSource };

        async Task ConnectOneAsync(SshTarget target)
        {
            await slots.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                var shell = await transports.ConnectAsync(target, options, cancel).ConfigureAwait(false);
                var node = await IdentifyAsync(shell, target.Host, cancel).ConfigureAwait(false);
                lock (nodes) nodes.Add(node);
                writer.Verbose($"{node.Name}: connected to {target.User}@{target.Host}:{target.Port}{Way(target)}");
            }
            catch (SourceException e)
            {
                writer.Error(e);
            }
            finally
            {
                slots.Release();
                writer.Progress("Connecting", $"{Interlocked.Increment(ref done)} of {targets.Count}", done * 100 / targets.Count);
            }
        }
    }

    private static string Way(SshTarget target) =>
        target.Jumps.Count == 0 ? "" : " through " + string.Join(", ", target.Jumps.Select(j => $"{j.User}@{j.Host}:{j.Port}"));

    // What the node calls itself is what leases, Kubernetes and its colleagues call it; the address given may be that of another network.
    private async Task<LiveNode> IdentifyAsync(INodeShell shell, string host, CancellationToken cancel)
    {
        var timeout = TimeSpan.FromSeconds(TimeoutSeconds);
        try
        {
            var state = new NodeState(await new LiveNode(host, host, shell, timeout).CollectAsync(new("hostname", "ip-addr"), cancel).ConfigureAwait(false));
            var name = state.Facts.Get("hostname") is { Answered: true } answer && answer.Text.Trim() is { Length: > 0 } own ? own.Split('.')[0] : host;
            var device = VxlanFdb.DeviceOf(state);
            var address = device?.Vxlan?.Local is { Length: > 0 } local ? local : host;
            shell.Node = name;
            return new LiveNode(name, address, shell, timeout);
        }
        catch
        {
            await shell.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task DescribeAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel)
    {
        var stores = cluster.ReadStoresAsync(writer.Error, cancel);
        var states = new List<NodeState>();
        await foreach (var answer in cluster.AskAsync(cluster.Nodes, new("ip-addr", "ip-route", "subnet-env"), cancel).ConfigureAwait(false))
        {
            if (answer.State is { } state) states.Add(state);
            else if (answer.Problem is { } problem) writer.Error(problem);
        }

        var (leases, objects) = await stores.ConfigureAwait(false);
        foreach (var problem in leases.Problems) writer.Verbose(problem);
        ClusterOverview.Describe(cluster, states, leases, objects);
    }
}
