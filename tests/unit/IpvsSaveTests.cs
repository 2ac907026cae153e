using GravityNet.Parsing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>The sample is written after ipvsadm's source and manual: the kernels that these tests ran on have no IPVS.</summary>
public sealed class IpvsSaveTests
{
    private static readonly string Sample = Languages.TextsOf("ipvs").Single(t => t.Place.Contains("printed", StringComparison.Ordinal)).Text;

    [Fact]
    public void Services_have_their_servers()
    {
        var parsed = IpvsSave.Parse("node-1", "ipvs", Sample);

        Assert.Empty(parsed.Unread);
        Assert.Equal(8, parsed.Records.Count);
        var dns = parsed.Records[1];
        Assert.Equal(("tcp", "10.96.0.10", 53, "rr", (int?)null, false), (dns.Protocol, dns.Address, dns.Port, dns.Scheduler, dns.PersistenceSeconds, dns.IsIPv6));
        Assert.Equal(["10.244.19.3:53 masquerade 1", "10.244.65.3:53 masquerade 0"], dns.Servers.Select(s => $"{s.Address}:{s.Port} {s.Forwarding} {s.Weight}"));
        Assert.Equal(10800, parsed.Records[2].PersistenceSeconds);
        Assert.Equal(("fd00:10:96::a", 53, true), (parsed.Records[3].Address, parsed.Records[3].Port, parsed.Records[3].IsIPv6));
        Assert.Equal(("sctp", "fwmark", "fwmark"), (parsed.Records[5].Protocol, parsed.Records[6].Protocol, parsed.Records[7].Protocol));
        Assert.Equal(["route", "tunnel"], parsed.Records[6].Servers.Select(s => s.Forwarding));
        Assert.Equal((true, "fd00::1"), (parsed.Records[7].IsIPv6, Assert.Single(parsed.Records[7].Servers).Address));
    }

    [Fact]
    public void A_changed_field_is_printed_and_the_rest_stays()
    {
        var service = IpvsSave.Parse("n", "ipvs", Sample).Records[2];

        Assert.Equal(
            "-A -t 192.168.33.11:32010 -s wrr -M 255.255.255.0\n-a -t 192.168.33.11:32009 -r 10.162.0.6:3009 -m -w 5",
            (service with { ServiceAddress = "192.168.33.11:32010", Scheduler = "wrr", PersistenceSeconds = null, Servers = [service.Servers[0] with { Weight = 5 }] }).Print());
    }

    [Fact]
    public void What_is_no_line_of_ipvsadm_is_kept()
    {
        var parsed = IpvsSave.Parse("n", "ipvs", "Can't initialize ipvs: No such file or directory\n-A\n-a -t 10.0.0.1:80 -m\n-a -t 10.0.0.1:80 -r 10.0.0.2:80\n-E -t 10.0.0.1:80 -s rr\n");

        Assert.Equal([1, 2, 3, 5], parsed.Unread.Select(l => l.Line));
        Assert.Equal(("", "-a -t 10.0.0.1:80 -r 10.0.0.2:80"), (Assert.Single(parsed.Records).Scheduler, parsed.Records[0].Print()));
    }
}
