using GravityNet.Facts;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Text;

/// <summary>Settings, counters, features, modules and the kernel's log.</summary>
public sealed class KernelTests
{
    [Fact]
    public void Kernel_messages_of_the_network_are_told_apart()
    {
        var said = Dmesg.Parse("node-1", "dmesg", Languages.Sample("dmesg.faults"), Languages.Taken).Records;
        Assert.Equal(
            [
                " | | |", "BridgeFilterMissing| | |", "LinkUp| | |", "LinkDown|eth1| |", "LinkUp|eth2| |", "LinkUp|veth4722669f| |", "LinkDown|eth0| |", "LinkDown|eth1| |",
                "ConntrackTableFull| | |", "ConntrackTableFull| | |", "NeighborTableOverflow| | |", "NeighborTableOverflow| | |",
                "Martian|flannel.1| |10.244.65.3", " | | |", "Martian|flannel.1| |127.0.0.1", "OwnAddress|veth4722669f|cni0|0a:58:0a:f4:13:01", "SynFlood| | |443", "SynFlood| | |0.0.0.0:80",
                "ConntrackHelper| | |", "Vxlan|flannel.1| |96:55:5d:21:ec:47", "TcpMemory| | |", "TcpMemory| | |", "TransmitTimeout|eth0| |", "DeviceHeld|veth4722669f| |", "Suppressed| | |",
                "PortState|veth4722669f|cni0|", "PortState|veth12|docker0|",
            ],
            said.Select(m => string.Join('|', m.Kind.PadRight(1), m.Interface.PadRight(1), m.Bridge.PadRight(1), m.Address)));
        Assert.Equal(12.345678m, said[1].Seconds);
        Assert.Equal("nf_conntrack: nf_conntrack: table full, dropping packet", said[8].Message);
    }

    [Fact]
    public void Times_are_read_in_each_form_and_a_year_that_is_missing_is_the_last_one_possible()
    {
        var syslog = Dmesg.Parse("node-1", "dmesg", Languages.Sample("dmesg.syslog"), Languages.Taken).Records;
        Assert.Equal([new DateTimeOffset(2026, 1, 23, 17, 8, 19, default), new(2026, 1, 3, 17, 8, 20, default), new(2020, 1, 23, 17, 8, 21, default)], syslog.Select(m => m.Time!.Value));
        Assert.Equal((102m, "Martian"), (syslog[0].Seconds, syslog[0].Kind));
        Assert.Equal("nf_conntrack: nf_conntrack: table full, dropping packet", syslog[1].Message);
        var early = Dmesg.Parse("node-1", "dmesg", "Dec 31 23:59:59 node-1 kernel: x\n", new(2027, 1, 1, 0, 0, 5, default)).Records;
        Assert.Equal(2026, early[0].Time!.Value.Year);
        foreach (var sample in (string[])["dmesg.dates", "dmesg.iso"]) Assert.All(Dmesg.Parse("node-1", "dmesg", Languages.Sample(sample), Languages.Taken).Records, m => Assert.Equal(2026, m.Time!.Value.Year));
        foreach (var sample in (string[])["dmesg.seconds", "dmesg.raw", "dmesg.decoded"]) Assert.All(Dmesg.Parse("node-1", "dmesg", Languages.Sample(sample), Languages.Taken).Records, m => Assert.True(m.Seconds > 0 && m.Message[0] != '['));
    }

    [Fact]
    public void A_setting_is_the_same_from_sysctl_and_from_its_file()
    {
        const string Tool = "net.ipv4.conf.flannel/1.forwarding = 0\nnet.ipv4.tcp_rmem = 4096\t131072\t6291456\nkernel.x = \n";
        const string Files = "/proc/sys/net/ipv4/conf/flannel.1/forwarding:0\n/proc/sys/net/ipv4/tcp_rmem:4096\t131072\t6291456\n/proc/sys/kernel/x:\n";
        var (tool, files) = (SysctlText.Parse("node-1", "sysctl", Tool).Records, SysctlText.Parse("node-1", "sysctl", Files).Records);
        Assert.Equal(tool.Select(s => (s.Key, s.Value, s.Number)), files.Select(s => (s.Key, s.Value, s.Number)));
        Assert.Equal(("net.ipv4.conf.flannel/1.forwarding", 0L), (tool[0].Key, tool[0].Number));
        Assert.Equal("/proc/sys/net/ipv4/conf/flannel.1/forwarding:1", (files[0] with { Value = "1" }).Print());
    }

