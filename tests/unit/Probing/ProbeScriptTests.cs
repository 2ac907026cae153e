using GravityNet.Probing;
using Xunit;

namespace GravityNet.UnitTests.Probing;

public sealed class ProbeScriptTests
{
    private static readonly ProbeOrigin Node = new("node-1");
    private static readonly ProbeOrigin Pod = new("node-1", new Pod("shop", "web") { Source = new("", "kube-pods", 0, "") }, 4711);

    [Fact]
    public void Each_probe_is_one_command_with_nothing_but_addresses_and_numbers_in_it()
    {
        var script = new ProbeScript(
        [
            new(Node, Address("10.244.19.0"), ProbeProtocols.Icmp),
            new(Pod, Address("10.244.19.2"), ProbeProtocols.Icmp),
            new(Pod, Address("10.100.45.9"), ProbeProtocols.Tcp, 3009),
            new(Node, Address("10.100.0.10"), ProbeProtocols.Dns, 53),
        ], 3, 2, "@@m").Text;

        Assert.Contains("( probe 0 ping -n -c 3 -i 0.2 -W 2 10.244.19.0; ) &\n", script, StringComparison.Ordinal);
        Assert.Contains("probe 1 nsenter -t 4711 -n -- ping -n -c 3 -i 0.2 -W 2 10.244.19.2;", script, StringComparison.Ordinal);
        Assert.Contains("probe 2 tcp 10.100.45.9 3009 nsenter -t 4711 -n --;", script, StringComparison.Ordinal);
        Assert.Matches(@"probe 3 dns 10\.100\.0\.10 53 '(\\[0-7]{3})+';", script);
        Assert.DoesNotContain("shop", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1; reboot")]
    [InlineData("$(reboot)")]
    [InlineData("")]
    public void What_is_no_address_never_reaches_the_shell(string address) =>
        Assert.Throws<ArgumentException>(() => new ProbeScript([new(Node, Address(address), ProbeProtocols.Icmp)], 1, 1).Text);

    [Fact]
    public void Results_are_found_by_their_frames_in_any_order()
    {
        var script = new ProbeScript(
        [
            new(Node, Address("10.0.0.1"), ProbeProtocols.Tcp, 80),
            new(Node, Address("10.0.0.2"), ProbeProtocols.Tcp, 80),
            new(Node, Address("10.0.0.3"), ProbeProtocols.Tcp, 80),
            new(Node, Address("10.0.0.4"), ProbeProtocols.Tcp, 80),
            new(Node, Address("10.0.0.5"), ProbeProtocols.Tcp, 80),
            new(Node, Address("10.0.0.6"), ProbeProtocols.Tcp, 80),
        ], 1, 1, "@@m");

        var answers = script.Read(
            """
            @@m probe 2 124 2

            @@m end
            @@m probe 0 0 1
            clock 1700000000.000100 1700000000.001600
            @@m end
            login banner
            @@m probe 1 1 2
            bash: connect: Connection refused
            bash: line 1: /dev/tcp/10.0.0.2/80: Connection refused
            @@m end
            @@m probe 4 127 1
            timeout: failed to run command 'bash': No such file or directory
            @@m end
            @@m probe 5 1 2
            bash: connect: No route to host
            @@m end
            @@m probe 3 0 1
            cut
            """, "killed");

        Assert.Equal(
            ["Ok 1/1 connected", "Refused 0/2 Connection refused", "Lost 0/2 no answer to the connection request", "Unknown 0/0 the probe gave no result: killed",
                "Unknown 0/0 neither 'bash' nor 'nc' is there on node-1 (Debian packages bash, netcat-openbsd)", "Unreachable 0/2 No route to host"],
            answers.Select(a => $"{a.Verdict} {a.Received}/{a.Sent} {a.Detail}"));
        Assert.Equal(1.5, answers[0].RttMs);
    }

    [Fact]
    public void Dns_answers_are_decoded_and_others_are_not_taken_for_them()
    {
        var script = new ProbeScript([.. Enumerable.Range(1, 4).Select(i => new Probe(Node, Address($"10.0.0.{i}"), ProbeProtocols.Dns, 53))], 1, 1, "@@m");

        var answers = script.Read(
            """
            @@m probe 0 0 1
             67 00 85 80 00 01 00 01 00 00 00 00 0a 6b 75 62
             65 72 6e 65 74 65 73 07 64 65 66 61 75 6c 74 03
             73 76 63 07 63 6c 75 73 74 65 72 05 6c 6f 63 61
             6c 00 00 01 00 01 c0 0c 00 01 00 01 00 00 00 05
             00 04 0a 64 00 01
            0+1 records in
            0+1 records out
            70 bytes copied, 0.0017 s, 41.1 kB/s
            @@m end
            @@m probe 1 0 1
             67 00 85 80
            @@m end
            @@m probe 2 1 2
            dd: error reading 'standard input': Connection refused
            0+0 records in
            @@m end
            @@m probe 3 124 2

            @@m end
            """, "");

        Assert.Equal(
            ["Ok kubernetes.default.svc.cluster.local has address 10.100.0.1", "Unknown 4 bytes came back that are no answer to the query", "Refused Connection refused", "Lost no answer to the query"],
            answers.Select(a => $"{a.Verdict} {a.Detail}"));
    }

    [Fact]
    public void The_time_is_bounded_by_the_number_of_probes()
    {
        var few = new ProbeScript([new(Node, Address("10.0.0.1"), ProbeProtocols.Icmp)], 1, 1).Limit;
        var many = new ProbeScript([.. Enumerable.Range(0, 200).Select(i => new Probe(Node, Address($"10.0.1.{i}"), ProbeProtocols.Icmp))], 1, 1).Limit;

        Assert.InRange(few.TotalSeconds, 10, 16);
        Assert.InRange(many.TotalSeconds, 30, 40);
    }

    private static ProbeTarget Address(string address) => new(ProbeTargetKind.Address, address, "", address);
}
