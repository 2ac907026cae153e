using GravityNet.Probing;
using Xunit;

namespace GravityNet.UnitTests.Probing;

public sealed class PingOutputTests
{
    private const string Answered = """
        PING 10.244.19.0 (10.244.19.0) 56(84) bytes of data.
        64 bytes from 10.244.19.0: icmp_seq=1 ttl=64 time=0.322 ms

        --- 10.244.19.0 ping statistics ---
        1 packets transmitted, 1 received, 0% packet loss, time 0ms
        rtt min/avg/max/mdev = 0.322/0.322/0.322/0.000 ms
        """;

    private const string Lost = """
        PING 10.244.19.3 (10.244.19.3) 56(84) bytes of data.

        --- 10.244.19.3 ping statistics ---
        1 packets transmitted, 0 received, 100% packet loss, time 0ms

        """;

    private const string HostUnreachable = """
        PING 10.244.65.2 (10.244.65.2) 56(84) bytes of data.
        From 10.244.19.1 icmp_seq=1 Destination Host Unreachable

        --- 10.244.65.2 ping statistics ---
        1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

        """;

    private const string FragmentationNeeded = """
        PING 10.244.65.2 (10.244.65.2) 1450(1478) bytes of data.
        From 10.244.19.0 icmp_seq=1 Frag needed and DF set (mtu = 1450)

        --- 10.244.65.2 ping statistics ---
        1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms

        """;

    private const string Half = """
        PING 10.244.65.2 (10.244.65.2) 56(84) bytes of data.
        64 bytes from 10.244.65.2: icmp_seq=1 ttl=62 time=0.215 ms

        --- 10.244.65.2 ping statistics ---
        4 packets transmitted, 2 received, 50% packet loss, time 618ms
        rtt min/avg/max/mdev = 0.200/0.215/0.230/0.015 ms
        """;

    private const string Busybox = """
        PING 127.0.0.1 (127.0.0.1): 56 data bytes
        64 bytes from 127.0.0.1: seq=0 ttl=64 time=0.118 ms

        --- 127.0.0.1 ping statistics ---
        1 packets transmitted, 1 packets received, 0% packet loss
        round-trip min/avg/max = 0.118/0.118/0.118 ms
        """;

    private const string BusyboxLost = """
        PING 10.9.9.9 (10.9.9.9): 56 data bytes

        --- 10.9.9.9 ping statistics ---
        1 packets transmitted, 0 packets received, 100% packet loss
        """;

    [Theory]
    [InlineData(Answered, "Ok", 1, 1, 0.322, "")]
    [InlineData(Lost, "Lost", 1, 0, null, "")]
    [InlineData(HostUnreachable, "Unreachable", 1, 0, null, "From 10.244.19.1 icmp_seq=1 Destination Host Unreachable")]
    [InlineData(FragmentationNeeded, "Lost", 1, 0, null, "From 10.244.19.0 icmp_seq=1 Frag needed and DF set (mtu = 1450)")]
    [InlineData(Half, "Partial", 4, 2, 0.215, "")]
    [InlineData(Busybox, "Ok", 1, 1, 0.118, "")]
    [InlineData(BusyboxLost, "Lost", 1, 0, null, "")]
    [InlineData("ping: connect: Network is unreachable", "Unreachable", 1, 0, null, "ping: connect: Network is unreachable")]
    [InlineData("connect: Network is unreachable", "Unreachable", 1, 0, null, "connect: Network is unreachable")]
    [InlineData("ping: socket: Too many open files", "Unknown", 0, 0, null, "ping said: ping: socket: Too many open files")]
    [InlineData("", "Unknown", 0, 0, null, "ping said: nothing")]
    public void Real_outputs_are_read(string text, string verdict, int sent, int received, double? rtt, string detail)
    {
        var answer = ProbeOutput.Ping(text);

        Assert.Equal((verdict, sent, received, rtt, detail), (answer.Verdict.ToString(), answer.Sent, answer.Received, answer.RttMs, answer.Detail));
    }

    [Fact]
    public void An_own_firewall_refuses()
    {
        var answer = ProbeOutput.Ping($"{Lost.Replace("bytes of data.\n", "bytes of data.\nping: sendmsg: Operation not permitted\n", StringComparison.Ordinal)}");

        Assert.Equal((ProbeVerdict.Refused, "ping: sendmsg: Operation not permitted"), (answer.Verdict, answer.Detail));
    }

    [Theory]
    [InlineData("node", 127, "sh: 5: ping: not found", "'ping' is not there on node-1 (Debian package iputils-ping)")]
    [InlineData("pod", 127, "nsenter: failed to execute ping: No such file or directory", "'ping' is not there on node-1 (Debian package iputils-ping)")]
    [InlineData("pod", 1, "nsenter: failed to execute ping: No such file or directory", "'ping' is not there on node-1 (Debian package iputils-ping)")]
    [InlineData("pod", 127, "sh: 5: nsenter: not found", "'nsenter' is not there on node-1 (Debian package util-linux)")]
    [InlineData("pod", 1, "nsenter: cannot open /proc/77/ns/net: No such file or directory", "the network namespace of pod:d/p could not be entered on node-1: nsenter: cannot open /proc/77/ns/net: No such file or directory")]
    public void What_could_not_be_sent_is_unknown_and_says_which_tool_of_which_node(string from, int exitCode, string text, string reason)
    {
        var origin = from == "node" ? new ProbeOrigin("node-1") : new ProbeOrigin("node-1", new Pod("d", "p") { Source = new("", "kube-pods", 0, "") }, 77);
        var probe = new Probe(origin, new(ProbeTargetKind.Address, "10.0.0.1", "", "10.0.0.1"), ProbeProtocols.Icmp);

        var answer = ProbeOutput.Read(probe, exitCode, 1, text, 0, "");

        Assert.Equal((ProbeVerdict.Unknown, reason), (answer.Verdict, answer.Detail));
    }
}
