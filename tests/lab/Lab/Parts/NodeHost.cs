using System.Globalization;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>A node: network, mount, UTS and PID namespaces with private folders (among them a copy of /etc), and the ways into them.</summary>
/// <param name="Cluster">The cluster that it is of.</param>
/// <param name="Plan">What it should be.</param>
/// <param name="Pid">Its PID 1, as the machine numbers it.</param>
internal sealed record NodeHost(ClusterPlan Cluster, NodePlan Plan, int Pid)
{
    /// <summary>The mode of a file that everybody may run.</summary>
    public const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    /// <summary>The name of a node's PID 1.</summary>
    public const string FirstProcess = "tini";

    // The first line opens the answer's file, and the second reads the number that the machine gives this shell,
    // before the mounts hide both. tini, which the shell becomes, reaps what commands leave behind.
    private const string Init = """
        exec 3>"$1"
        read -r pid rest </proc/self/stat
        echo "$2" >/proc/sys/kernel/hostname
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        for folder in /run /tmp /root /var/log /var/lib/cni; do
            mount -t tmpfs -o mode=755 tmpfs "$folder"
        done
        chmod 1777 /tmp
        chmod 700 /root
        mkdir -p /run/lock /run/netns /run/etc
        # what of the machine's own cannot be copied is no part of a node
        cp -a /etc/. /run/etc/ 2>/dev/null || true
        cd /run/etc
        rm -f hostname hosts resolv.conf
        echo "$2" >hostname
        echo "$3" >hosts
        : >resolv.conf
        if [ -n "$4" ]; then
            for tool in iptables ip6tables; do
                for part in "" -restore -save; do
                    ln -sf "/usr/sbin/$tool-$4$part" "alternatives/$tool$part"
                done
            done
        fi
        cd /
        mount --bind /run/etc /etc
        echo "$pid" >&3
        exec 3>&-
        exec tini -- sleep infinity
        """;

    /// <summary>Starts a node without any interface yet.</summary>
    public static async Task<NodeHost> StartAsync(StateFolder state, ClusterPlan cluster, NodePlan plan, CancellationToken cancellationToken)
    {
        var hosts = string.Join('\n', new[] { "127.0.0.1 localhost" }.Concat(cluster.Nodes.Select(n => $"{n.Address} {n.Name}")));
        var answer = state.File(plan.Name + ".pid");
        var log = state.File(plan.Name + ".log");
        string[] command =
        [
            "unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--kill-child",
            "sh", "-eu", "-c", Init, "sh", answer, plan.Name, hosts, Flavor(cluster),
        ];
        var parent = await Daemon.StartAsync(state.Path, log, command, cancellationToken);
        var pid = await Wait.ForAsync($"the start of {plan.Name}", TimeSpan.FromSeconds(10), async () =>
        {
            if (!Processes.Lives(parent))
                throw new LabException($"{plan.Name} did not start: {(await File.ReadAllTextAsync(log, cancellationToken)).Trim()}");
            return File.Exists(answer) && await File.ReadAllTextAsync(answer, cancellationToken) is [.., '\n'] text ? text : null;
        }, cancellationToken);
        return new NodeHost(cluster, plan, int.Parse(pid.AsSpan().Trim(), CultureInfo.InvariantCulture));
    }

    /// <summary>The commands that make a folder of the node its own: changes go to its memory, and not to the machine.</summary>
    public static string OverlayCommands(string folder) => $"""
        mkdir -p /run/overlay{folder}/upper /run/overlay{folder}/work
        mount -t overlay -o lowerdir={folder},upperdir=/run/overlay{folder}/upper,workdir=/run/overlay{folder}/work overlay {folder}
        """;

    /// <summary>Makes /var the node's own, where it needs folders there that the machine does not have.</summary>
    public Task OverlayVarAsync(CancellationToken cancellationToken) => RunAsync($"""
        [ ! -d /run/overlay/var ] || exit 0
        {OverlayCommands("/var")}
        for folder in /var/log /var/lib/cni; do
            mount -t tmpfs -o mode=755 tmpfs "$folder"
        done
        """, cancellationToken);

    private static string Flavor(ClusterPlan cluster) => cluster.Options.Iptables switch
    {
        IptablesFlavor.Legacy => "legacy",
        IptablesFlavor.Nft => "nft",
        _ => "",
    };

    /// <summary>Runs shell lines on the node, stopping at the first that fails.</summary>
    /// <exception cref="LabException">One failed.</exception>
    public Task<string> RunAsync(string script, CancellationToken cancellationToken) =>
        Command.RunAsync(Namespaces.Node(Pid, "sh", "-eu"), script, cancellationToken: cancellationToken);

    /// <summary>Starts a service of the node, with its output in the node's /var/log/NAME.log.</summary>
    public Task StartServiceAsync(string name, string command, CancellationToken cancellationToken) =>
        RunAsync($"setsid {command} </dev/null >/var/log/{name}.log 2>&1 &", cancellationToken);

    /// <summary>Writes a file on the node, with its folder.</summary>
    public void Write(string path, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead)
    {
        var here = $"/proc/{Pid}/root{path}";
        Directory.CreateDirectory(Path.GetDirectoryName(here)!);
        File.WriteAllText(here, text);
        File.SetUnixFileMode(here, mode);
    }

    /// <summary>Gives the node its address on the underlay and the sysctls of a node that forwards.</summary>
    public Task AddNetworkAsync(CancellationToken cancellationToken) => RunAsync($"""
        ip link set lo up
        ip addr add {Plan.Address}/24 brd + dev eth0
        ip link set eth0 up
        ip route add default via {Cluster.OutsideAddress}
        for conf in all default eth0 lo; do
            echo 0 >/proc/sys/net/ipv4/conf/$conf/rp_filter
        done
        # who sends redirects to a client counts them among the ICMP errors that it may get: refusals of a load balancer's address, which is
        # reached by the way that its packets came, would be left out
        echo 0 >/proc/sys/net/ipv4/conf/all/send_redirects
        echo 0 >/proc/sys/net/ipv4/conf/eth0/send_redirects
        echo 1 >/proc/sys/net/ipv4/ip_forward
        if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then
            echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
        fi
        """, cancellationToken);
}
