using System.Globalization;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>A host of its own on the underlay with a real sshd, and a firewall that lets nobody else to the SSH port of the node behind it.</summary>
internal static class JumpHost
{
    /// <summary>Its name.</summary>
    public const string Name = "bastion";

    private const int Port = 2222;

    private static readonly LoginStatus User = new("jump", null, SudoRight.None);

    /// <summary>Starts it.</summary>
    /// <param name="state">The lab's folder.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="outsidePid">The process that holds the outside namespace, which has the underlay.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How to reach it, and the line for the client's known_hosts file.</returns>
    public static async Task<(JumpHostStatus Status, string KnownHost)> StartAsync(
        StateFolder state, ClusterPlan cluster, int outsidePid, CancellationToken cancellationToken)
    {
        var plan = new NodePlan(Name, cluster.JumpHostAddress, "");
        var host = await NodeHost.StartAsync(state, cluster, plan, cancellationToken);
        await OutsideNetwork.PlugAsync(outsidePid, plan, host.Pid, cancellationToken);
        await host.AddNetworkAsync(cancellationToken);
        await Accounts.AddAsync(host, [User], cancellationToken);
        // the client's own packets, and those that the underlay's bridge carries
        var behind = cluster.Nodes.Single(n => n.Name == cluster.Options.Jump).Address;
        await Command.RunAsync(Namespaces.Network(outsidePid, "sh", "-eu"), $"""
            iptables -A OUTPUT -d {behind} -p tcp --dport 22 -j DROP
            iptables -t raw -A PREROUTING ! -s {plan.Address} -d {behind} -p tcp --dport 22 -j DROP
            """, cancellationToken: cancellationToken);
        var key = await SshServer.StartAsync(state, host, [User], Port, cancellationToken);
        return (new JumpHostStatus(plan.Address, Port, User.User), key);
    }

    /// <summary>The same as ssh takes it for -J.</summary>
    public static string Destination(JumpHostStatus host) => string.Create(CultureInfo.InvariantCulture, $"{host.User}@{host.Address}:{host.Port}");
}
