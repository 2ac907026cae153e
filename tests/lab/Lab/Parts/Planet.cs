using System.Text.Json.Nodes;
using GravityNet.Labs.Api;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>
/// Gravity's master container on a node: mount and PID namespaces of its own, the network of the host. What Kubernetes needs (etcd, pods,
/// CNI, flannel and the tools for them) is in it; the host has sshd, few tools, and the commands `gravity` and `kubectl` that lead inside.
/// </summary>
internal static class Planet
{
    /// <summary>Where Gravity keeps keys and certificates on the host. In Planet the folder is <see cref="SecretsInside"/>.</summary>
    public const string Secrets = "/var/lib/gravity/secrets";

    /// <summary>Where Planet sees <see cref="Secrets"/>.</summary>
    public const string SecretsInside = "/var/state";

    /// <summary>The name of the cluster.</summary>
    public const string ClusterName = "lab.gravitynet.example";

    // what Planet's image brings and a host need not have
    private const string Hidden =
        "bridge brctl tcpdump etcd etcdctl conntrack conntrackd ethtool dig host kubectl ebtables* arptables* iptables* ip6tables* xtables* nft nfnl_osf";

    /// <summary>Planet's kubeconfig for its kubectl.</summary>
    public const string KubeConfig = "/etc/kubernetes/kubectl.kubeconfig";

    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string InitPid = "/run/planet/init.pid";

    private const string StatusFile = "/var/lib/gravity/status";

    // The second line reads the number that the host gives this shell, before Planet's own /proc hides it.
    private static readonly string Init = $$"""
        exec 3>{{InitPid}}
        read -r pid rest </proc/self/stat
        mount -t proc proc /proc
        mount --bind {{Secrets}} {{SecretsInside}}
        for folder in /run /tmp /root /var/log /var/lib/cni; do
            mount -t tmpfs -o mode=755 tmpfs "$folder"
        done
        chmod 1777 /tmp
        chmod 700 /root
        mkdir -p /run/lock /run/netns /run/etc
        cp -a /etc/. /run/etc/
        mount --bind /run/etc /etc
        echo "$pid" >&3
        exec 3>&-
        exec tini -- sleep infinity
        """;

    // Gravity 7's command line: flags stand before the command, which gets none of the caller's environment and a session of its own.
    // Like Gravity's, the process inside lives on when this one is killed.
    private static readonly string Gravity = $$"""
        #!/bin/sh
        fail() {
            printf '[ERROR]: %s\n' "$1" >&2
            exit 255
        }
        while [ "${1-}" = --debug ] || [ "${1-}" = --insecure ]; do shift; done
        case ${1-} in
            exec)
                shift
                tty=
                while :; do
                    case ${1-} in
                        -i | --interactive) ;;
                        -t | --tty | -it | -ti) tty=yes ;;
                        --) shift; break ;;
                        -*) fail "unknown flag '$1', try --help" ;;
                        *) break ;;
                    esac
                    shift
                done
                [ $# -gt 0 ] || fail "required argument 'command' not provided, try --help"
                [ "$(id -u)" -eq 0 ] || fail 'open /var/lib/gravity/local: permission denied'
                if [ -n "$tty" ]; then
                    [ -t 0 ] || fail 'error retrieving window size of tty: inappropriate ioctl for device'
                else
                    set -- setsid "$@"
                fi
                exec nsenter -t "$(cat {{InitPid}})" -m -p -- env -i PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin \
                    KUBECONFIG={{KubeConfig}} TERM=xterm LC_ALL=C.UTF-8 "$@"
                ;;
            status)
                shift
                [ "${1-}" != cluster ] || shift
                case "$*" in
                    --output=json | '--output json') format=json ;;
                    '' | --output=text | '--output text') format=text ;;
                    *) fail "unknown flag '$1', try --help" ;;
                esac
                cat {{StatusFile}}.$format 2>/dev/null || fail 'open /var/lib/gravity/local: permission denied'
                ;;
            *) fail "expected command but got '${1-}', try --help" ;;
        esac

        """;

