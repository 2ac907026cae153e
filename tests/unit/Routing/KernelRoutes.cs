using System.Globalization;
using GravityNet.Facts;
using GravityNet.Parsing;
using GravityNet.Routing;
using GravityNet.UnitTests.Probing;
using Xunit;

namespace GravityNet.UnitTests.Routing;

/// <summary>A network namespace with interfaces, and with rules and routes by chance: what its kernel says of a packet is the truth.</summary>
internal sealed class KernelRoutes : IAsyncDisposable
{
    private const int Devices = 6;
    private static readonly string[] Types = ["unreachable", "prohibit", "blackhole", "throw"];
    private readonly NamespaceShell _shell;

    private KernelRoutes(NamespaceShell shell) => _shell = shell;

    /// <summary>
    /// Makes the namespace: d0 to d5 with an address of either family each, of which d4 and d5 have no carrier (d5 ignores routes then), and some addresses of lo.
    /// Skips the test where this machine lets nobody make one.
    /// </summary>
    public static async Task<KernelRoutes> CreateAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "network namespaces need root on Linux");
        var shell = await NamespaceShell.CreateAsync();
        var kernel = new KernelRoutes(shell);
        await shell.SetUpAsync("""
            cd /proc/sys/net
            echo 0 >ipv6/conf/default/accept_dad; echo 0 >ipv6/conf/all/accept_dad; echo 1 >ipv6/conf/all/forwarding; echo 1 >ipv4/ip_forward
            # a packet's source is not what is asked here
            echo 1 >ipv4/conf/default/accept_local; echo 0 >ipv4/conf/default/send_redirects; echo 0 >ipv4/conf/all/send_redirects
            echo 0 >ipv4/conf/all/rp_filter; echo 0 >ipv4/conf/default/rp_filter
            for i in 0 1 2 3 4 5; do
              ip link add d$i type veth peer name p$i
              ip addr add 10.0.$i.1/24 brd + dev d$i; ip addr add 10.0.$i.7/24 dev d$i; ip -6 addr add fd00:0:0:$i::1/64 dev d$i nodad
              ip link set d$i up; [ $i -ge 4 ] || ip link set p$i up
            done
            echo 1 >ipv4/conf/d5/ignore_routes_with_linkdown; echo 1 >ipv6/conf/d5/ignore_routes_with_linkdown
            ip link set d2 group 7
            for i in 1 2 3 4; do ip addr add 10.9.0.$i/32 dev lo; ip -6 addr add fd09::$i/128 dev lo nodad; done
            """);
        return kernel;
    }

    /// <summary>Adds routes and rules by chance. What the kernel refuses (two of one key, a gateway that it cannot reach) is left out.</summary>
    public async Task AddAsync(Random random, bool isIPv6, int routes, int rules)
    {
        var lines = new List<string>();
        for (var i = 0; i < routes; i++) lines.Add($"route {(random.Next(4) == 0 ? "append" : "add")} {Route(random, isIPv6)}");
        for (var i = 0; i < rules; i++) lines.Add($"rule add {Rule(random, isIPv6)}");
        await BatchAsync(isIPv6, lines);
    }

    /// <summary>Makes a host of the namespace, which forwards no IPv6 and so passes gateways over that are known to be dead, and lets every second gateway be that.</summary>
    public Task StopForwardingAsync() => _shell.SetUpAsync("""
        echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
        for i in 0 1 2 3 4; do for n in 2 4; do ip -6 neigh add fd00:0:0:$i::$n dev d$i nud failed; done; done
        """);

    /// <summary>The node as its commands tell it.</summary>
    public async Task<NodeState> StateAsync()
    {
        var facts = new Dictionary<string, FactResult>();
        foreach (var fact in new[] { "ip-addr", "ip-route", "ip-rule", "ip6-rule", "ip-netconf", "ip-neighbor" })
        {
            var result = await _shell.RunAsync(FactCatalog.Get(fact).Command, TimeSpan.FromSeconds(30), CancellationToken.None);
            facts[fact] = new(fact, result.Output) { ExitCode = result.ExitCode, Error = result.Error };
        }

        return new(new NodeFacts("node", "", facts, []));
    }

    /// <summary>What the kernel says to each question: the route of <c>ip route get</c>, or the words of its error.</summary>
    public async Task<IReadOnlyList<(Route? Route, string Error)>> AskAsync(bool isIPv6, IReadOnlyList<RouteQuery> queries)
    {
        var (output, failed) = await BatchAsync(isIPv6, [.. queries.Select(q => "route get " + Words(q))]);
        var routes = new Queue<string>(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return [.. queries.Select((_, i) => failed.TryGetValue(i + 1, out var error) ? (null, error) : (IpRoutes.Parse("node", "get", routes.Dequeue()).Records[0], ""))];
    }

    /// <summary>A question as <c>ip route get</c> takes it.</summary>
    public static string Words(RouteQuery query) => string.Create(
        CultureInfo.InvariantCulture,
        $"{query.To}{Word("from", query.From)}{Word("iif", query.InputInterface)}{Word("oif", query.OutputInterface)} mark {query.Mark} tos 0x{query.Tos:x} ipproto {query.Protocol switch { 6 => "tcp", 17 => "udp", _ => "icmp" }}{(query.Protocol is 6 or 17 ? $" sport {query.SourcePort} dport {query.DestinationPort}" : "")}{(query.Uid is { } uid ? $" uid {uid}" : "")}");

    /// <summary>A packet by chance, of the node's own or one that arrives.</summary>
    public static RouteQuery Query(Random random, bool isIPv6)
    {
        var arrives = random.Next(3) == 0;
        var device = $"d{random.Next(Devices)}";
        var protocol = random.Next(3) switch { 0 => 6, 1 => 17, _ => isIPv6 ? 17 : 1 };
        return new(Address(random, isIPv6))
        {
            From = arrives ? Somebody(random, isIPv6) : random.Next(2) == 0 ? Own(random, isIPv6) : "",
            InputInterface = arrives ? device : "",
            OutputInterface = !arrives && random.Next(5) == 0 ? device : "",
            Mark = (uint)random.Next(4),
            Tos = (byte)(random.Next(3) == 0 ? 0x10 : 0),
            Protocol = protocol,
            SourcePort = protocol == 1 ? null : random.Next(2) == 0 ? 1000 : 5000,
            DestinationPort = protocol == 1 ? null : random.Next(2) == 0 ? 53 : 8080,
            Uid = arrives ? null : (uint)random.Next(2) * 1000,
        };
    }

    public async ValueTask DisposeAsync() => await _shell.DisposeAsync();

    private static string Word(string name, string value) => value.Length > 0 ? $" {name} {value}" : "";

    // few networks of many lengths, so that they lie in each other
    private static string Network(Random random, bool isIPv6)
    {
        if (isIPv6)
        {
            var length = new[] { 0, 7, 32, 48, 56, 64, 96, 124, 128 }[random.Next(9)];
            return length == 0 ? "default" : Cut(Address(random, true), length);
        }

        var bits = new[] { 0, 8, 12, 16, 22, 24, 28, 31, 32 }[random.Next(9)];
        return bits == 0 ? "default" : Cut(Address(random, false), bits);
    }

    private static string Cut(string address, int length)
    {
        var parsed = System.Net.IPAddress.Parse(address);
        return $"{new System.Net.IPAddress(Masked(parsed.GetAddressBytes(), length))}/{length}";
    }

    private static byte[] Masked(byte[] bytes, int length)
    {
        for (var i = 0; i < bytes.Length; i++) bytes[i] &= (byte)(0xff00 >> Math.Clamp(length - (i * 8), 0, 8));
        return bytes;
    }

    private static string Address(Random random, bool isIPv6) => isIPv6
        ? random.Next(8) switch
        {
            0 => $"fd00:0:0:{random.Next(Devices)}::{random.Next(1, 4)}",
            1 => $"fd09::{random.Next(1, 6)}",
            _ => $"fd10:{random.Next(2)}:{random.Next(3)}:{random.Next(4)}::{random.Next(4)}:{random.Next(1, 20):x}",
        }
        : random.Next(8) switch
        {
            0 => $"10.0.{random.Next(Devices)}.{new[] { 1, 7, 20, 255 }[random.Next(4)]}",
            1 => $"10.9.0.{random.Next(1, 7)}",
            _ => $"10.{random.Next(16, 19)}.{random.Next(4)}.{random.Next(1, 40)}",
        };

    private static string Own(Random random, bool isIPv6) => isIPv6
        ? random.Next(2) == 0 ? $"fd00:0:0:{random.Next(Devices)}::1" : $"fd09::{random.Next(1, 5)}"
        : random.Next(10) == 0 ? "10.77.0.1" : random.Next(2) == 0 ? $"10.0.{random.Next(Devices)}.1" : $"10.9.0.{random.Next(1, 5)}";

    private static string Somebody(Random random, bool isIPv6) => isIPv6 ? $"fd20::{random.Next(4)}:{random.Next(1, 9)}" : $"10.20.{random.Next(4)}.{random.Next(1, 9)}";

    private static string Table(Random random) => new[] { "main", "main", "100", "101", "102", "default" }[random.Next(6)];

    private static string Route(Random random, bool isIPv6)
    {
        var network = Network(random, isIPv6);
        var rest = $"table {Table(random)}{(random.Next(2) == 0 ? $" metric {random.Next(1, 4) * 10}" : "")}";
        if (random.Next(6) == 0) return $"{Types[random.Next(Types.Length)]} {network} {rest}";
        if (!isIPv6 && random.Next(6) == 0) rest += " tos 0x10";
        if (isIPv6 && random.Next(4) == 0) rest += $" pref {new[] { "low", "medium", "high" }[random.Next(3)]}";
        if (random.Next(5) == 0) return $"{network} {rest}{string.Concat(Enumerable.Range(0, random.Next(2, 4)).Select(_ => $" nexthop {Way(random, isIPv6)} weight {random.Next(1, 4)}"))}";
        if (!isIPv6 && random.Next(5) == 0) rest += $" src {Own(random, false)}";
        return $"{network} {(random.Next(5) == 0 ? $"dev d{random.Next(Devices)}" : Way(random, isIPv6))} {rest}";
    }

    private static string Way(Random random, bool isIPv6)
    {
        var device = random.Next(Devices);
        return isIPv6 ? $"via fd00:0:0:{device}::{random.Next(2, 6)} dev d{device}" : $"via 10.0.{device}.{random.Next(2, 6)} dev d{device}{(random.Next(8) == 0 ? " onlink" : "")}";
    }

    private static string Rule(Random random, bool isIPv6)
    {
        var words = new List<string> { $"pref {random.Next(1, 40) * 10}" };
        if (random.Next(6) == 0) words.Add("not");
        if (random.Next(3) == 0) words.Add($"from {(random.Next(2) == 0 ? Cut(Own(random, isIPv6), isIPv6 ? 64 : 24) : Cut(Somebody(random, isIPv6), isIPv6 ? 112 : 24))}");
        if (random.Next(3) == 0) words.Add($"to {Cut(Address(random, isIPv6), isIPv6 ? 48 : 22)}");
        if (random.Next(5) == 0) words.Add($"fwmark {random.Next(4)}/{random.Next(1, 4)}");
        if (random.Next(6) == 0) words.Add(new[] { "iif lo", $"iif d{random.Next(Devices)}", "iif gone" }[random.Next(3)]);
        if (random.Next(8) == 0) words.Add($"oif d{random.Next(Devices)}");
        if (random.Next(8) == 0) words.Add("tos 0x10");
        if (random.Next(8) == 0) words.Add($"ipproto {(random.Next(2) == 0 ? "tcp" : "udp")}");
        if (random.Next(8) == 0) words.Add($"dport {(random.Next(2) == 0 ? "53" : "8000-9000")}");
        if (random.Next(10) == 0) words.Add("sport 1000");
        if (random.Next(10) == 0) words.Add("uidrange 1-1000");
        words.Add(random.Next(12) switch
        {
            0 => "unreachable",
            1 => "prohibit",
            2 => "blackhole",
            3 => $"goto {random.Next(20, 45) * 10}",
            4 => "nop",
            5 => "l3mdev",
            _ => $"table {Table(random)}{(random.Next(4) == 0 ? $" suppress_prefixlength {new[] { 0, 16, 24 }[random.Next(3)]}" : "")}{(random.Next(8) == 0 ? " suppress_ifgroup 7" : "")}",
        });
        return string.Join(' ', words);
    }

    private async Task<(string Output, IReadOnlyDictionary<int, string> Failed)> BatchAsync(bool isIPv6, IReadOnlyList<string> lines)
    {
        var result = await _shell.RunAsync($"ip {(isIPv6 ? "-6" : "-4")} -o -force -batch - <<'END'\n{string.Join('\n', lines)}\nEND\n", TimeSpan.FromSeconds(60), CancellationToken.None);
        var failed = new Dictionary<int, string>();
        var last = "";
        foreach (var line in result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("Command failed -:", StringComparison.Ordinal)) failed[int.Parse(line["Command failed -:".Length..], CultureInfo.InvariantCulture)] = last;
            else last = line;
        }

        return (result.Output, failed);
    }
}
