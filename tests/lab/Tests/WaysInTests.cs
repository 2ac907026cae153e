using System.Text.Json.Nodes;
using GravityNet.Labs.Plan;
using k8s;
using k8s.Models;

namespace GravityNet.LabTests;

/// <summary>The lab's options for the ways to nodes, rules and leases.</summary>
public sealed class WaysInTests(LabFixture fixture)
{
    private const string Mac = "02:00:00:00:57:a1";

    [Fact]
    public async Task Only_the_jump_host_leads_to_the_node_behind_it()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        var node = lab.Status.Node("node-3");
        var jump = node.JumpHost!;
        Assert.Null(lab.Status.Node("node-1").JumpHost);
        Assert.Contains("timed out", (await SshAsync(lab, $"root@{node.Address}", "true")).Error, StringComparison.Ordinal);
        Assert.Contains("timed out", (await lab.OutsideAsync(Ssh(lab, $"root@{node.Address}", "true"), cancellationToken: Cancel)).Error, StringComparison.Ordinal);
        var hop = string.Join(' ', Ssh(lab, $"{jump.User}@{jump.Address}", "-p", $"{jump.Port}", "-W", "%h:%p", ""));
        Assert.Equal("node-3\n", (await SshAsync(lab, $"root@{node.Address}", "-o", $"ProxyCommand={hop}", "cat /etc/hostname")).Output);
        Assert.Contains("Permission denied", (await SshAsync(lab, $"root@{jump.Address}", "-p", $"{jump.Port}", "true")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_are_in_the_old_tables_where_that_is_asked_for()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        foreach (var node in lab.Status.Nodes)
        {
            Assert.Contains("(legacy)", (await RunAsync(lab, node.Name, "iptables --version")).Output, StringComparison.Ordinal);
            Assert.Contains(":KUBE-SERVICES", (await RunAsync(lab, node.Name, "iptables-legacy-save")).Output, StringComparison.Ordinal);
            Assert.DoesNotContain("KUBE-SERVICES", (await RunAsync(lab, node.Name, "iptables-nft-save")).Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Etcd_answers_only_who_shows_a_certificate()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        var tls = lab.Status.EtcdTls!;
        var url = lab.Status.Etcd + "/v2/keys/coreos.com/network/config";
        Assert.StartsWith("https://", url, StringComparison.Ordinal);
        string[] curl = ["curl", "-sS", "--noproxy", "*", "--max-time", "3", "--cacert", tls.CaFile];
        var answer = await fixture.Lab.OutsideAsync([.. curl, "--cert", tls.CertFile, "--key", tls.KeyFile, url], cancellationToken: Cancel);
        Assert.Contains("10.244.0.0/16", answer.Output, StringComparison.Ordinal);
        // TLS 1.3 tells it after the handshake, which a client that has already sent its question may not see any more
        Assert.Contains(" certificate", (await fixture.Lab.OutsideAsync([.. curl, "--tls-max", "1.2", url], cancellationToken: Cancel)).Error, StringComparison.Ordinal);
        Assert.False((await fixture.Lab.OutsideAsync([.. curl, url.Replace("https", "http", StringComparison.Ordinal), "-f"], cancellationToken: Cancel)).Succeeded);
        var here = await RunAsync(lab, "node-1", $"cd {tls.NodeDirectory}; curl -sS --cacert root.cert --cert etcd.cert --key etcd.key https://127.0.0.1:2379/health");
        Assert.Contains("true", here.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leases_in_v3_have_a_time_to_live_and_v2_is_off()
    {
        var lab = await fixture.VariantAsync(Variants.V3);
        await AssertLeasesInV3Async(lab);
        Assert.Equal("404", (await RunAsync(lab, "node-1", $"curl -s -o /dev/null -w '%{{http_code}}' {lab.Status.Etcd}/v2/keys/")).Output);
        await AssertStaleLeaseAsync(lab, async () => (await EtcdAsync(lab, "get --print-value-only --prefix /coreos.com/network/subnets/")).Output);
    }

    [Fact]
    public async Task Leases_in_both_are_in_each()
    {
        var lab = await fixture.VariantAsync(Variants.Both);
        await AssertLeasesInV3Async(lab);
        var v2 = await RunAsync(lab, "node-1", $"curl -sf {lab.Status.Etcd}/v2/keys/coreos.com/network/subnets");
        Assert.Equal(
            lab.Status.Nodes.Select(n => "/coreos.com/network/subnets/" + n.Subnet.Replace('/', '-')).Order(),
            JsonNode.Parse(v2.Output)!["node"]!["nodes"]!.AsArray().Select(n => (string)n!["key"]!).Order());
    }

    [Fact]
    public async Task Leases_in_annotations_leave_etcd_empty()
    {
        var lab = await fixture.VariantAsync(Variants.Annotations);
        Assert.Equal("", (await EtcdAsync(lab, "get --prefix --keys-only /coreos.com")).Output);
        using var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(lab.Status.KubeConfig));
        foreach (var node in lab.Status.Nodes)
        {
            var found = await client.ReadNodeAsync(node.Name, cancellationToken: Cancel);
            Assert.Equal(node.Subnet, found.Spec.PodCIDR);
            var annotations = found.Annotations().Where(a => a.Key.StartsWith("flannel", StringComparison.Ordinal)).Select(a => $"{a.Key.Split('/')[1]}={a.Value}").Order();
            Assert.Equal(
                ["backend-data={\"VNI\":1,\"VtepMAC\":\"" + node.VtepMac + "\"}", "backend-type=vxlan", "kube-subnet-manager=true", $"public-ip={node.Address}"],
                annotations);
        }

        var config = await client.ReadNamespacedConfigMapAsync("kube-flannel-cfg", "kube-flannel", cancellationToken: Cancel);
        Assert.Contains("\"Network\":\"10.244.0.0/16\"", config.Data["net-conf.json"], StringComparison.Ordinal);
        await AssertStaleLeaseAsync(lab, async () => (await client.ReadNodeAsync("node-3", cancellationToken: Cancel)).Annotations()["flannel.alpha.coreos.com/backend-data"]);
        await lab.FaultAsync("lease-missing", isOn: true, Cancel);
        Assert.DoesNotContain((await client.ReadNodeAsync("node-3", cancellationToken: Cancel)).Annotations(), a => a.Key.StartsWith("flannel", StringComparison.Ordinal));
        await lab.FaultAsync("lease-missing", isOn: false, Cancel);
        Assert.Equal(4, (await client.ReadNodeAsync("node-3", cancellationToken: Cancel)).Annotations().Count(a => a.Key.StartsWith("flannel", StringComparison.Ordinal)));
    }

    // the lab's faults work on the leases wherever they are
    private static async Task AssertStaleLeaseAsync(Lab lab, Func<Task<string>> read)
    {
        await lab.FaultAsync("lease-mac-stale", isOn: true, Cancel);
        Assert.Contains(Mac, await read(), StringComparison.Ordinal);
        await lab.FaultAsync("lease-mac-stale", isOn: false, Cancel);
        Assert.DoesNotContain(Mac, await read(), StringComparison.Ordinal);
        Assert.Contains(lab.Status.Node("node-3").VtepMac, await read(), StringComparison.Ordinal);
    }

    private static async Task AssertLeasesInV3Async(Lab lab)
    {
        var keys = (await EtcdAsync(lab, "get --prefix --keys-only /coreos.com/network")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lab.Status.Nodes.Select(n => "/coreos.com/network/subnets/" + n.Subnet.Replace('/', '-')).Prepend("/coreos.com/network/config").Order(), keys.Order());
        var leases = (await EtcdAsync(lab, "lease list")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.NotEmpty(leases);
        // "lease ID granted with TTL(86400s), remaining(86390s), attached keys(...)": how much is left depends on how long the lab stands
        var told = (await EtcdAsync(lab, $"lease timetolive {leases[0]} --keys")).Output;
        Assert.Contains("granted with TTL(86400s), remaining(", told, StringComparison.Ordinal);
        Assert.DoesNotContain("remaining(0s)", told, StringComparison.Ordinal);
    }

    private static Task<CommandResult> EtcdAsync(Lab lab, string arguments) =>
        RunAsync(lab, "node-1", $"ETCDCTL_API=3 etcdctl --endpoints {lab.Status.Etcd} {arguments}");

    private static Task<CommandResult> RunAsync(Lab lab, string node, string script) => lab.OnNodeAsync(node, ["sh", "-eu"], script, cancellationToken: Cancel);

    private Task<CommandResult> SshAsync(Lab lab, string destination, params string[] rest) => fixture.Lab.OutsideAsync(Ssh(lab, destination, rest), cancellationToken: Cancel);

    private static string[] Ssh(Lab lab, string destination, params string[] rest) =>
    [
        "ssh", "-F", "none", "-i", lab.Status.KeyFile, "-o", $"UserKnownHostsFile={lab.Status.KnownHosts}", "-o", "BatchMode=yes", "-o", "ConnectTimeout=1",
        .. rest[..^1], destination, rest[^1],
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