    /// <summary>Starts Planet on a node and leaves on the host only what a host of Gravity has.</summary>
    /// <param name="host">The node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The node as Planet's processes see it.</returns>
    /// <exception cref="LabException">It did not start.</exception>
    public static async Task<NodeHost> StartAsync(NodeHost host, CancellationToken cancellationToken)
    {
        await host.OverlayVarAsync(cancellationToken);
        await host.RunAsync($"mkdir -p -m 700 {Secrets} {SecretsInside}\nmkdir -p /run/planet", cancellationToken);
        host.Write("/run/planet/init", Init);
        await host.StartServiceAsync("planet", "unshare --mount --pid --fork --kill-child sh -eu /run/planet/init", cancellationToken);
        var inside = await Wait.ForAsync($"the start of Planet on {host.Plan.Name}", TimeSpan.FromSeconds(10),
            () => Task.FromResult(Processes.NestedFirst(host.Pid, NodeHost.FirstProcess) is { } pid ? host with { Pid = pid } : null), cancellationToken);
        await host.RunAsync($"""
            {NodeHost.OverlayCommands("/usr/bin")}
            {NodeHost.OverlayCommands("/usr/sbin")}
            cd /usr/bin
            rm -f {Hidden}
            cd /usr/sbin
            rm -f {Hidden}
            """, cancellationToken);
        await inside.RunAsync($"{NodeHost.OverlayCommands("/usr/bin")}\nmv /usr/bin/etcdctl /usr/bin/etcdctl-cmd", cancellationToken);
        const UnixFileMode Program = Secret | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        inside.Write("/usr/bin/etcdctl", EtcdCtl(host, 2, "--key-file", "--cert-file", "--ca-file"), Program);
        inside.Write("/usr/bin/etcdctl3", EtcdCtl(host, 3, "--key", "--cert", "--cacert"), Program);
        host.Write("/usr/bin/gravity", Gravity, Program);
        if (File.Exists($"/proc/{inside.Pid}/root/usr/bin/kubectl"))
            host.Write("/usr/bin/kubectl", "#!/bin/sh\nexec gravity exec kubectl \"$@\"\n", Program);
        host.Write(StatusFile + ".json", StatusJson(host.Cluster), Secret);
        host.Write(StatusFile + ".text", StatusText(host.Cluster), Secret);
        return inside;
    }

    /// <summary>Writes the kubeconfig of Planet's kubectl. As Gravity's, it names files, and leads to the API through the service.</summary>
    public static void WriteKubeConfig(NodeHost inside, CertificateAuthority authority, (string Certificate, string Key) user)
    {
        inside.Write($"{Secrets}/root.cert", authority.Certificate, Secret);
        inside.Write($"{Secrets}/kubectl.cert", user.Certificate, Secret);
        inside.Write($"{Secrets}/kubectl.key", user.Key, Secret);
        inside.Write(KubeConfig, $"""
            apiVersion: v1
            kind: Config
            current-context: default
            clusters:
            - name: default
              cluster:
                certificate-authority: {Secrets}/root.cert
                server: https://{inside.Cluster.Kubernetes.ClusterIp}
            users:
            - name: default
              user:
                client-certificate: {Secrets}/kubectl.cert
                client-key: {Secrets}/kubectl.key
            contexts:
            - name: default
              context:
                cluster: default
                user: default
                namespace: default
            """, UnixFileMode.UserRead);
    }

    // Planet's two wrappers give each API its own command, which knows etcd and the certificates
    private static string EtcdCtl(NodeHost host, int version, string key, string certificate, string authority)
    {
        var files = host.Cluster.Options.EtcdTls
            ? $"{key} {SecretsInside}/etcd.key {certificate} {SecretsInside}/etcd.cert {authority} {SecretsInside}/root.cert "
            : "";
        // elsewhere Gravity's etcd gateway listens on 127.0.0.1 and leads to the master's
        var address = host.Plan == host.Cluster.Nodes[0] ? "127.0.0.1" : host.Cluster.Nodes[0].Address;
        return $"""
            #!/bin/sh
            ETCDCTL_API={version} exec /usr/bin/etcdctl-cmd --endpoints {EtcdServer.Scheme(host.Cluster)}://{address}:{ClusterPlan.EtcdPort} {files}"$@"

            """;
    }

