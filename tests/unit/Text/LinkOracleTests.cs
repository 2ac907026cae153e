using System.Text.RegularExpressions;
using GravityNet.Parsing;
using GravityNet.UnitTests.Probing;
using Xunit;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// The kernel as the judge: a field of a link that was read is changed, <c>ip -batch</c> sets it, and what <c>ip -d addr</c> then prints is what the changed link prints.
/// </summary>
public sealed partial class LinkOracleTests : IAsyncLifetime
{
    private NamespaceShell? _shell;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root on Linux");
        _shell = await NamespaceShell.CreateAsync();
        // no addresses of the kernel's own, and none that are tentative
        await _shell.SetUpAsync(
            """
            for where in all default lo; do echo 1 > /proc/sys/net/ipv6/conf/$where/disable_ipv6; done
            ip link add eth0 type veth peer name eth1
            ip link set eth1 up
            ip link set eth0 address 02:00:00:00:00:01 up
            ip address add 192.0.2.1/24 brd + dev eth0
            ip link add flannel.1 index 50 address 02:00:00:00:00:02 type vxlan id 1 local 192.0.2.1 dev eth0 dstport 8472 nolearning
            ip link set flannel.1 up
            ip link add br0 type bridge
            ip link set br0 address c2:11:22:33:44:55 up
            ip link add port0 type veth peer name port1
            ip link set port0 master br0
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null) await _shell.DisposeAsync();
    }

    [Fact]
    public async Task What_every_link_has()
    {
        // a device that was never up has no queueing discipline
        await Holds("flannel.1", l => l with { Flags = [.. l.Flags.Where(f => f is not ("UP" or "LOWER_UP"))], State = "DOWN", Qdisc = "noop" });
        await Holds("flannel.1", l => l with { Flags = [.. l.Flags, "UP", "LOWER_UP"], State = "UNKNOWN", Qdisc = "noqueue" });
        await Holds("eth0", l => l with { Mtu = 1400 });
        await Holds("eth0", l => l with { QueueLength = 77 });
        await Holds("eth0", l => l with { Group = "7" });
        await Holds("eth0", l => l with { Alias = "to  the \\ spine" });
        await Holds("eth0", l => l with { Alias = "" });
        await Holds("eth0", l => l with { Mac = "02:00:00:00:00:99" });
        await Holds("eth0", l => l with { AltNames = ["enp0s3", "uplink"] });
    }

    [Theory]
    [InlineData(7, 4789, "192.0.2.1", "", true, 300, "5")]
    [InlineData(16777215, 8472, "", "239.1.1.1", false, 86400, "auto")]
    [InlineData(1, 65535, "2001:db8::1", "", false, 77, "inherit")]
    public async Task What_a_VXLAN_device_has(int vni, int port, string local, string group, bool learning, int ageing, string ttl)
    {
        await _shell!.SetUpAsync("echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6");
        await Holds("flannel.1", l => l with
        {
            // the outer IPv6 header is 20 bytes longer
            Mtu = local.Contains(':', StringComparison.Ordinal) ? 1430 : 1450,
            Device = l.Vxlan! with { Vni = vni, Port = port, Local = local, Group = group, Learning = learning, Ageing = ageing, Ttl = ttl, Proxy = learning, L2Miss = learning, Tos = learning ? "0x10" : "" },
        });
    }

    [Fact]
    public async Task What_a_bridge_and_its_port_have()
    {
        await Holds("br0", l => l with
        {
            Device = (BridgeDevice)l.Device! with { ForwardDelay = 400, HelloTime = 100, MaxAge = 800, AgeingTime = 12000, Priority = 4096, BridgeId = "1000.c2:11:22:33:44:55", DesignatedRoot = "1000.c2:11:22:33:44:55", MulticastSnooping = false, CallsIptables = true },
        });
        await Holds("br0", l => l with { Device = (BridgeDevice)l.Device! with { StpState = 1 } });
        await Holds("port0", l => l with { Slave = (BridgeSlave)l.Slave! with { Cost = 77, Hairpin = true, Learning = false, Flood = false, Isolated = true, NeighborSuppress = true, Guard = true } });
    }

    [Fact]
    public async Task What_an_address_has()
    {
        await Address("eth0", a => a with { Address = "192.0.2.2" });
        await Address("eth0", a => a with { PrefixLength = 28, Broadcast = "192.0.2.15" });
        await Address("eth0", a => a with { Broadcast = "" });
        await Address("eth0", a => new(a.Family, a.Address, a.PrefixLength, "link") { Label = a.Label, Flags = a.Flags, ValidLifetime = a.ValidLifetime, PreferredLifetime = a.PreferredLifetime, Form = a.Form, LifetimeForm = a.LifetimeForm, Source = a.Source });
        await Address("eth0", a => a with { Label = "eth0:1" });
        await Address("eth0", a => a with { Flags = ["noprefixroute"] });
        await Address("eth0", a => a with { Metric = 77 });
        await Address("eth0", a => a with { Peer = "203.0.113.9", PrefixLength = 32 });
        await _shell!.SetUpAsync("echo 0 > /proc/sys/net/ipv6/conf/port1/disable_ipv6; ip address add 2001:db8::1/64 dev port1 nodad");
        await Address("port1", a => a with { Address = "2001:db8::2", PrefixLength = 96 });
        await Address("port1", a => a with { Flags = ["nodad", "home", "mngtmpaddr", "noprefixroute"], PrefixLength = 64 });
        await Address("port1", a => a with { Peer = "2001:db8::9", PrefixLength = 128, Flags = ["nodad"] });
    }

    private async Task Holds(string name, Func<Link, Link> change)
    {
        var changed = change(await Read(name));
        await Batch(Commands(changed));
        Assert.Equal(Still(changed.Print()), Still((await Read(name)).Print()));
    }

    private async Task Address(string name, Func<InterfaceAddress, InterfaceAddress> change)
    {
        var link = await Read(name);
        var changed = change(link.Addresses[0]);
        await Batch($"address flush dev {name}", $"address add {Arguments(changed)} dev {name}");
        Assert.Equal((link with { Addresses = [changed] }).Print(), (await Read(name)).Print());
    }

    private async Task<Link> Read(string name)
    {
        var result = await _shell!.RunAsync($"ip -d address show dev {name}; ip -d link show dev {name}", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        var parsed = IpLinks.Parse("n", "ip-addr", result.Output);
        Assert.Empty(parsed.Unread);
        return parsed.Records[0];
    }

    private async Task Batch(params IEnumerable<string> commands)
    {
        var result = await _shell!.RunAsync($"ip -batch - <<'EOF'\n{string.Join('\n', commands)}\nEOF\n", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"{result.Error}\n{string.Join('\n', commands)}");
    }

    // what sets all that can be set
    private static IEnumerable<string> Commands(Link link)
    {
        var name = link.Interface;
        // a VXLAN device cannot be changed in most of it: the line that it prints is the one that makes it
        if (link.Vxlan is { } vxlan)
        {
            yield return $"link delete {name}";
            yield return $"link add {name} index {link.Index} type {vxlan.Print()}";
        }

        if (link.Device is BridgeDevice bridge) yield return $"link set dev {name} type {Settable(bridge.Print(), "forward_delay|hello_time|max_age|ageing_time|stp_state|priority|mcast_snooping|nf_call_iptables")}";
        if (link.Slave is BridgeSlave slave) yield return $"link set dev {name} type {Settable(slave.Print(), "cost|hairpin|guard|learning|flood|isolated|neigh_suppress")}";
        yield return $"link set dev {name} mtu {link.Mtu} txqueuelen {link.QueueLength ?? 0} group {link.Group} address {link.Mac} {(link.IsUp ? "up" : "down")}";
        yield return $"link set dev {name} alias \"{link.Alias}\"";
        if (link.AltNames.Count > 0) yield return $"link property add dev {name} {string.Join(' ', link.AltNames.Select(n => $"altname {n}"))}";
    }

    // the kind, and of the pairs after it those that are no state
    private static string Settable(string line, string keys) => Regex.Match(line, @"\w+").Value + string.Concat(Regex.Matches(line, $@" ({keys}) \S+(?= )").Select(m => m.Value));

    // its own line, with the word before the label, and without what the kernel alone decides
    private static string Arguments(InterfaceAddress address) =>
        $"{(address with { Label = "", Form = null, Flags = [.. address.Flags.Except(["secondary", "dynamic"])] }).Print()["inet".Length..].TrimStart('6')}{(address.Label.Length > 0 ? $" label {address.Label}" : "")}";

    // timers run
    private static string Still(string text) => Timers().Replace(text, "$1 -");

    [GeneratedRegex("(_timer) +[0-9.]+")]
    private static partial Regex Timers();
}
