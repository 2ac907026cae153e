using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Text;

public sealed class FlannelLogTests
{
    [Fact]
    public void The_trainings_journal_is_read_as_events()
    {
        var parsed = FlannelLog.Parse("kevin-test1", "flanneld-log", Languages.Sample("flanneld-log.training"), Languages.Taken);
        Assert.Single(parsed.Headings);
        var events = parsed.Records;
        Assert.Equal(33, events.Count);
        Assert.Equal(("systemd", 1, "ServiceStarting", "Starting Flannel..."), (events[0].Identifier, events[0].ProcessId, events[0].Kind, events[0].Message));
        // the year stands in the heading alone, and the fraction of the second in flannel's own header
        var added = events[^1];
        Assert.Equal(new DateTimeOffset(2020, 1, 23, 17, 10, 19, 659, 338, TimeSpan.Zero), added.Time);
        Assert.Equal(
            ("info", "vxlan_network.go:138", "SubnetAdded", "10.244.11.0/24", "10.162.0.5", "12:42:55:2d:79:ab"),
            (added.Level, added.Location, added.Kind, added.Subnet, added.PublicIP, added.VtepMAC));
        Assert.Equal("adding subnet: 10.244.11.0/24 PublicIP: 10.162.0.5 VtepMAC: 12:42:55:2d:79:ab", added.Message);
        Assert.Equal(
            [
                "ServiceStarting", "SearchingInterface", "InterfaceChosen ens4 10.162.0.7", "ExternalAddress 10.162.0.7", "SubnetManagerCreated", "BackendConfig vxlan",
                "BackendConfig vxlan 1 8472 False", "PickingSubnet", "LeaseAllocated 10.244.19.0/24 10.162.0.7", "WroteSubnetFile", "BackendRunning", "Watching", "IptablesRepaired",
                "IptablesRuleDeleted", "IptablesRuleDeleted", "IptablesRuleDeleted", "IptablesRuleDeleted", "IptablesRuleAdded", "IptablesRuleAdded", "IptablesRuleAdded", "IptablesRuleAdded",
                "LeaseRenewalDue", "ServiceStarted", "SubnetAdded 10.244.6.0/24 10.162.0.6", "SubnetAdded 10.244.11.0/24 10.162.0.5",
            ],
            events.Where(e => e.Kind.Length > 0).Select(Short));
        Assert.Equal(82799.600169973, Assert.Single(events, e => e.Kind == "LeaseRenewalDue").RenewSeconds!.Value, 6);
        Assert.Equal("warning", Assert.Single(events, e => e.Message.StartsWith("warning:", StringComparison.Ordinal)).Level);
    }

    [Fact]
    public void Each_form_of_the_log_tells_the_same()
    {
        var journal = Read("flanneld-log.training").Where(e => e.Identifier == "flanneld").ToList();
        var iso = Read("flanneld-log.short-iso").Where(e => e.Identifier == "flanneld").ToList();
        Assert.Equal(journal.Select(e => (e.Time, e.Level, e.Location, e.Kind, e.Subnet, e.Message)), iso.Select(e => (e.Time, e.Level, e.Location, e.Kind, e.Subnet, e.Message)));
        // without the journal the year is the last one possible
        var plain = Read("flanneld-log.stderr");
        Assert.Equal(journal.Select(e => (e.Level, e.Location, e.Kind, e.Subnet, e.Message)), plain.Select(e => (e.Level, e.Location, e.Kind, e.Subnet, e.Message)));
        Assert.Equal(new DateTimeOffset(2026, 1, 23, 17, 10, 19, 659, 338, TimeSpan.Zero), plain[^1].Time);
    }

