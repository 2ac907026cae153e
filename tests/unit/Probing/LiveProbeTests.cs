using System.Diagnostics;
using System.Text;
using GravityNet.Probing;
using Xunit;

namespace GravityNet.UnitTests.Probing;

/// <summary>
/// The script as real shells and tools run it, between two network namespaces of the test's own: <c>10.9.1.1</c> sends, <c>10.9.1.2</c> answers.
/// </summary>
public sealed class LiveProbeTests : IAsyncLifetime
{
    private static readonly string[] Tools = ["ip", "ping", "bash", "timeout", "nsenter", "dnsmasq", "busybox", "iptables"];
    private NamespaceShell? _here;
    private NamespaceShell? _there;
    private Process? _dns;
    private Process? _web;

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Tools.Any(t => !IsThere(t))) return;
        _here = await NamespaceShell.CreateAsync();
        _there = await NamespaceShell.CreateAsync();
        await _here.SetUpAsync($"ip link add veth0 type veth peer name veth1 netns {_there.Node}\nip addr add 10.9.1.1/24 dev veth0\nip link set veth0 up");
        await _there.SetUpAsync("ip addr add 10.9.1.2/24 dev veth1\nip link set veth1 up\niptables -A INPUT -p tcp --dport 81 -j DROP\niptables -A INPUT -d 10.9.1.3 -j DROP\nip addr add 10.9.1.3/24 dev veth1");
        _web = _there.Start("busybox", "httpd", "-f", "-p", "10.9.1.2:80", "-h", Path.GetTempPath());
        _dns = _there.Start(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--no-resolv", "--no-hosts",
            "--listen-address=10.9.1.2", "--bind-interfaces", "--host-record=kubernetes.default.svc.cluster.local,10.100.0.1");
        await _there.SetUpAsync("for i in $(seq 100); do [ $(ss -Hlntu | grep -c -e ':53 ' -e ':80 ') -ge 3 ] && exit 0; sleep 0.05; done; exit 1");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in new[] { _dns, _web })
        {
            server?.Kill(entireProcessTree: true);
            server?.Dispose();
        }

        if (_here is not null) await _here.DisposeAsync();
        if (_there is not null) await _there.DisposeAsync();
    }

    [Fact]
    public async Task Real_tools_give_every_verdict()
    {
        var answers = await RunAsync(
            Icmp("10.9.1.2"), Icmp("10.9.1.3"), Icmp("10.8.8.8"),
            Tcp("10.9.1.2", 80), Tcp("10.9.1.2", 82), Tcp("10.9.1.2", 81), Tcp("10.8.8.8", 80),
            Dns("10.9.1.2", 53), Dns("10.9.1.2", 54), Dns("10.9.1.3", 53));

        Assert.Equal(
            [
                "Ok 1/1 ", "Lost 0/2 ", "Unreachable 0/2 ping: connect: Network is unreachable",
                "Ok 1/1 connected", "Refused 0/2 Connection refused", "Lost 0/2 no answer to the connection request", "Unreachable 0/2 Network is unreachable",
                "Ok 1/1 kubernetes.default.svc.cluster.local has address 10.100.0.1", "Refused 0/2 Connection refused", "Lost 0/2 no answer to the query",
            ],
            answers.Select(a => $"{a.Verdict} {a.Received}/{a.Sent} {a.Detail}"));
        Assert.InRange(answers[0].RttMs!.Value, 0.001, 500);
    }

    [Theory]
    // a node of busybox alone, with and without its timeout; bash without timeout; dig beside a shell
    [InlineData("busybox")]
    [InlineData("busybox -timeout")]
    [InlineData("busybox -timeout bash dig")]
    [InlineData("busybox -nslookup dig")]
    [InlineData("busybox -nslookup nslookup")]
    public async Task A_node_with_other_tools_gives_the_same_verdicts(string tools)
    {
        SkipUnlessPossible();
        var folder = Directory.CreateTempSubdirectory("gravitynet-tools-").FullName;
        try
        {
            await _here!.SetUpAsync(ToolsIn(folder, tools));
            var script = new ProbeScript(
                [
                    Icmp("10.9.1.2"), Icmp("10.9.1.3"), Tcp("10.9.1.2", 80), Tcp("10.9.1.2", 82), Tcp("10.9.1.2", 81), Tcp("10.8.8.8", 80),
                    Dns("10.9.1.2", 53), Dns("10.9.1.2", 54), Dns("10.9.1.3", 53),
                ], 1, 1);
            var result = await _here.RunAsync($"PATH={folder}\n{script.Text}", script.Limit, CancellationToken.None);

            var answers = script.Read(result.Output, result.Error);
            Assert.Equal(
                ["Ok", "Lost", "Ok", "Refused", "Lost", "Unreachable", "Ok", "Refused", "Lost"],
                answers.Select(a => a.Verdict == ProbeVerdict.Unknown ? a.Detail : $"{a.Verdict}"));
            Assert.Equal("kubernetes.default.svc.cluster.local has address 10.100.0.1", answers[6].Detail);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Without_any_tool_for_it_a_probe_is_unknown_and_names_what_would_do()
    {
        SkipUnlessPossible();
        var folder = Directory.CreateTempSubdirectory("gravitynet-tools-").FullName;
        try
        {
            await _here!.SetUpAsync(ToolsIn(folder, "busybox -nc -nslookup"));
            var script = new ProbeScript([Icmp("10.9.1.2"), Tcp("10.9.1.2", 80), Dns("10.9.1.2", 53)], 1, 1);
            var result = await _here.RunAsync($"PATH={folder}\n{script.Text}", script.Limit, CancellationToken.None);

            Assert.Equal(
                [
                    "Ok ", "Unknown neither 'bash' nor 'nc' is there on node-1 (Debian packages bash, netcat-openbsd)",
                    "Unknown none of 'bash' with 'timeout', 'dig' and 'nslookup' is there on node-1 (Debian packages bash, bind9-dnsutils)",
                ],
                script.Read(result.Output, result.Error).Select(a => $"{a.Verdict} {a.Detail}"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("busybox ping")]
    public async Task A_login_that_may_not_ping_is_unknown_and_not_refused(string ping)
    {
        SkipUnlessPossible();
        var script = new ProbeScript([Icmp("10.9.1.2")], 1, 1);
        // an ordinary user without the file capability that Debian gives ping, and without the kernel's own way for ordinary users
        var result = await _here!.RunAsync(
            $"""
            echo 1 0 >/proc/sys/net/ipv4/ping_group_range
            exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs sh -c '
            ping() {"{"} command {ping} "$@"; {"}"}
            '{CaptureQuote(script.Text)}
            """,
            script.Limit, CancellationToken.None);

        var answer = Assert.Single(script.Read(result.Output, result.Error));
        Assert.StartsWith("Unknown the login may not ping from node:node-1: ping: ", $"{answer.Verdict} {answer.Detail}", StringComparison.Ordinal);
        Assert.EndsWith("; connect as root, or with -Sudo", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_inside_another_namespace_it_is_the_same()
    {
        SkipUnlessPossible();
        using var inside = _here!.Start("sleep", "30");
        try
        {
            var pod = new ProbeOrigin("n", new Pod("default", "web") { Source = new("", "kube-pods", 0, "") }, inside.Id);
            // sent from the other side: only the entered namespace has 10.9.1.1's way
            var script = new ProbeScript([Icmp("10.9.1.2") with { From = pod }, Dns("10.9.1.2", 53) with { From = pod }, Tcp("10.9.1.2", 80) with { From = pod }], 1, 1);
            await using var elsewhere = await NamespaceShell.CreateAsync();
            var result = await elsewhere.RunAsync(script.Text, script.Limit, CancellationToken.None);

            Assert.Equal([ProbeVerdict.Ok, ProbeVerdict.Ok, ProbeVerdict.Ok], script.Read(result.Output, result.Error).Select(a => a.Verdict));
        }
        finally
        {
            inside.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task Many_probes_keep_their_results_apart_and_run_side_by_side()
    {
        var probes = Enumerable.Range(0, 120).Select(i => i % 2 == 0 ? Icmp("10.9.1.2") : Tcp("10.9.1.2", i % 4 == 1 ? 80 : 82)).ToArray();
        var since = Stopwatch.StartNew();

        var answers = await RunAsync(probes);

        Assert.All(answers.Index(), a => Assert.Equal(a.Index % 2 == 0 || a.Index % 4 == 1 ? ProbeVerdict.Ok : ProbeVerdict.Refused, a.Item.Verdict));
        Assert.InRange(since.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public async Task A_node_without_ping_is_unknown_and_the_rest_is_tested()
    {
        SkipUnlessPossible();
        var script = new ProbeScript([Icmp("10.9.1.2"), Tcp("10.9.1.2", 80)], 1, 1);

        var result = await _here!.RunAsync($"ping() {{ command no-such-ping \"$@\"; }}\n{script.Text}", script.Limit, CancellationToken.None);

        Assert.Equal(
            ["Unknown 'ping' is not there on node-1 (Debian package iputils-ping)", "Ok connected"],
            script.Read(result.Output, result.Error).Select(a => $"{a.Verdict} {a.Detail}"));
    }

    private async Task<IReadOnlyList<ProbeAnswer>> RunAsync(params Probe[] probes)
    {
        SkipUnlessPossible();
        var script = new ProbeScript(probes, 1, 1);
        var result = await _here!.RunAsync(script.Text, script.Limit, CancellationToken.None);
        return script.Read(result.Output, result.Error);
    }

    private static string CaptureQuote(string text) => GravityNet.Facts.ShellText.Quote(text);

    // a folder with busybox's applets; '-NAME' takes one out, another word is a tool of the machine's
    private static string ToolsIn(string folder, string words)
    {
        var script = new StringBuilder($"busybox --install -s {folder}\n");
        foreach (var word in words.Split(' ').Skip(1)) script.Append(word[0] == '-' ? $"rm {folder}/{word[1..]}\n" : $"ln -s $(command -v {word}) {folder}/{word}\n");
        return script.ToString();
    }

    private void SkipUnlessPossible() => Assert.SkipUnless(_here is not null, $"needs Linux, root and {string.Join(", ", Tools)}");

    private static bool IsThere(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin").Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static Probe Icmp(string address) => new(new("node-1"), Target(address), ProbeProtocols.Icmp);

    private static Probe Tcp(string address, int port) => new(new("node-1"), Target(address), ProbeProtocols.Tcp, port);

    private static Probe Dns(string address, int port) => new(new("node-1"), Target(address), ProbeProtocols.Dns, port);

    private static ProbeTarget Target(string address) => new(ProbeTargetKind.Address, address, "", address);
}
