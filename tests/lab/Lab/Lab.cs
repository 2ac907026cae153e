using System.Diagnostics;
using System.Text.Json;
using GravityNet.Labs.Api;
using GravityNet.Labs.Faults;
using GravityNet.Labs.Parts;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs;

/// <summary>
/// A real three-node cluster with a flannel VXLAN overlay on one Linux machine: namespaces instead of machines, everything else
/// as on them. Needs root. Two labs with two state folders live side by side; the machine's own networks are not touched.
/// </summary>
public sealed class Lab
{
    /// <summary>The folder for the lab's files unless told otherwise.</summary>
    public const string DefaultStateDirectory = "/run/gravitynet-lab";

    /// <summary>The environment variable that names another folder.</summary>
    public const string StateVariable = "GRAVITYNET_LAB_STATE";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly IReadOnlyList<LoginStatus> Root = [new("root", null, SudoRight.None)];

    private Lab(LabStatus status) => Status = status;

    /// <summary>What runs, and how to reach it.</summary>
    public LabStatus Status { get; }

    /// <summary>The status as JSON, as `lab status` prints it.</summary>
    public string StatusJson => JsonSerializer.Serialize(Status, Json);

    /// <summary>The names of all faults.</summary>
    public static IReadOnlyList<string> FaultNames => [.. FaultTable.All.Select(f => f.Name)];

    /// <summary>Starts a lab, after removing what an earlier one left in the same state folder.</summary>
    /// <param name="stateDirectory">The folder for its files, or null for the default one.</param>
    /// <param name="options">How it differs from the default one, or null for not at all.</param>
    /// <param name="report">Gets a line for each stage.</param>
    /// <param name="cancellationToken">Gives up and removes what was made.</param>
    /// <returns>The lab, in which pods ping, resolve and fetch across nodes.</returns>
    /// <exception cref="LabException">It could not be started; nothing is left of it.</exception>
    public static async Task<Lab> UpAsync(
        string? stateDirectory = null, LabOptions? options = null, Action<string>? report = null, CancellationToken cancellationToken = default)
    {
        var state = Folder(stateDirectory);
        if (!Environment.IsPrivilegedProcess || !OperatingSystem.IsLinux())
            throw new LabException("the lab needs Linux and root: it makes network namespaces");
        SystemPackages.Require();
        await Leftovers.RemoveAsync(state, keepOutside: true);
        var hadOutside = OutsideNetwork.Holder(state) is not null;
        try
        {
            return await StartAsync(state, options ?? new LabOptions(), report ?? (_ => { }), cancellationToken);
        }
        catch
        {
            await Leftovers.RemoveAsync(state, keepOutside: hadOutside);
            throw;
        }
    }

    /// <summary>The running lab of a state folder, or null when there is none.</summary>
    public static Lab? Find(string? stateDirectory = null)
    {
        var state = Folder(stateDirectory);
        if (!File.Exists(state.Status))
            return null;
        var status = JsonSerializer.Deserialize<LabStatus>(File.ReadAllText(state.Status), Json)!;
        return status.Nodes.All(n => Processes.Name(n.Pid) == NodeHost.FirstProcess) ? new Lab(status) : null;
    }

    /// <summary>The running lab of a state folder.</summary>
    /// <exception cref="LabException">There is none; the message says how to start it.</exception>
    public static Lab Open(string? stateDirectory = null) =>
        Find(stateDirectory) ?? throw new LabException($"no lab runs in {Folder(stateDirectory).Path}; 'lab up' starts it");

    /// <summary>Removes a lab and everything that a crashed one left.</summary>
    /// <param name="stateDirectory">Its folder, or null for the default one.</param>
    /// <returns>What could not be removed; empty when nothing is left.</returns>
    public static async Task<IReadOnlyList<string>> DownAsync(string? stateDirectory = null)
    {
        var state = Folder(stateDirectory);
        await Leftovers.RemoveAsync(state, keepOutside: false);
        return await Leftovers.FindAsync(state);
    }