    [Fact]
    public void Counters_are_the_same_from_nstat_and_from_the_kernels_files()
    {
        var tool = Nstat.Parse("node-1", "nstat", Languages.Sample("nstat.iproute2-6.1")).Records.ToDictionary(c => c.Name, c => c.Value);
        var files = Nstat.Parse("node-1", "nstat", Languages.Sample("nstat.proc")).Records.ToDictionary(c => c.Name, c => c.Value);
        // nstat leaves out what is no counter, and has IPv6 and the sockets of another file too
        Assert.True(tool.Keys.Intersect(files.Keys).Count() > 150);
        string[] states = ["IpForwarding", "IpDefaultTTL", "TcpRtoAlgorithm", "TcpRtoMin", "TcpRtoMax", "TcpMaxConn", "TcpCurrEstab"];
        Assert.All(files.Keys.Except(tool.Keys), name => Assert.Contains(name, states));
        Assert.True(files["IpInReceives"] >= tool["IpInReceives"]);
        Assert.Equal(-1, files["TcpMaxConn"]);
    }

    [Fact]
    public void Features_modules_and_names_are_read()
    {
        var features = EthtoolFeatures.Parse("node-1", "ethtool-k", Languages.Sample("ethtool-k.vxlan")).Records;
        var checksum = Assert.Single(features, f => f.Name == "tx-checksum-ipv4");
        Assert.Equal(("vx", "tx-checksumming", false, true), (checksum.Interface, checksum.Group, checksum.IsOn, checksum.IsFixed));
        var asked = Assert.Single(EthtoolFeatures.Parse("node-1", "ethtool-k", "Features for eth0:\ntx-checksum-sctp: off [requested on]\n").Records);
        Assert.Equal((false, "requested on"), (asked.IsOn, asked.Requested));

        var modules = Lsmod.Parse("node-1", "lsmod", Languages.Sample("lsmod.kmod")).Records;
        Assert.Equal((2, "stp bridge"), modules.Where(m => m.Name == "llc").Select(m => (m.UsedCount!.Value, string.Join(' ', m.UsedBy))).Single());
        Assert.Equal(["Live", "0xffffffffc0701000", "(E)"], Lsmod.Parse("node-1", "lsmod", Languages.Sample("lsmod.proc")).Records[^1].Words);

        var centos = Assert.Single(Uname.Parse("node-1", "uname", Languages.Sample("uname.centos7")).Records);
        Assert.Equal(("3.10.0-1160.el7.x86_64", "#1 SMP Mon Oct 19 16:18:59 UTC 2020", "x86_64", "GNU/Linux"), (centos.Release, centos.Version, centos.Machine, centos.OperatingSystem));

        Assert.Equal(("vxlan", "vxlan"), (NamedValues.ParseColons("node-1", "ethtool-i", Languages.Sample("ethtool-i.vxlan")).Records[0].Value, "vxlan"));
        var recent = XtRecent.Parse("node-1", "xt-recent", Languages.Sample("xt-recent.proc")).Records;
        Assert.Contains(recent, r => r is { List: "pings", Address: "127.0.0.1", Ttl: 64, Times.Count: 2 });
    }

    [Fact]
    public void A_nodes_state_has_them_and_tells_what_is_not_known()
    {
        FactResult Fact(string name, string text) => new(name, text) { ExitCode = 0 };
        var facts = new[] { Fact("sysctl", "net.ipv4.ip_forward = 1\nwhat is this\n"), Fact("ss-udp", Languages.Sample("ss-udp.iproute2-6.1")), Fact("lsmod", Languages.Sample("lsmod.kmod")) };
        var state = new NodeState(new("node-1", "", facts.ToDictionary(f => f.Fact), []));
        Assert.Equal("1", state.Sysctl("net.ipv4.ip_forward")!.Value);
        Assert.Null(state.Sysctl("net.ipv4.nothing"));
        Assert.Equal("what is this", Assert.Single(state.Unread).Text);
        Assert.NotEmpty(state.Sockets.Records);
        Assert.Equal("node-1: 'ss-tcp' was not collected", state.Sockets.Reason);
        Assert.Equal("node-1: 'dmesg' was not collected", state.KernelMessages.Reason);
        Assert.Contains(state.Modules.Records, m => m.Name == "br_netfilter");
    }

    [Fact]
    public async Task The_facts_run_on_this_machine_and_their_texts_are_known()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root on Linux");
        var names = new[] { "dmesg", "sysctl", "nstat", "ss-udp", "ss-tcp", "conntrack", "conntrack-stats", "uname", "hostname" };
        var script = new FactScript(new FactRequest(names));
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", script.Text]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var state = new NodeState(script.Read("node-1", "", output, await error));
        Assert.All(names, n => Assert.True(state.Facts.Get(n)!.Answered, state.Facts.Get(n)!.Reason));
        Assert.All([state.KernelMessages.Reason, state.Sysctls.Reason, state.Counters.Reason, state.Sockets.Reason, state.Connections.Reason, state.ConntrackCounters.Reason, state.Kernel.Reason, state.HostName.Reason], Assert.Empty);
        Assert.Empty(state.Unread);
        Assert.True(state.Counters.Records.Count > 100 && state.KernelMessages.Records.Count > 0);
        Assert.All(names, n => Languages.Get(n).Holds(state.Facts.Get(n)!.Text));
    }
}
