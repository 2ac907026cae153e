using System.Text.Json.Nodes;

namespace GravityNet.LabTests;

/// <summary>A node of Gravity's, in a lab beside the default one: tools and pods are in Planet.</summary>
public sealed class PlanetTests(LabFixture fixture)
{
    private const string Tools = "bridge brctl tcpdump etcdctl iptables-save conntrack";

    [Fact]
    public async Task The_host_lacks_the_tools_that_are_in_Planet()
    {
        Assert.Equal("ip\nnsenter\ngravity", (await SshAsync($"command -v {Tools} ip nsenter gravity | sed 's:.*/::'")).Output.Trim());
        Assert.Equal(127, (await SshAsync("bridge fdb")).ExitCode);
        Assert.Equal("bridge brctl tcpdump etcdctl iptables-save conntrack",
            (await SshAsync($"gravity exec sh -c 'for t in {Tools}; do command -v $t; done' | sed 's:.*/::' | tr '\\n' ' '")).Output.Trim());
        Assert.Equal("", (await SshAsync("gravity exec sh -c 'command -v gravity'")).Output);
    }

    [Fact]
    public async Task Exec_keeps_input_output_arguments_and_exit_code()
    {
        var answer = await SshAsync("""gravity exec -i sh -c 'cat; echo "$1" >&2; exit 7' sh "a  b\$(id)'" """, "one\ntwo");
        Assert.Equal((7, "one\ntwo", "a  b$(id)'\n"), (answer.ExitCode, answer.Output, answer.Error));
        Assert.Equal(143, (await SshAsync("gravity exec sh -c 'kill -TERM $$'; exit $?")).ExitCode);
        Assert.Equal(127, (await SshAsync("gravity exec no-such-command")).ExitCode);
        var environment = (await SshAsync("MARK=1 LC_ALL=de_DE.UTF-8 gravity exec env")).Output;
        Assert.DoesNotContain("MARK", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("de_DE", environment, StringComparison.Ordinal);
        Assert.Contains("inappropriate ioctl", (await SshAsync("gravity exec -t true", "")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Planet_has_its_own_processes_and_files_and_the_hosts_network()
    {
        var outer = await SshAsync("for ns in mnt pid net; do readlink /proc/self/ns/$ns; done; ls /run/netns | wc -l; ls -d /run/flannel 2>/dev/null | wc -l");
        var inner = await SshAsync("gravity exec sh -c 'for ns in mnt pid net; do readlink /proc/self/ns/$ns; done; ls /run/netns | wc -l; ls -d /run/flannel | wc -l; cat /proc/1/comm'");
        var (host, planet) = (outer.Output.Split('\n'), inner.Output.Split('\n'));
        Assert.NotEqual(host[0], planet[0]);
        Assert.NotEqual(host[1], planet[1]);
        Assert.Equal(host[2], planet[2]);
        var lab = await fixture.VariantAsync(Variants.Gravity);
        var pods = lab.Status.Pods.Where(p => p.Node == "node-1").ToList();
        Assert.Equal(["0", "0", ""], host[3..]);
        Assert.Equal([$"{pods.Count}", "1", "tini", ""], planet[3..]);
        // the processes of the pods are seen from both, under other numbers
        Assert.Equal("1", (await SshAsync($"gravity exec sh -c 'ls -d /proc/{pods[0].Pid} | wc -l'")).Output.Trim());
        Assert.Equal($"{pods.Count(p => p.App == "web" || p.App == "hostport")}", (await SshAsync("pgrep -xc busybox")).Output.Trim());
    }

    [Fact]
    public async Task What_runs_in_Planet_outlives_the_command_that_started_it()
    {
        // the outer process dies, and its whole process group with it
        var answer = await SshAsync("""
            setsid gravity exec sleep 4711 & sleep 0.5
            kill -9 -$!; sleep 0.3
            gravity exec pgrep -xc sleep; gravity exec pkill -f '^sleep 4711$'; gravity exec pgrep -f '^sleep 4711$' || echo gone
            """);
        Assert.EndsWith("gone\n", answer.Output, StringComparison.Ordinal);
        Assert.True(int.Parse(answer.Output.Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture) >= 2, answer.Output + answer.Error);
    }

    [Fact]
    public async Task Status_is_in_gravitys_form()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        var text = (await SshAsync("gravity status --output=json")).Output;
        Assert.DoesNotContain('\n', text);
        var cluster = JsonNode.Parse(text)!["cluster"]!;
        Assert.Equal("active", (string?)cluster["state"]);
        Assert.NotNull((string?)cluster["domain"]);
        Assert.Equal(
            lab.Status.Nodes.Select((n, i) => (n.Name, n.Address, i == 0 ? "master" : "node")),
            cluster["nodes"]!.AsArray().Select(n => ((string)n!["hostname"]!, (string)n["advertise_ip"]!, (string)n["role"]!)));
        Assert.Contains("* node-2 / 192.168.", (await SshAsync("gravity status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cluster_works_and_etcd_answers_inside()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        Assert.Contains(lab.Status.Node("node-2").VtepMac, (await SshAsync("gravity exec bridge fdb show dev flannel.1")).Output, StringComparison.Ordinal);
        var leases = await SshAsync("gravity exec etcdctl ls /coreos.com/network/subnets");
        Assert.Equal(3, leases.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("", (await SshAsync("gravity exec etcdctl3 get --prefix --keys-only /")).Output);
        Assert.Equal("etcd.cert etcd.key kubectl.cert kubectl.key root.cert", (await SshAsync($"cd {lab.Status.EtcdTls!.NodeDirectory}; echo *")).Output.Trim());
        Assert.Equal("etcd.cert etcd.key kubectl.cert kubectl.key root.cert", (await SshAsync("gravity exec sh -c 'cd /var/state; echo *'")).Output.Trim());
        Assert.True(lab.Status.Node("node-1").HasPlanet);
        Assert.False(lab.Status.Node("node-2").HasPlanet);
    }

    [Fact]
    public async Task Planet_on_another_node_knows_etcd_and_the_api_too()
    {
        var lab = await fixture.VariantAsync(Variants.Both);
        var answer = await lab.OnNodeAsync("node-2", ["sh", "-eu"], """
            etcdctl ls /coreos.com/network/subnets | wc -l
            etcdctl3 get --prefix --keys-only /coreos.com/network/subnets | grep -c .
            file=/etc/kubernetes/kubectl.kubeconfig
            path() { sed -n "s/.* $1: //p" $file; }
            curl -sSf --cacert $(path certificate-authority) --cert $(path client-certificate) --key $(path client-key) $(path server)/version | grep -o v1.26.1
            """, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("3\n3\nv1.26.1\n", answer.Output + answer.Error);
        Assert.Equal("/etc/kubernetes/admin.conf", lab.Status.NodeKubeConfig);
    }

    private async Task<CommandResult> SshAsync(string command, string? input = null)
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        return await fixture.Lab.OutsideAsync(
            [
                "ssh", "-F", "none", "-i", lab.Status.KeyFile, "-o", $"UserKnownHostsFile={lab.Status.KnownHosts}", "-o", "BatchMode=yes",
                $"root@{lab.Status.Node("node-1").Address}", command,
            ],
            input,
            cancellationToken: TestContext.Current.CancellationToken);
    }
}
