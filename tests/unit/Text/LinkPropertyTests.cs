using System.Collections;
using System.Globalization;
using System.Reflection;
using GravityNet.Parsing;
using GravityNet.Text;
using Xunit;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// Links of any fields at all: what is printed of them is read as the same fields.
/// </summary>
public sealed class LinkPropertyTests
{
    private const int Runs = 400;

    // what is not set as the rest is: read only, or told by another property
    private static readonly string[] Derived = ["Words", "LayerWords", "Others", "PeerIndex", "Node"];

    [Fact]
    public void A_generated_link_is_read_as_it_was_printed()
    {
        var seed = Seed.Now;
        for (var run = 0; run < Runs; run++)
        {
            var link = new Generator(seed + run).Link();
            Holds(link, seed + run);
        }
    }

    [Fact]
    public void A_real_link_with_fields_of_another_is_read_as_it_was_printed()
    {
        var links = new[] { "ip-link", "ip-addr", "ip-stats" }.SelectMany(Languages.TextsOf).Where(t => !t.Place.Contains("proc-net-dev", StringComparison.Ordinal))
            .SelectMany(t => IpLinks.Parse("n", "ip-addr", t.Text).Records).Where(l => l.Flags.Count > 0).ToList();
        var seed = Seed.Now;
        for (var run = 0; run < Runs; run++)
        {
            var generator = new Generator(seed + run);
            Holds(generator.Changed(generator.One(links)), seed + run);
        }
    }

    private static void Holds(Link link, int seed)
    {
        var text = link.Print();
        var parsed = IpLinks.Parse("n", "ip-addr", text);
        try
        {
            var again = Assert.Single(parsed.Records);
            Assert.Empty(parsed.Unread);
            Assert.Equal(text, again.Print());
            Same(link, again, "");
        }
        catch (Exception e)
        {
            Assert.Fail($"GRAVITYNET_FUZZ_SEED={seed}: {e.Message}\n{text}");
        }
    }

    // all that a record says, whatever it was read from
    private static void Same(object? expected, object? actual, string place)
    {
        if (expected is null || actual is null || expected is string || expected.GetType().IsPrimitive)
        {
            Assert.True(Equals(expected, actual), $"{place}: {expected} was printed, {actual} read");
        }
        else if (expected is IEnumerable list)
        {
            var (one, other) = (list.Cast<object>().ToList(), ((IEnumerable)actual).Cast<object>().ToList());
            Assert.True(one.Count == other.Count, $"{place}: {one.Count} were printed, {other.Count} read");
            for (var i = 0; i < one.Count; i++) Same(one[i], other[i], $"{place}[{i}]");
        }
        else
        {
            Assert.Equal(expected.GetType(), actual.GetType());
            foreach (var property in Generator.PropertiesOf(expected.GetType()).Where(p => p.Name != "PeerIndex")) Same(property.GetValue(expected), property.GetValue(actual), $"{place}.{property.Name}");
        }
    }

    private sealed class Generator(int seed)
    {
        private readonly Random _random = new(seed);

        public static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => p.PropertyType != typeof(SourceLine) && (p.CanWrite || p.Name == "Kind") && p.GetIndexParameters().Length == 0 && p.Name != "EqualityContract");

        public T One<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