    /// <summary>What a lab has on the machine, one line a thing: nothing after <see cref="DownAsync"/>.</summary>
    public static Task<IReadOnlyList<string>> FindTracesAsync(string? stateDirectory = null) => Leftovers.FindAsync(Folder(stateDirectory));

    /// <summary>The process that holds the outside network namespace, which is made where there is none.</summary>
    public static Task<int> EnsureOutsideAsync(string? stateDirectory = null, CancellationToken cancellationToken = default) =>
        OutsideNetwork.EnsureAsync(Folder(stateDirectory), cancellationToken);

    /// <summary>Breaks or heals something.</summary>
    /// <param name="name">One of <see cref="FaultNames"/>.</param>
    /// <param name="isOn">Whether it should be broken.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">There is no such fault, or it could not be done.</exception>
    public Task FaultAsync(string name, bool isOn, CancellationToken cancellationToken = default)
    {
        var fault = FaultTable.Get(name);
        var scene = new FaultScene(Status);
        return isOn ? fault.BreakAsync(scene, cancellationToken) : fault.HealAsync(scene, cancellationToken);
    }

    /// <summary>Runs a command in all namespaces of a node.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="command">The program and its arguments; no shell reads them.</param>
    /// <param name="input">Text for its standard input, or null for none.</param>
    /// <param name="limit">How long it may take; 20 s unless told otherwise, then the exit code is 124.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<CommandResult> OnNodeAsync(
        string node, IReadOnlyList<string> command, string? input = null, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        Command.TryAsync(Namespaces.Node(Status.Node(node).Pid, [.. command]), input, limit, cancellationToken);

    /// <summary>Runs a command in the namespaces of a pod.</summary>
    /// <param name="pod">The pod's name.</param>
    /// <param name="command">The program and its arguments; no shell reads them.</param>
    /// <param name="input">Text for its standard input, or null for none.</param>
    /// <param name="limit">How long it may take; 20 s unless told otherwise, then the exit code is 124.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<CommandResult> InPodAsync(
        string pod, IReadOnlyList<string> command, string? input = null, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        Command.TryAsync(Namespaces.Pod(Status.Pod(pod).HostPid, [.. command]), input, limit, cancellationToken);

    /// <summary>Runs a command in the outside network namespace.</summary>
    /// <param name="command">The program and its arguments; no shell reads them.</param>
    /// <param name="input">Text for its standard input, or null for none.</param>
    /// <param name="limit">How long it may take; 20 s unless told otherwise, then the exit code is 124.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<CommandResult> OutsideAsync(
        IReadOnlyList<string> command, string? input = null, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        Command.TryAsync(Namespaces.Network(Status.OutsidePid, [.. command]), input, limit, cancellationToken);

    /// <summary>Does something in the network namespace of a process: sockets that it makes are that namespace's, as if a process there had made them.</summary>
    /// <param name="hostPid">The process, as the machine numbers it: a pod's, a node's, or the one that holds the outside namespace.</param>
    /// <param name="work">What to do; it gets a thread of its own.</param>
    /// <exception cref="LabException">The namespace cannot be entered.</exception>
    public static Task<T> InNetworkAsync<T>(int hostPid, Func<T> work) => NetworkThread.RunAsync(hostPid, work);

    /// <summary>Lets the processes of another network namespace reach the nodes by their addresses, as those of the outside namespace do.</summary>
    /// <param name="pid">A process in that namespace.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task JoinAsync(int pid, CancellationToken cancellationToken = default) =>
        OutsideNetwork.JoinAsync(Status.OutsidePid, new ClusterPlan(Status.Options), pid, cancellationToken);

    /// <summary>The command line that enters all namespaces of a node.</summary>
    internal string[] NodeCommand(string node, params ReadOnlySpan<string> command) => Namespaces.Node(Status.Node(node).Pid, command);

    /// <summary>Serves the Kubernetes API of a lab until the process is ended.</summary>
    internal static Task ServeApiAsync() => new ApiServer(Folder(null)).RunAsync();

    private static StateFolder Folder(string? stateDirectory) =>
        new(Path.GetFullPath(stateDirectory ?? (Environment.GetEnvironmentVariable(StateVariable) is { Length: > 0 } named ? named : DefaultStateDirectory)));

