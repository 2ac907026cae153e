using System.Globalization;

namespace GravityNet.LabTests;

public sealed class FaultTests(LabFixture fixture)
{
    [Theory]
    [InlineData("forwarding-off", "node-2", "node-1", "node-2", "node-3")]
    [InlineData("fdb-missing", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("arp-wrong", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("route-missing", "node-2", "node-3", "node-2", "node-1")]
    [InlineData("udp-dropped", "node-1", "node-3", "node-1", "node-2")]
    [InlineData("lease-missing", "node-1", "node-3", "node-1", "node-2")]
    [InlineData("lease-mac-shared", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("fdb-wrong", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("vni-differs", "node-1", "node-3", "node-1", "node-2")]
    [InlineData("port-differs", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("ip-forward-off", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("rp-filter-strict", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("forward-dropped", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("forward-rejected", "node-1", "node-3", "node-1", "node-2")]
    [InlineData("veth-off-bridge", "node-1", "node-2", "node-1", "node-3")]
    public async Task A_fault_breaks_its_pair_only_and_heals_exactly(string fault, string from, string to, string wellFrom, string wellTo)
    {
        var before = await StateAsync();
        await using (await fixture.BreakAsync(fault))
        {
            Assert.NotEqual(before, await StateAsync());
            Assert.False(await fixture.PingsAsync($"shell-{from}", $"shell-{to}"));
            Assert.True(await fixture.PingsAsync($"shell-{wellFrom}", $"shell-{wellTo}"));
        }

        Assert.Equal(before, await StateAsync());
        Assert.True(await fixture.PingsAsync($"shell-{from}", $"shell-{to}"));
    }

    [Theory]
    // one of three connections goes to the dead address; another node's rules are right
    [InlineData("sep-dead", "shell-node-1", "for i in $(seq 40); do curl -sf -o /dev/null --max-time 0.3 http://10.100.45.9:3009/ || exit 1; done", "ping -n -c 1 -W 1 web-node-2")]
    // a connection to the service that is led to a pod of the same node gets an answer from a stranger
    [InlineData("bridge-nf-off", "shell-node-1", "for i in $(seq 40); do curl -sf -o /dev/null --max-time 0.3 http://10.100.45.9:3009/ || exit 1; done", "curl -sf --max-time 1 http://web-node-1:8080/")]
    [InlineData("service-jump-missing", "shell-node-3", "curl -sf --max-time 1 http://10.100.45.9:3009/", "curl -sf --max-time 1 http://web-node-1:8080/")]
    [InlineData("service-rule-missing", "shell-node-3", "curl -sf --max-time 1 http://10.100.45.9:3009/", "curl -sf --max-time 1 http://192.168.33.13:32009/")]
    [InlineData("dns-stopped", "shell-node-1", "host -W 1 -R 1 kubernetes.default.svc.cluster.local. coredns-node-2", "host -W 1 kubernetes.default.svc.cluster.local. coredns-node-3")]
    [InlineData("underlay-drops-large", "shell-node-1", "ping -n -c 1 -W 1 -s 1400 shell-node-2", "ping -n -c 1 -W 1 -s 1300 shell-node-2")]
    public async Task A_fault_breaks_some_traffic_only_and_heals_exactly(string fault, string pod, string broken, string well)
    {
        var before = await StateAsync();
        await using (await fixture.BreakAsync(fault))
        {
            Assert.NotEqual(before, await StateAsync());
            Assert.False((await fixture.InPodAsync(pod, Addressed(broken))).Succeeded);
            Assert.True((await fixture.InPodAsync(pod, Addressed(well))).Succeeded);
        }

        Assert.Equal(before, await StateAsync());
        Assert.True((await fixture.InPodAsync(pod, Addressed(broken))).Succeeded);
    }

    [Fact]
    public async Task A_large_mtu_lets_the_node_put_in_what_the_underlay_carries_in_fragments_only()
    {
        const string Fragments = "awk '/^Ip:/ { line = $20 } END { print line }' /proc/net/snmp";
        var ping = $"ping -n -c 1 -W 1 -M do -s 1472 {fixture.Status.Node("node-2").VtepAddress}";
        var before = await StateAsync();
        Assert.False((await fixture.OnNodeAsync("node-1", ping)).Succeeded);
        await using (await fixture.BreakAsync("mtu-large"))
        {
            Assert.NotEqual(before, await StateAsync());
            var counts = await fixture.OnNodeAsync("node-1", $"{Fragments}\n{ping} >/dev/null\n{Fragments}");
            Assert.True(counts.Succeeded, counts.Error);
            var made = counts.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToList();
            Assert.True(made[1] >= made[0] + 2, counts.Output);
        }

        Assert.Equal(before, await StateAsync());
        Assert.False((await fixture.OnNodeAsync("node-1", ping)).Succeeded);
    }

    [Fact]
    public async Task A_service_without_its_jump_still_answers_the_node_itself()
    {
        await using (await fixture.BreakAsync("service-jump-missing"))
            Assert.True((await fixture.OnNodeAsync("node-3", "curl -sf --max-time 1 http://10.100.45.9:3009/")).Succeeded);
    }

    [Theory]
    [InlineData("service-ghost")]
    [InlineData("service-rule-doubled")]
    public async Task Rules_that_are_too_many_go_as_they_came(string fault)
    {
        var before = await StateAsync();
        await using (await fixture.BreakAsync(fault))
        {
            var lines = (await StateAsync()).Split('\n');
            // nothing is missing, and all that is more is kube-proxy's
            Assert.Empty(before.Split('\n').Except(lines));
            Assert.True(lines.Length > before.Split('\n').Length);
        }

        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_stale_flow_gets_no_answer_and_others_do()
    {
        const string Ask = "dig +short +notcp +time=1 +tries=1 @10.100.214.177 web.default.svc.cluster.local.";
        await using (await fixture.BreakAsync("conntrack-stale"))
        {
            Assert.Equal(9, (await fixture.InPodAsync("shell-node-1", $"{Ask} -b 0.0.0.0#40053")).ExitCode);
            Assert.True((await fixture.InPodAsync("shell-node-1", Ask)).Succeeded);
        }

        Assert.True((await fixture.InPodAsync("shell-node-1", $"{Ask} -b 0.0.0.0#40053")).Succeeded);
    }

    [Fact]
    public async Task A_stale_lease_mac_shows_in_etcd_only()
    {
        var before = await StateAsync();
        await using (await fixture.BreakAsync("lease-mac-stale"))
        {
            var after = await StateAsync();
            Assert.NotEqual(before, after);
            Assert.Equal(before.Split("== etcd")[0], after.Split("== etcd")[0]);
            Assert.DoesNotContain(fixture.Status.Node("node-3").VtepMac, after.Split("== etcd")[1], StringComparison.Ordinal);
            Assert.True(await fixture.PingsAsync("shell-node-1", "shell-node-3"));
        }

        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Breaking_and_healing_twice_is_as_good_as_once()
    {
        var before = await StateAsync();
        foreach (var fault in Lab.FaultNames)
        {
            foreach (var isOn in new[] { true, true, false, false })
                await fixture.Lab.FaultAsync(fault, isOn, TestContext.Current.CancellationToken);
        }

        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task An_unknown_fault_names_the_known_ones()
    {
        var error = await Assert.ThrowsAsync<LabException>(() => fixture.Lab.FaultAsync("nonsense", isOn: true, TestContext.Current.CancellationToken));
        Assert.All(Lab.FaultNames, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    // shell-node-2 and web-node-2 stand for the addresses of these pods
    private string Addressed(string script) =>
        fixture.Status.Pods.Aggregate(script, (text, pod) => text.Replace($"{pod.Name.Split('-')[0]}-{pod.Node}", pod.Ip, StringComparison.Ordinal));

    // everything that faults may touch, without what changes by itself
    private async Task<string> StateAsync()
    {
        var states = await Task.WhenAll(fixture.Status.Nodes.Select(async node =>
        {
            var answer = await fixture.OnNodeAsync(node.Name, """
                ip neigh show nud permanent | sort
                bridge fdb show dev flannel.1 | sort
                ip route show | sort
                ip -d -o link show flannel.1
                ip -4 -o addr show flannel.1
                ip link show type bridge
                for port in /sys/class/net/cni0/brif/*; do echo "$port $(cat "$port/hairpin_mode" "$port/state" | tr '\n' ' ')"; done
                ps -C dnsmasq -o pid=,stat= | tr R S
                iptables-save | grep -v '^[#:]'
                iptables-save | sed -n 's/^\(:.*\) \[.*/\1/p' | sort
                sysctl -a -r '^net\.(ipv4\.conf\..*(forwarding|rp_filter)|ipv4\.ip_forward|bridge)' 2>/dev/null
                """);
            Assert.True(answer.Succeeded, answer.Error);
            return $"== {node.Name}\n{answer.Output}";
        }));
        var state = string.Concat(states);
        var underlay = await fixture.Lab.OutsideAsync(["iptables-save"], cancellationToken: TestContext.Current.CancellationToken);
        state += $"== outside\n{string.Join('\n', underlay.Output.Split('\n').Where(l => l.StartsWith('-')))}\n";
        var leases = await fixture.OnNodeAsync("node-1", "curl -s http://127.0.0.1:2379/v2/keys/coreos.com/network?recursive=true | grep -o '\"value\":\"[^}]*}' | sort");
        return $"{state}== etcd\n{leases.Output}";
    }
}
