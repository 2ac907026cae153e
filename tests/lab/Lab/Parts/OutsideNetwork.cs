using System.Globalization;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>
/// The network namespace where the client and the underlay live, so that the machine's own networks stay as they are.
/// A sleeping process holds it.
/// </summary>
internal static class OutsideNetwork
{
    private const string Bridge = "underlay";

    /// <summary>The process that holds the namespace; makes the namespace where there is none.</summary>
    public static async Task<int> EnsureAsync(StateFolder state, CancellationToken cancellationToken)
    {
        if (Holder(state) is { } existing)
            return existing;
        Directory.CreateDirectory(state.Path);
        var log = state.File("outside.log");
        var pid = await Daemon.StartAsync(state.Path, log, ["unshare", "--net", "sleep", "infinity"], cancellationToken);
        await Wait.ForAsync("the outside namespace", TimeSpan.FromSeconds(5), async () =>
        {
            if (!Processes.Lives(pid))
                throw new LabException($"no network namespace can be made here: {(await File.ReadAllTextAsync(log, cancellationToken)).Trim()}");
            return Processes.Name(pid) == "sleep" ? "there" : null;
        }, cancellationToken);
        await Command.RunAsync(Namespaces.Network(pid, "ip", "link", "set", "lo", "up"), cancellationToken: cancellationToken);
        await File.WriteAllTextAsync(state.OutsidePid, pid.ToString(CultureInfo.InvariantCulture), cancellationToken);
        return pid;
    }

    /// <summary>The process that holds the namespace, or null.</summary>
    public static int? Holder(StateFolder state) =>
        File.Exists(state.OutsidePid)
        && int.TryParse(File.ReadAllText(state.OutsidePid), CultureInfo.InvariantCulture, out var pid)
        && Processes.Owned(state.Path).Contains(pid)
            ? pid
            : null;

    /// <summary>Makes the underlay bridge with the client's address.</summary>
    public static Task AddUnderlayAsync(int outsidePid, ClusterPlan cluster, CancellationToken cancellationToken) =>
        Command.RunAsync(Namespaces.Network(outsidePid, "sh", "-eu"), $"""
            ip link add {Bridge} type bridge
            ip addr add {cluster.OutsideAddress}/24 brd + dev {Bridge}
            ip link set {Bridge} up
            {RouteCommands(cluster)}
            """, cancellationToken: cancellationToken);

    /// <summary>Plugs a node's eth0 into the underlay.</summary>
    public static Task PlugAsync(int outsidePid, NodePlan node, int nodePid, CancellationToken cancellationToken) =>
        Command.RunAsync(Namespaces.Network(outsidePid, "sh", "-eu"), $"""
            ip link add {node.Name} type veth peer name eth0 netns {nodePid}
            ip link set {node.Name} master {Bridge} up
            """, cancellationToken: cancellationToken);

    /// <summary>Plugs another network namespace into the underlay, with the second client's address.</summary>
    /// <param name="outsidePid">The process that holds the outside namespace.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="pid">A process in the other namespace.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task JoinAsync(int outsidePid, ClusterPlan cluster, int pid, CancellationToken cancellationToken)
    {
        var name = "lab" + cluster.OutsideAddress.Split('.')[2];
        await Command.RunAsync(Namespaces.Network(outsidePid, "sh", "-eu"), $"""
            ip link add client type veth peer name {name} netns {pid}
            ip link set client master {Bridge} up
            """, cancellationToken: cancellationToken);
        await Command.RunAsync(Namespaces.Network(pid, "sh", "-eu"), $"""
            ip addr add {cluster.SecondClientAddress}/24 brd + dev {name}
            ip link set {name} up
            {RouteCommands(cluster)}
            """, cancellationToken: cancellationToken);
    }

    private static string RouteCommands(ClusterPlan cluster) =>
        string.Join('\n', cluster.RoutedAddresses.Select(a => $"ip route add {a}/32 via {cluster.Nodes[0].Address}"));

    /// <summary>Takes the underlay and its firewall away, also from under a process that still uses the namespace.</summary>
    public static Task RemoveUnderlayAsync(int outsidePid) =>
        Command.TryAsync(Namespaces.Network(outsidePid, "sh"), $"ip link del {Bridge}; iptables -F; iptables -t raw -F");
}
