using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

namespace GravityNet.Labs;

/// <summary>Proves with real traffic that the cluster works: pods ping, resolve and fetch across nodes.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Waits until all checks pass from every shell pod and from outside.</summary>
    /// <exception cref="LabException">One still fails; the message has the command that failed.</exception>
    public static Task WaitAsync(LabStatus status, CancellationToken cancellationToken)
    {
        var shells = status.Pods.Where(p => p.App == "shell").ToList();
        var checks = shells.Select(pod => UntilAsync(pod.Name, Namespaces.Pod(pod.HostPid, "sh", "-e"), PodScript(status, pod), cancellationToken))
            .Append(UntilAsync("outside", Namespaces.Network(status.OutsidePid, "sh", "-e"), OutsideScript(status), cancellationToken));
        return Task.WhenAll(checks);
    }

    private static string PodScript(LabStatus status, PodStatus from)
    {
        var others = status.Pods.Where(p => p.Node != from.Node).ToList();
        var script = new List<string> { """run() { "$@" >/dev/null 2>&1 || { echo "$*"; exit 1; }; }""" };
        script.AddRange(others.Where(p => p.App == "shell").Select(p => $"run ping -n -c 1 -W 1 {p.Ip}"));
        script.Add($"run host -W 1 kubernetes.default.svc.{ClusterPlan.Domain}.");
        script.Add($"run host -W 1 -T web.default.svc.{ClusterPlan.Domain}.");
        script.AddRange(others.Where(p => p.App == "kube-dns").Select(p => $"run host -W 1 web.default.svc.{ClusterPlan.Domain}. {p.Ip}"));
        script.AddRange(others.Where(p => p.App == "web").Select(p => $"run {Curl} http://{p.Ip}:{ClusterPlan.WebPort}/"));
        script.Add($"run {Curl} http://{ClusterPlan.Web.ClusterIp}:{ClusterPlan.Web.Ports[0].Port}/");
        return string.Join('\n', script);
    }

    private static string OutsideScript(LabStatus status) => string.Join('\n',
        status.Nodes.Select(n => $"{Curl} http://{n.Address}:{ClusterPlan.Web.Ports[0].NodePort}/ >/dev/null || {{ echo node port of {n.Name}; exit 1; }}")
            .Concat(status.Nodes.Select(n => $"ssh {SshOptions(status)} {Jump(status, n)}{n.Logins[0].User}@{n.Address} true || {{ echo ssh to {n.Name}; exit 1; }}")));

    private static string SshOptions(LabStatus status) =>
        $"-n -F none -i {status.KeyFile} -o UserKnownHostsFile={status.KnownHosts} -o BatchMode=yes -o ConnectTimeout=2";

    // -J would not hand the options on
    private static string Jump(LabStatus status, NodeStatus node) => node.JumpHost is { } jump
        ? $"-o ProxyCommand='ssh {SshOptions(status).Replace("-n ", "", StringComparison.Ordinal)} -p {jump.Port} -W %h:%p {jump.User}@{jump.Address}' "
        : "";

    private const string Curl = "curl -sf --noproxy * --max-time 2";

    private static async Task UntilAsync(string where, IReadOnlyList<string> shell, string script, CancellationToken cancellationToken)
    {
        var last = "";
        var deadline = DateTime.UtcNow + Limit;
        while (DateTime.UtcNow < deadline)
        {
            var result = await Command.TryAsync(shell, script, cancellationToken: cancellationToken);
            if (result.Succeeded)
                return;
            last = (result.Output + result.Error).Trim();
            await Task.Delay(100, cancellationToken);
        }

        throw new LabException($"the cluster does not work: from {where}, this still fails after {Limit.TotalSeconds:0} s: {last}");
    }
}