    private static string Role(ClusterPlan cluster, NodePlan node) => node == cluster.Nodes[0] ? "master" : "node";

    // one line without an end, in the order of Gravity's fields
    private static string StatusJson(ClusterPlan cluster) => new JsonObject
    {
        ["cluster"] = new JsonObject
        {
            ["application"] = new JsonObject { ["repository"] = "gravitational.io", ["name"] = "lab", ["version"] = "1.0.0" },
            ["state"] = "active",
            ["domain"] = ClusterName,
            ["cloud_provider"] = "onprem",
            ["token"] = new JsonObject
            {
                ["token"] = "5b0a1cb7e4d84d0f",
                ["expires"] = "0001-01-01T00:00:00Z",
                ["type"] = "expand",
                ["account_id"] = "00000000-0000-0000-0000-000000000001",
                ["site_domain"] = ClusterName,
                ["operation_id"] = "",
                ["user_email"] = $"agent@{ClusterName}",
            },
            ["operation"] = new JsonObject
            {
                ["type"] = "operation_install",
                ["id"] = "0b3c1b4e-6f9d-4e6e-8a53-3f1f3a2a6c11",
                ["state"] = "completed",
                ["created"] = "2026-11-02T09:14:05.118Z",
                ["description"] = $"{cluster.Nodes.Count}-node install",
                ["progress"] = new JsonObject { ["message"] = "Operation has completed", ["completion"] = 100, ["created"] = "2026-11-02T09:21:40.007Z" },
            },
            ["endpoints"] = new JsonObject
            {
                ["applications"] = new JsonObject(),
                ["cluster"] = new JsonObject
                {
                    ["auth_gateway"] = new JsonArray([.. cluster.Nodes.Take(1).Select(n => (JsonNode)$"{n.Address}:32009")]),
                    ["ui"] = new JsonArray([.. cluster.Nodes.Take(1).Select(n => (JsonNode)$"https://{n.Address}:32009")]),
                },
            },
            ["inline"] = new JsonObject(),
            ["server_version"] = new JsonObject { ["edition"] = "open-source", ["version"] = "7.0.30" },
            ["client_version"] = new JsonObject { ["edition"] = "open-source", ["version"] = "7.0.30" },
            ["system_status"] = 1,
            ["nodes"] = new JsonArray([.. cluster.Nodes.Select(n => (JsonNode)new JsonObject
            {
                ["hostname"] = n.Name,
                ["advertise_ip"] = n.Address,
                ["role"] = Role(cluster, n),
                ["profile"] = "node",
                ["status"] = "healthy",
                ["teleport_node"] = new JsonObject
                {
                    ["hostname"] = n.Name,
                    ["advertise_ip"] = n.Address,
                    ["public_ip"] = "",
                    ["profile"] = "node",
                    ["role"] = Role(cluster, n),
                    ["instance_type"] = "",
                },
            })]),
        },
    }.ToJsonString();

    private static string StatusText(ClusterPlan cluster) => $"""
        Cluster name:		{ClusterName}
        Cluster status:		active
        Cluster image:		lab, version 1.0.0
        Gravity version:	7.0.30 (client) / 7.0.30 (server)
        Cluster nodes:
            Masters:
        {string.Join('\n', cluster.Nodes.Where(n => Role(cluster, n) == "master").Select(NodeText))}
            Nodes:
        {string.Join('\n', cluster.Nodes.Where(n => Role(cluster, n) == "node").Select(NodeText))}

        """;

    private static string NodeText(NodePlan node) => $"""
                * {node.Name} / {node.Address} / node
                    Status:		healthy
                    Remote access:	online
        """;
}