        public Link Link()
        {
            var link = Filled(new Link { Node = "n", Index = 1, Interface = "x", Source = new("", "", 0, "") });
            return Whole(link with
            {
                Device = Maybe() ? Part(new VxlanDevice(), new BridgeDevice(), new VlanDevice(), new MacvlanDevice(), new BondDevice(), new OtherLinkPart("veth")) : null,
                Slave = Maybe() ? Part(new BridgeSlave(), new BondSlave(), new OtherLinkPart("vrf_slave")) : null,
                Queues = Maybe() ? Filled(new LinkQueues { TransmitQueues = 1 }) with { TransmitQueues = 2 } : null,
                AltNames = [.. Enumerable.Range(0, _random.Next(3)).Select(i => $"{Word()}{i}")],
                Addresses = [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Address())],
            });
        }

        // a real link keeps the form of its lines
        public Link Changed(Link link)
        {
            var other = Link();
            foreach (var property in PropertiesOf(typeof(Link)).Where(p => p.CanWrite && !Derived.Contains(p.Name) && p.Name is not ("Statistics" or "Device" or "Slave" or "Queues" or "LinkLayer")))
            {
                if (_random.Next(4) == 0) property.SetValue(link = link with { }, property.GetValue(other));
            }

            if (link.LinkLayer.Length == 0) link = WithoutLayer(link);
            if (link.Device is { } device && Maybe()) link = link with { Device = Filled(device with { }) };
            if (link.Slave is { } slave && Maybe()) link = link with { Slave = Filled(slave with { }) };
            return Whole(link);
        }

        private static Link WithoutLayer(Link link) => link with
        {
            Mac = "", Broadcast = "", LinkLayerPeer = "", PermanentMac = "", PeerNamespace = "", IsPeerNamespaceNamed = false, Promiscuity = null, AllMulticast = null, MinMtu = null, MaxMtu = null,
        };

        // what ip cannot print: counters of another link, queues where no line of details is
        private static Link Whole(Link link) => link with
        {
            Queues = link.LinkLayer.Length == 0 && link.Device is null && link.Slave is null ? null : link.Queues,
            Statistics = link.Statistics is { } s ? s with { Node = "n", Interface = link.Interface, Index = link.Index } : null,
            IsPeerNamespaceNamed = link.IsPeerNamespaceNamed && link.PeerNamespace.Length > 0,
            Flags = link.Flags.Count == 0 ? ["UP"] : link.Flags,
        };

        private LinkPart Part(params LinkPart[] kinds) => Filled(One(kinds));

        private T Filled<T>(T record) where T : class
        {
            foreach (var property in PropertiesOf(record.GetType()).Where(p => p.CanWrite && !Derived.Contains(p.Name)))
            {
                if (_random.Next(3) == 0) continue;
                if (Value(property) is { } value) property.SetValue(record, value);
            }

            return record is Link { LinkLayer: "" } bare ? (T)(object)Whole(WithoutLayer(bare)) : record is Link link ? (T)(object)Whole(link) : record;
        }

        private object? Value(PropertyInfo property)
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            return property.Name switch
            {
                "SourcePorts" => $"{_random.Next(65536)} {_random.Next(65536)}",
                "Mac" or "PermanentMac" => Mac(),
                "Alias" => $"{Word()}  {Word()} \\ {Word()}",
                "Flags" => Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Word().ToUpperInvariant()).ToArray(),
                "Name" or "AltNames" or "Addresses" or "Device" or "Slave" or "Queues" => null,
                "Statistics" => Statistics(),
                _ when type == typeof(string) => Word(),
                _ when type == typeof(int) => _random.Next(3) == 0 ? _random.Next() : _random.Next(3),
                _ when type == typeof(long) => _random.NextInt64(1L << 40),
                _ when type == typeof(bool) => Maybe(),
                _ => throw new InvalidOperationException($"Nothing is known of {property.Name}."),
            };
        }

        private InterfaceAddress Address()
        {
            var isInet6 = Maybe();
            var address = isInet6
                ? new InterfaceAddress("inet6", $"2001:db8::{_random.Next(65536):x}", _random.Next(129), "global") { Source = new("", "", 0, ""), Peer = Maybe() ? "2001:db8::ffff" : "" }
                : new InterfaceAddress("inet", $"10.0.{_random.Next(256)}.{_random.Next(256)}", _random.Next(33), One(["global", "link", "host", "77"])) { Source = new("", "", 0, ""), Peer = Maybe() ? "10.9.9.9" : "" };
            return address with
            {
                Metric = Maybe() ? _random.NextInt64(uint.MaxValue) : null,
                Broadcast = Maybe() ? "10.0.0.255" : "",
                Anycast = Maybe() ? "10.0.0.99" : "",
                Flags = One<string[]>([[], ["secondary"], ["temporary", "nodad", "deprecated", "dynamic"], ["home", "mngtmpaddr", "noprefixroute", "stable-privacy"]]),
                Protocol = Maybe() ? One(["kernel_ra", "0x42"]) : "",
                Label = !isInet6 && Maybe() ? Word() : "",
                ValidLifetime = Maybe() ? One([InterfaceAddress.Forever, 0, 86400, uint.MaxValue - 1]) : null,
                PreferredLifetime = Maybe() ? One([InterfaceAddress.Forever, 0, 3600, -77]) : null,
            };
        }

        private LinkStatistics Statistics()
        {
            var table = One([StatisticsTable.Sized, StatisticsTable.Fixed, StatisticsTable.FixedOverruns]);
            var hasErrors = Maybe();
            var hasChanges = Maybe();
            var s = new LinkStatistics { Node = "", Interface = "", Source = new("", "", 0, ""), Table = table };
            foreach (var property in PropertiesOf(typeof(LinkStatistics)).Where(p => p.PropertyType == typeof(long?))) property.SetValue(s, _random.NextInt64(1L << _random.Next(1, 62)));
            s = s with { RxCompressed = Maybe() ? s.RxCompressed : null, TxCompressed = Maybe() ? s.TxCompressed : null, RxNoHandler = Maybe() ? s.RxNoHandler : null, RxOtherHost = table == StatisticsTable.Sized && Maybe() ? s.RxOtherHost : null, CarrierChanges = hasChanges ? s.CarrierChanges : null };
            if (hasErrors) return s;
            s = s with { RxLengthErrors = null, RxCrcErrors = null, RxFrameErrors = null, RxFifoErrors = null, RxNoHandler = null, RxOtherHost = null, TxAbortedErrors = null, TxFifoErrors = null, TxWindowErrors = null, TxHeartbeatErrors = null, CarrierChanges = null };
            return table == StatisticsTable.FixedOverruns ? s with { RxMissed = null } : s with { RxOverruns = null };
        }

        private string Mac() => string.Join(':', Enumerable.Range(0, 6).Select(_ => _random.Next(256).ToString("x2", CultureInfo.InvariantCulture)));

        // names that a kernel takes, and words that stand for other things elsewhere
        private string Word() => One(["eth0", "a.b-c_d", "dev", "mtu", "7", "0x10", "master", "x@y"[..1], "inet", "vf", "802.1Q", "up", "日本", "numtxqueue"]);

        private bool Maybe() => _random.Next(2) == 0;
    }
}
