namespace GravityNet.LabTests;

public sealed class FaultTests(LabFixture fixture)
{
    [Theory]
    [InlineData("forwarding-off", "node-2", "node-1", "node-2", "node-3")]
    [InlineData("fdb-missing", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("arp-wrong", "node-1", "node-2", "node-1", "node-3")]
    [InlineData("route-missing", "node-2", "node-3", "node-2", "node-1")]
    [InlineData("udp-dropped", "node-1", "node-3", "node-1", "node-2")]
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

    // everything that faults may touch, without what changes by itself
    private async Task<string> StateAsync()
    {
        var state = "";
        foreach (var node in fixture.Status.Nodes)
        {
            var answer = await fixture.OnNodeAsync(node.Name, """
                ip neigh show nud permanent | sort
                bridge fdb show dev flannel.1 | sort
                ip route show | sort
                ip link show type vxlan
                ip link show type bridge
                iptables-save | grep -v '^[#:]'
                sysctl -a 2>/dev/null | grep -E '^net\.(ipv4\.conf\..*(forwarding|rp_filter)|ipv4\.ip_forward|bridge)'
                """);
            Assert.True(answer.Succeeded, answer.Error);
            state += $"== {node.Name}\n{answer.Output}";
        }

        var leases = await fixture.OnNodeAsync("node-1", "curl -s http://127.0.0.1:2379/v2/keys/coreos.com/network?recursive=true | grep -o '\"value\":\"[^}]*}' | sort");
        return $"{state}== etcd\n{leases.Output}";
    }
}