    private static async Task<Lab> StartAsync(StateFolder state, LabOptions options, Action<string> report, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var startedAt = DateTimeOffset.UtcNow;
        void Done(string stage) => report($"{clock.Elapsed.TotalSeconds,5:0.0} s  {stage}");

        var cluster = new ClusterPlan(options);
        using var authority = new CertificateAuthority("gravitynet-lab-ca");
        var outside = await OutsideNetwork.EnsureAsync(state, ct);
        Leftovers.MakeCniFolder();
        // answers of a service on the same node come back over the bridge; without this module nobody translates them
        if (!Directory.Exists("/proc/sys/net/bridge"))
            await Command.TryAsync(["sh", "-c", "modprobe br_netfilter"], cancellationToken: ct);
        await OutsideNetwork.AddUnderlayAsync(outside, cluster, ct);
        await SshServer.MakeClientKeyAsync(state, ct);
        var hosts = await EachAsync(cluster.Nodes, async plan =>
        {
            var node = await NodeHost.StartAsync(state, cluster, plan, ct);
            await OutsideNetwork.PlugAsync(outside, plan, node.Pid, ct);
            await node.AddNetworkAsync(ct);
            return node;
        });
        var nodes = await EachAsync(hosts, host => host.Plan.Name == options.Planet ? Planet.StartAsync(host, ct) : Task.FromResult(host));
        var master = nodes[0];
        var etcdTls = options.EtcdTls ? await EtcdTls.WriteAsync(state, authority, hosts, ct) : null;
        await EtcdServer.StartAsync(master, ct);
        var jumpHost = options.Jump is null ? default : await JumpHost.StartAsync(state, cluster, outside, ct);
        var logins = await EachAsync(hosts, node => node.Plan.Name == options.SudoNode
            ? Accounts.AddAsync(node, Accounts.OfSudoNode(), ct)
            : Task.FromResult(Root));
        var hostKeys = await EachAsync(hosts.Zip(logins), n => SshServer.StartAsync(state, n.First, n.Second, SshServer.Port, ct));
        await File.WriteAllLinesAsync(state.KnownHosts, jumpHost.KnownHost is { } line ? [.. hostKeys, line] : hostKeys, ct);
        Done($"nodes with sshd: {string.Join(", ", nodes.Select(n => $"{n.Plan.Name} {n.Plan.Address}"))}");

        var leases = await EachAsync(nodes, async node =>
        {
            await Flannel.AddRulesAsync(node, ct);
            return new Lease(node.Plan.Subnet, node.Plan.Address, await Flannel.AddDeviceAsync(node, ct));
        });
        await EtcdServer.WaitAsync(master, ct);
        IReadOnlyList<Lease> stored = leases;
        var home = "the API";
        if (options.Leases != LeaseHome.Annotations)
        {
            var store = new LeaseStore(state, master);
            await store.PutConfigAsync(ct);
            foreach (var lease in leases)
                await store.PutAsync(lease, ct);
            stored = await store.ReadAsync(ct);
            home = "etcd";
        }

        await EachAsync(nodes, async node =>
        {
            foreach (var lease in stored.Where(l => l.PublicIp != node.Plan.Address))
                await Flannel.AddPeerAsync(node, lease, ct);
            return node;
        });
        Done($"{home} with {stored.Count} leases, and flannel.1 programmed from them");

        var pods = (await EachAsync(nodes, node => AddPodsAsync(node, ct))).SelectMany(p => p).ToList();
        var services = ServiceEndpoints.Join(cluster, [.. pods.Select(p => p.Pod)]);
        await EachAsync(nodes, async node =>
        {
            await KubeProxy.StartAsync(node, services, ct);
            return node;
        });
        Done($"{pods.Count} pods by CNI, {services.Count} services by iptables");

        await ApiHost.StartAsync(state, nodes, authority, new ApiObjects(cluster, startedAt, leases, [.. pods.Select(p => p.Pod)], services).ToJson(), ct);
        var status = new LabStatus
        {
            StateDirectory = state.Path,
            Options = options,
            StartedAt = startedAt,
            KeyFile = state.ClientKey,
            KnownHosts = state.KnownHosts,
            Etcd = EtcdServer.Url(master),
            EtcdTls = etcdTls,
            Api = ApiHost.Url(master.Plan),
            KubeConfig = state.KubeConfig,
            KubeConfigWithCertificate = state.KubeConfigWithCertificate,
            KubeConfigForNodes = state.KubeConfigForNodes,
            NodeKubeConfig = options.Planet == master.Plan.Name ? Planet.KubeConfig : ApiHost.AdminConfig,
            OutsidePid = outside,
            OutsideAddress = cluster.OutsideAddress,
            Nodes = [.. nodes.Select((n, i) => Describe(n, leases[i]) with { Logins = logins[i], LoginPid = hosts[i].Pid, JumpHost = n.Plan.Name == options.Jump ? jumpHost.Status : null })],
            Pods = Describe(pods),
            Services = [.. services.Select(Describe)],
        };
        await Task.WhenAll(Readiness.WaitAsync(status, ct), ApiHost.WaitAsync(state, master.Plan, outside, ct));
        await File.WriteAllTextAsync(state.Status, JsonSerializer.Serialize(status, Json), ct);
        Done($"ready: pods ping, resolve and fetch across nodes; API at {status.Api}");
        return new Lab(status);
    }