    [Fact]
    public void A_pods_log_is_read_of_containerd_and_of_docker()
    {
        var pod = Read("flanneld-log.pod");
        Assert.All(pod, e => Assert.Equal((2024, 10, 2), (e.Time!.Value.Year, e.Time.Value.Month, e.Time.Value.Day)));
        Assert.Equal(("flannel.1", "warning"), pod.Where(e => e.Kind == "DeviceRecreated").Select(e => (e.Interface, e.Level)).Single());
        Assert.Equal(["SubnetAdded 10.244.65.0/24 192.168.33.12", "SubnetRemoved 10.244.65.0/24 192.168.33.12", "ProgrammingFailed"], pod.TakeLast(3).Select(Short));
        Assert.Equal("node-1 2024-10-02T09:00:06.112400119Z stderr F E1002 09:00:06.112200       1 vxlan_network.go:152] AddARP failed: no such device", pod[^1].ToString());

        var docker = Read("flanneld-log.docker");
        Assert.Equal("Error registering network: failed to acquire lease: node \"node-1\" pod cidr not assigned <nil>", docker[^1].Message);
        Assert.Equal(("error", "main.go:289", 2019), (docker[^1].Level, docker[^1].Location, docker[^1].Time!.Value.Year));
        Assert.Equal("BackendConfig vxlan 1 0 False", Short(docker[2]));
    }

    [Fact]
    public void The_journal_of_k3s_has_its_own_lines_between()
    {
        var k3s = Read("flanneld-log.k3s");
        Assert.Equal(["BackendConfig vxlan", "", "", "", "InterfaceChosen eth0 192.168.33.11", "", "WroteSubnetFile", "BackendRunning", "Watching", ""], k3s.Select(Short));
        Assert.Equal(["info", "info", "", "info", "info"], k3s.Take(5).Select(e => e.Level));
        Assert.Equal("Starting flannel with backend vxlan", k3s[0].Message);
    }

    [Fact]
    public void Old_and_bad_days_are_known()
    {
        var parsed = FlannelLog.Parse("node-1", "flanneld-log", Languages.Sample("flanneld-log.old-and-bad"), Languages.Taken);
        Assert.Equal(2, parsed.Headings.Count);
        Assert.Equal(
            [
                "EtcdError", "", "WatchFailed", "WatchFailed", "LeaseRenewalFailed", "LeaseRenewed", "L3Miss 10.244.99.3", "LeaseReused 10.244.19.0/24 10.162.0.7", "LeaseAllocated 10.244.20.0/24 10.162.0.7",
                "ProgrammingFailed 10.244.24.0/24", "SubnetIgnored host-gw 10.244.30.0/24", "LeaseExpired", "", "ServiceFailed", "ServiceStarting",
            ],
            parsed.Records.Select(Short));
        Assert.Equal((2019, 12), (parsed.Records[0].Time!.Value.Year, parsed.Records[0].Time!.Value.Month));
        Assert.Equal(2020, parsed.Records[2].Time!.Value.Year);
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 0, 0, 3, TimeSpan.Zero).AddTicks(123456), parsed.Records[5].Expiration);
        Assert.Equal("panic: runtime error: invalid memory address or nil pointer dereference\ngoroutine 1 [running]:\nmain.main()", parsed.Records[12].Message);
    }

    [Fact]
    public void A_changed_event_prints_with_the_change()
    {
        var said = Read("flanneld-log.docker")[^1];
        Assert.Equal("""{"log":"W0612 04:44:13.021512       1 main.go:289] \u003c\"x\"\u003e\n","stream":"stderr","time":"2019-06-12T04:44:13.021700017Z"}""", (said with { Level = "warning", Message = "<\"x\">" }).Print());
    }

    private static IReadOnlyList<FlannelEvent> Read(string sample)
    {
        var parsed = FlannelLog.Parse("node-1", "flanneld-log", Languages.Sample(sample), Languages.Taken);
        Assert.Empty(parsed.Unread);
        return parsed.Records;
    }

    private static string Short(FlannelEvent e) =>
        string.Join(' ', new object?[] { e.Kind, e.Interface, e.BackendType, e.Vni, e.Port, e.DirectRouting, e.Subnet, e.PublicIP }.Select(v => $"{v}").Where(v => v.Length > 0));
}
