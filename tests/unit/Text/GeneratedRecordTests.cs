using System.Globalization;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// Records that were made, not read: each prints as a line that reads as the same record, whatever its fields hold. The same seed makes the same records.
/// </summary>
public sealed class GeneratedRecordTests
{
    private const int Count = 400;
    private static readonly SourceLine Nowhere = new("", "", 0, "");
    private readonly Random _random = new(20261123);

    [Fact]
    public void Connections_print_as_lines_that_read_as_they_are()
    {
        for (var i = 0; i < Count; i++)
        {
            var protocol = Pick("tcp", "udp", "icmp", "gre", "unknown");
            var made = new Connection
            {
                Node = "n",
                Family = Maybe("ipv4"),
                FamilyNumber = 2,
                Protocol = protocol,
                ProtocolNumber = _random.Next(256),
                TimeoutSeconds = _random.Next(500_000),
                State = protocol == "tcp" ? Pick("ESTABLISHED", "TIME_WAIT", "SYN_SENT") : "",
                Original = Tuple(protocol),
                Reply = Tuple(protocol),
                IsUnreplied = _random.Next(2) == 0,
                Status = Maybe("ASSURED"),
                Mark = MaybeNumber(),
                SecurityContext = Maybe("system_u:object_r:unlabeled_t:s0"),
                Zone = (int?)MaybeNumber() % 65536,
                AgeSeconds = MaybeNumber(),
                Use = (int?)MaybeNumber(),
                Id = MaybeNumber(),
                Source = Nowhere,
            };
            if (made.Family.Length == 0) made = made with { FamilyNumber = null };
            var read = Assert.Single(Conntrack.Parse("n", "conntrack", made.Print()).Records);
            Assert.Equal(made.Print(), read.Print());
            Assert.Empty(read.Words);
            Assert.Equal(made, read with { Source = Nowhere, Form = null, Words = made.Words });
        }
    }

    [Fact]
    public void Sockets_print_as_lines_that_read_as_they_are()
    {
        for (var i = 0; i < Count; i++)
        {
            var isV6 = _random.Next(2) == 0;
            var made = new NodeSocket
            {
                Node = "n",
                Protocol = "tcp",
                State = Pick("LISTEN", "ESTAB", "TIME-WAIT"),
                ReceiveQueue = _random.Next(5000),
                SendQueue = _random.Next(5000),
                LocalAddress = isV6 ? $"fe80::{_random.Next(1, 9999)}" : Address(),
                Interface = Maybe("eth0.100"),
                LocalPort = Port(),
                PeerAddress = isV6 ? "::" : Pick("0.0.0.0", "*", Address()),
                PeerPort = Pick("*", Port()),
                Processes = [.. Enumerable.Range(0, _random.Next(3)).Select(n => new SocketProcess(Pick("sshd", "my prog", "a\"b"), _random.Next(1, 99999), n))],
                Source = Nowhere,
            };
            var read = Assert.Single(SocketTable.Parse("n", "ss-tcp", made.Print()).Records);
            Assert.Equal(made.Print(), read.Print());
            Assert.Equal(
                (made.State, made.ReceiveQueue, made.SendQueue, made.LocalAddress, made.Interface, made.LocalPort, made.PeerAddress, made.PeerPort),
                (read.State, read.ReceiveQueue, read.SendQueue, read.LocalAddress, read.Interface, read.LocalPort, read.PeerAddress, read.PeerPort));
            Assert.Equal(made.Processes, read.Processes);
        }
    }

    [Fact]
    public void Settings_and_events_print_as_lines_that_read_as_they_are()
    {
        for (var i = 0; i < Count; i++)
        {
            var setting = new Sysctl { Node = "n", Key = $"net.ipv4.conf.{Pick("all", "eth0/100", "cni0")}.{Pick("forwarding", "rp_filter")}", Value = Pick("0", "1", "4096\t131072", ""), Separator = Pick(" = ", ""), Source = Nowhere };
            Assert.Equal(setting, Assert.Single(SysctlText.Parse("n", "sysctl", setting.Print()).Records) with { Source = Nowhere });

            var counter = new Counter { Node = "n", Name = Pick("IpInReceives", "TcpExtListenDrops"), Value = _random.NextInt64(long.MaxValue), Rate = Pick("0.0", "12.5"), Source = Nowhere };
            var counted = Assert.Single(Nstat.Parse("n", "nstat", counter.Print()).Records);
            Assert.Equal((counter.Name, counter.Value, counter.Rate), (counted.Name, counted.Value, counted.Rate));

            var subnet = $"10.244.{_random.Next(256)}.0/24";
            var address = Address();
            var said = new FlannelEvent { Node = "n", Stamp = "2026-11-23T17:00:00+0000", Host = "n", Identifier = "flanneld", ProcessId = _random.Next(1, 9_999_999), LogStamp = "1123 17:00:00.000001", Thread = _random.Next(1, 9_999_999), Level = Pick("info", "warning", "error", "fatal"), Location = $"vxlan_network.go:{_random.Next(999)}", Message = $"adding subnet: {subnet} PublicIP: {address} VtepMAC: 62:4f:73:05:24:e1", Source = Nowhere };
            var heard = Assert.Single(FlannelLog.Parse("n", "flanneld-log", said.Print(), Languages.Taken).Records);
            Assert.Equal((FlannelEventKind.SubnetAdded, subnet, address, said.Level, said.Location, said.Thread, said.ProcessId), (heard.Kind, heard.Subnet, heard.PublicIP, heard.Level, heard.Location, heard.Thread, heard.ProcessId));
            Assert.Equal(said.Print(), heard.Print());
        }
    }

    private ConnectionTuple Tuple(string protocol) => new()
    {
        SourceAddress = Address(),
        Destination = Address(),
        SourcePort = protocol is "tcp" or "udp" ? _random.Next(65536) : null,
        DestinationPort = protocol is "tcp" or "udp" ? _random.Next(65536) : null,
        IcmpType = protocol == "icmp" ? _random.Next(256) : null,
        IcmpCode = protocol == "icmp" ? _random.Next(16) : null,
        IcmpId = protocol == "icmp" ? _random.Next(65536) : null,
        SourceKey = protocol == "gre" ? "0x0" : "",
        DestinationKey = protocol == "gre" ? "0x5" : "",
        Packets = MaybeNumber(),
        Bytes = MaybeNumber(),
    };

    private string Address() => string.Create(CultureInfo.InvariantCulture, $"10.{_random.Next(256)}.{_random.Next(256)}.{_random.Next(1, 255)}");

    private string Port() => _random.Next(1, 65536).ToString(CultureInfo.InvariantCulture);

    private string Pick(params string[] values) => values[_random.Next(values.Length)];

    private string Maybe(string value) => _random.Next(2) == 0 ? value : "";

    private long? MaybeNumber() => _random.Next(2) == 0 ? _random.Next(1_000_000) : null;
}