    private static async Task<IReadOnlyList<(PodHost Pod, int Pid)>> AddPodsAsync(NodeHost node, CancellationToken ct)
    {
        var pods = new List<(PodHost, int)>();
        foreach (var plan in node.Cluster.Pods.Where(p => p.Node == node.Plan.Name))
        {
            var pod = await PodNetwork.AddAsync(node, plan, ct);
            await PodNetwork.MapPortAsync(pod, ct);
            pods.Add((pod, await PodProcess.StartAsync(pod, ct)));
        }

        return pods;
    }

    private static NodeStatus Describe(NodeHost node, Lease lease) =>
        new(node.Plan.Name, node.Plan.Address, node.Plan.Subnet, node.Plan.VtepAddress, lease.VtepMac, node.Pid) { Logins = Root, LoginPid = node.Pid };

    private static List<PodStatus> Describe(IReadOnlyList<(PodHost Pod, int Pid)> pods)
    {
        var processes = pods.Select(p => p.Pod.Node).Distinct().ToDictionary(n => n, n => Processes.OfNode(n.Pid));
        return [.. pods.Select(p => Describe(p.Pod, p.Pid, processes[p.Pod.Node]))];
    }

    private static PodStatus Describe(PodHost pod, int pid, IReadOnlyDictionary<int, int> processes) => new(
        pod.Plan.Namespace,
        pod.Plan.Name,
        pod.Node.Plan.Name,
        pod.Ip,
        pid,
        processes.TryGetValue(pid, out var hostPid) ? hostPid : throw new LabException($"the process of {pod.Plan.Name} ended: {PodProcess.Log(pod)}"),
        pod.Mac,
        pod.HostInterface,
        pod.NetNs,
        pod.ContainerId,
        pod.Plan.App)
    {
        Condition = pod.Plan.Condition,
    };

    private static ServiceStatus Describe(ServiceEndpoints service) => new(
        service.Plan.Namespace, service.Plan.Name, service.Plan.ClusterIp, [.. service.Plan.Ports.Select(p => $"{p.Protocol}/{p.Port}")],
        service.Plan.Ports is [var first, ..] ? first.NodePort : null, service.ReadyAddresses)
    {
        HealthCheckNodePort = service.Plan.HealthCheckNodePort,
        ExternalName = service.Plan.ExternalName,
        LoadBalancerIp = service.Plan.LoadBalancerIp,
        ExternalIps = service.Plan.ExternalIps,
    };

    private static Task<TResult[]> EachAsync<T, TResult>(IEnumerable<T> items, Func<T, Task<TResult>> work) => Task.WhenAll(items.Select(work));
}
