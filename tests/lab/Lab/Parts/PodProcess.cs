using System.Globalization;
using System.Text;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs.Parts;

/// <summary>Starts what runs in a pod: in the pod's network namespace, with a host name and a resolv.conf of its own.</summary>
internal static class PodProcess
{
    /// <summary>Starts a pod's process.</summary>
    /// <returns>Its id, as the node numbers it.</returns>
    public static async Task<int> StartAsync(PodHost pod, CancellationToken cancellationToken)
    {
        pod.Node.Write($"{pod.Folder}/resolv.conf", $"""
            search {pod.Plan.Namespace}.svc.{ClusterPlan.Domain} svc.{ClusterPlan.Domain} {ClusterPlan.Domain}
            nameserver {ClusterPlan.Dns.ClusterIp}
            options ndots:5

            """);
        pod.Node.Write($"{pod.Folder}/start", $"""
            echo {pod.Plan.Name} >/proc/sys/kernel/hostname
            mount -t sysfs sysfs /sys
            mount --bind {pod.Folder}/resolv.conf /etc/resolv.conf
            echo $$ >{pod.Folder}/pid
            exec {Program(pod)}

            """);
        await pod.Node.RunAsync(
            $"setsid nsenter --net=/var/run/netns/{pod.NetNs} unshare --mount --uts sh -eu {pod.Folder}/start </dev/null >/var/log/{pod.Plan.Name}.log 2>&1 &",
            cancellationToken);
        var file = $"/proc/{pod.Node.Pid}/root{pod.Folder}/pid";
        var pid = await Wait.ForAsync($"the start of {pod.Plan.Name}", TimeSpan.FromSeconds(10),
            async () => File.Exists(file) && await File.ReadAllTextAsync(file, cancellationToken) is [.., '\n'] text ? text : null, cancellationToken);
        return int.Parse(pid.AsSpan().Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>What a pod's process has printed.</summary>
    public static string Log(PodHost pod) => File.ReadAllText($"/proc/{pod.Node.Pid}/root/var/log/{pod.Plan.Name}.log").Trim();

    private static string Program(PodHost pod)
    {
        switch (pod.Plan.Role)
        {
            case PodRole.Dns:
                pod.Node.Write($"{pod.Folder}/dnsmasq.conf", DnsConfig(pod.Node.Cluster));
                return $"dnsmasq --keep-in-foreground --conf-file={pod.Folder}/dnsmasq.conf";
            case PodRole.Web:
                pod.Node.Write($"{pod.Folder}/www/index.html", pod.Plan.Name + "\n");
                // who asks for this is told who he seems to be: with masquerading, somebody else
                pod.Node.Write($"{pod.Folder}/www/cgi-bin/client", """
                    #!/bin/sh
                    printf 'Content-Type: text/plain\r\n\r\n'
                    address="${REMOTE_ADDR##*:}"
                    echo "$(cat /proc/sys/kernel/hostname) ${address%]}"

                    """, NodeHost.Executable);
                return $"busybox httpd -f -p {ClusterPlan.WebPort} -h {pod.Folder}/www";
            default:
                return "sleep infinity";
        }
    }

    private static string DnsConfig(ClusterPlan cluster)
    {
        var config = new StringBuilder($"""
            user=root
            group=root
            pid-file=
            log-facility=-
            no-resolv
            no-hosts
            cache-size=0
            local=/{ClusterPlan.Domain}/
            local=/in-addr.arpa/

            """);
        foreach (var service in cluster.Services.Where(s => s.HasRules))
            config.Append(CultureInfo.InvariantCulture, $"host-record={service.Name}.{service.Namespace}.svc.{ClusterPlan.Domain},{service.ClusterIp}\n");
        return config.ToString();
    }
}
