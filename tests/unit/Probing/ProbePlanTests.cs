using GravityNet.Probing;
using Xunit;

namespace GravityNet.UnitTests.Probing;

public sealed class ProbePlanTests
{
    [Fact]
    public async Task Unnamed_it_is_every_node_and_a_pod_of_each_to_every_stop_behind_the_others_and_to_dns()
    {
        var sites = await Clusters.SitesAsync("healthy");
        var plan = Make(sites, new());

        Assert.Equal(6, plan.Select(p => p.From.Name).Distinct().Count());
        var pods = sites.PodOf.Values.ToList();
        Assert.All(pods, p => Assert.False(p.HostNetwork || sites.IsDns(p)));
        var fromNode1 = plan.Where(p => p.From.Name == "node:node-1" && p.Protocol == ProbeProtocols.Icmp).Select(p => $"{p.To.Word} {p.To.Address}").ToList();
        Assert.Contains("flannel.1 10.244.65.0", fromNode1);
        Assert.Contains("cni0 10.244.92.1", fromNode1);
        Assert.DoesNotContain(fromNode1, t => t.Contains("10.244.19.0", StringComparison.Ordinal) || t.Contains("10.244.19.1", StringComparison.Ordinal));
        Assert.All(plan.Where(p => p.Protocol == ProbeProtocols.Dns), p => Assert.Equal(53, p.Port));
        Assert.Contains(plan, p => p is { To.Address: "10.100.214.177", Protocol: ProbeProtocols.Dns, From.Pod: not null });
        Assert.DoesNotContain(plan, p => p.From.Pod is { } pod && pod.Address == p.To.Address);
        Assert.DoesNotContain(plan, p => p.Protocol == ProbeProtocols.Tcp);
        Assert.Equal(plan.Count, plan.Select(p => p.Key).Distinct().Count());
    }

    [Theory]
    [InlineData("node:node-2", "10.244.65.0 10.244.65.1 POD")]
    [InlineData("node-2", "10.244.65.0 10.244.65.1 POD")]
    [InlineData("pod:default/shell-node-2", "10.244.65.2")]
    [InlineData("default/shell-node-2", "10.244.65.2")]
    [InlineData("10.244.65.1", "10.244.65.1")]
    [InlineData("8.8.8.8", "8.8.8.8")]
    [InlineData("service:default/web", "10.100.45.9:3009")]
    [InlineData("service:kube-system/kube-dns", "10.100.214.177:53")]
    public async Task A_named_target_is_tested_with_what_suits_it(string to, string addresses)
    {
        var sites = await Clusters.SitesAsync("healthy");
        var plan = Make(sites, Named("node:node-1", to));

        Assert.Equal(
            addresses.Replace("POD", sites.PodOf["node-2"].Address, StringComparison.Ordinal).Split(' '),
            plan.Where(p => p.Protocol != ProbeProtocols.Dns || p.To.Service is not null).Select(p => p.Port > 0 ? $"{p.To.Address}:{p.Port}" : p.To.Address));
    }

    [Theory]
    [InlineData("10.100.45.9", "tcp", 3009, "service:default/web tcp 3009")]
    [InlineData("10.244.19.6", "tcp", 8080, "pod:default/web-7d9c6b5f44-4kxl2 tcp 8080")]
    [InlineData("10.244.19.6", "dns", 5353, "pod:default/web-7d9c6b5f44-4kxl2 dns 5353")]
    [InlineData("8.8.8.8", "tcp", 443, "8.8.8.8 tcp 443")]
    public async Task A_port_that_is_asked_for_is_the_one_that_is_tested(string to, string protocol, int port, string expected)
    {
        var selection = new ProbeSelection([NamePattern.Literal("node:node-1")], [NamePattern.Literal(to)])
        {
            Protocols = Enum.Parse<ProbeProtocols>(protocol, ignoreCase: true),
            Port = port,
        };

        var probe = Assert.Single(Make(await Clusters.SitesAsync("healthy"), new() { Selections = [selection] }));

        Assert.Equal(expected, $"{probe.To.Name} {probe.ProtocolWord} {probe.Port}");
    }

    [Theory]
    [InlineData("node:node-9", "node node-9", "node-1, node-2, node-3")]
    [InlineData("pod:default/nothing", "pod default/nothing", "default/hostport-5c7bd")]
    [InlineData("default/nothing", "pod default/nothing", "default/hostport-5c7bd")]
    [InlineData("service:default/nothing", "service default/nothing", "kube-system/kube-dns")]
    public async Task A_name_that_nothing_has_is_told_with_the_names_that_there_are(string to, string missing, string known)
    {
        var told = new List<string>();
        var plan = ProbePlan.Make(await Clusters.SitesAsync("healthy"), Named("node:node-1", to), (kind, name, names) => told.Add($"{kind} {name}: {string.Join(", ", names)}"));

        Assert.Empty(plan);
        Assert.StartsWith(missing + ": ", Assert.Single(told), StringComparison.Ordinal);
        Assert.Contains(known, told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_and_protocols_narrow_it()
    {
        var plan = Make(await Clusters.SitesAsync("healthy"), new() { Nodes = ["node-3"], Protocols = ProbeProtocols.Tcp });

        Assert.NotEmpty(plan);
        Assert.All(plan, p => Assert.Equal(("node-3", ProbeProtocols.Tcp), (p.From.Node, p.Protocol)));
        // nothing can answer at a service without endpoints
        Assert.DoesNotContain(plan, p => p.To.Address == "10.100.77.7");
    }

    private static ReachabilityOptions Named(string from, string to) => new() { Selections = [new([NamePattern.Literal(from)], [NamePattern.Literal(to)])] };

    private static IReadOnlyList<Probe> Make(ProbeSites sites, ReachabilityOptions options) =>
        ProbePlan.Make(sites, options, (kind, name, _) => Assert.Fail($"no {kind} {name}"));
}
