using System.Text.Json.Nodes;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>What is wrong with services' chains and connections on real nodes, as Get-ServiceNatChain tells it of each node and of all.</summary>
public sealed class ServiceAuditTests(LabFixture fixture, ConnectedShell connected) : IClassFixture<ConnectedShell>
{
    private const string Dns = "10.100.214.177";
    private const int Port = 40071;
    private const string Behind = "Get-ServiceNatChain -AllNodes | Where-Object Status -ne ok | ForEach-Object { foreach ($d in $_.Differences) { \"$($_.Service) $($_.Status) $($_.Node): $($d.Node) $($d.Kind) $($d.Reason)\" } }";

    private ModuleShell Shell => connected.Shell;

    [Theory]
    [InlineData("sep-dead", "web lagging node-1: node-1 StaleEndpoint node-1 leads to 10.244.65.250:8080, which is no endpoint of the service")]
    [InlineData("service-ghost", "gone lagging node-2: node-2 StaleService node-2 has rules of a service port that the API does not have")]
    [InlineData("service-rule-doubled", "web lagging node-3: node-3 Problem node-3: KUBE-SVC-CDGGSHYLG3RE2FKL has two rules to ")]
    [InlineData("service-rule-missing", "web lagging node-3: node-3 MissingJump node-3: KUBE-SERVICES has no rule for 10.100.45.9:3009/tcp")]
    public async Task The_node_that_is_behind_is_told_of_all_nodes(string fault, string expected)
    {
        await using (await fixture.BreakAsync(fault))
        {
            var told = Shell.Lines(Behind);
            Assert.StartsWith(expected, told[0], StringComparison.Ordinal);
            Assert.Single(told.Select(line => line.Split(':')[0]).Distinct());
        }

        Assert.Empty(Shell.Lines(Behind));
    }

    [Fact]
    public async Task Chains_without_a_jump_and_of_nobody_are_found_on_the_node_that_has_them()
    {
        const string Rule = "KUBE-NODEPORTS -p tcp -m comment --comment \"default/web:http\" -m tcp --dport 32009 -j KUBE-EXT-CDGGSHYLG3RE2FKL";
        const string Ghost = "KUBE-SEP-AAAAAAAAAAAAAAAA";
        const string Told = "Get-ServiceNatChain -Node node-3 | Where-Object Problems | ForEach-Object { foreach ($p in $_.Problems) { \"$($_.Service) $($_.Status) $($p.Kind) $($p.Chain)\" } }";
        try
        {
            Assert.True((await fixture.OnNodeAsync("node-3", $"iptables -t nat -D {Rule}; iptables -t nat -N {Ghost}")).Succeeded);

            Assert.Equal([$" ghost GhostChain {Ghost}", "web nojump ChainWithoutJump KUBE-EXT-CDGGSHYLG3RE2FKL"], Shell.Lines(Told).Order(StringComparer.Ordinal));
            Assert.Equal([" node-3", "web node-3"], Shell.Lines("Get-ServiceNatChain -AllNodes | Where-Object Status -ne ok | ForEach-Object { \"$($_.Service) $($_.Node)\" }").Order(StringComparer.Ordinal));
            // what is behind pipes on to its chains
            Assert.Equal(["node-3"], Shell.Lines("Get-ServiceNatChain web -AllNodes | Where-Object Status -eq lagging | Get-ServiceNatChain | ForEach-Object Node"));
        }
        finally
        {
            await fixture.OnNodeAsync("node-3", $"iptables -t nat -X {Ghost}; iptables -t nat -A {Rule}");
        }

        Assert.Empty(Shell.Lines(Told));
    }

    [Fact]
    public async Task A_udp_client_that_keeps_its_port_stays_with_an_endpoint_that_is_taken_away()
    {
        const string Ask = $"dig +short +notcp +time=5 +tries=2 @{Dns} web.default.svc.cluster.local. -b 0.0.0.0#40071";
        const string Stale = "Get-ServiceNatChain kube-dns node-2 -Protocol udp | ForEach-Object { \"$($_.Status) $(@($_.StaleConnections).Count) $($_.Reason)\" }";
        var file = Path.Combine(fixture.Status.StateDirectory, "objects.json");
        var original = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        try
        {
            Assert.True((await fixture.InPodAsync("shell-node-2", Ask)).Succeeded);
            Assert.StartsWith("ok 0 ", Assert.Single(Shell.Lines(Stale)), StringComparison.Ordinal);
            var entry = (await fixture.OnNodeAsync("node-2", $"conntrack -L -p udp --orig-port-src {Port} -d {Dns} 2>/dev/null")).Output;
            var endpoint = entry.Split(" src=")[2].Split(' ')[0];

            await ReplaceAsync(file, Without(original, endpoint));
            // the client goes on, and the kernel asks no rule
            Assert.True((await fixture.InPodAsync("shell-node-2", Ask)).Succeeded);
            // other clients asked that server too
            var told = Assert.Single(Shell.Lines(Stale));
            Assert.StartsWith("stale ", told, StringComparison.Ordinal);
            var remedy = $"conntrack -D -p udp -d {Dns} --dport 53 --dst-nat {endpoint}";
            Assert.Matches($"[0-9]+ tracked udp connections?.* still leads? to {endpoint}:53, which is no endpoint of the service \\(end with: {remedy}\\)", told);
            Assert.Single(Shell.Lines("(Get-ServiceNatChain kube-dns node-2 -Protocol udp).StaleConnections | ForEach-Object Print"), line => line.Contains($" sport={Port} ", StringComparison.Ordinal));

            // the remedy does what it says
            Assert.True((await fixture.OnNodeAsync("node-2", remedy)).Succeeded);
            Assert.StartsWith("stale 0 1/3 of new flows goes to ", Assert.Single(Shell.Lines(Stale)), StringComparison.Ordinal);
        }
        finally
        {
            await ReplaceAsync(file, original);
        }

        Assert.StartsWith("ok 0 ", Assert.Single(Shell.Lines(Stale)), StringComparison.Ordinal);
    }

    // the API without an endpoint of DNS
    private static string Without(string text, string address)
    {
        var objects = JsonNode.Parse(text)!;
        foreach (var endpoints in objects["endpointslices"]!.AsArray().Where(IsDns).Select(s => s!["endpoints"]!.AsArray()))
        {
            foreach (var gone in endpoints.Where(e => (string?)e!["addresses"]![0] == address).ToList()) endpoints.Remove(gone);
        }

        foreach (var subset in objects["endpoints"]!.AsArray().Where(IsDns).SelectMany(e => e!["subsets"]!.AsArray()))
        {
            var addresses = subset!["addresses"]!.AsArray();
            foreach (var gone in addresses.Where(a => (string?)a!["ip"] == address).ToList()) addresses.Remove(gone);
        }

        return objects.ToJsonString();

        static bool IsDns(JsonNode? item) => ((string?)item!["metadata"]!["name"])!.StartsWith("kube-dns", StringComparison.Ordinal);
    }

    private static async Task ReplaceAsync(string file, string content)
    {
        await File.WriteAllTextAsync(file + ".new", content, CancellationToken.None);
        File.Move(file + ".new", file, overwrite: true);
    }
}
