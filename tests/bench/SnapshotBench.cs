using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GravityNet.Snapshots;

namespace GravityNet.Bench;

/// <summary>
/// From the archive of a large cluster to the last row that compares its overlay with the leases, beside a tool that only unpacks the archive; and in how much memory. Every node
/// has a route, a neighbor entry and an FDB row for every other one.
/// </summary>
internal static class SnapshotBench
{
    /// <summary>The argument with which this program measures nothing else, and needs no nodes: it stands before the others.</summary>
    public const string Only = "-Snapshots";

    private static readonly DateTimeOffset At = new(2026, 11, 23, 1, 30, 0, TimeSpan.Zero);

    /// <summary>Measures it.</summary>
    /// <param name="count">How many nodes.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="shell">Starts a shell.</param>
    /// <param name="manifest">The module's manifest.</param>
    public static async Task<string> RunAsync(int count, int rounds, Func<ShellProcess> shell, string manifest)
    {
        var folder = Directory.CreateTempSubdirectory("gravitynet-bench-").FullName;
        try
        {
            var (half, whole) = (Write(Path.Combine(folder, "half.tar.gz"), count / 2), Write(Path.Combine(folder, "whole.tar.gz"), count));
            var peaks = new List<double>();
            var series = await new Series(
                    string.Create(CultureInfo.InvariantCulture, $"snapshot, {count:N0} nodes"), "Connect-GravityCluster -Snapshot, and Get-VxlanFdb to its last row, in a new session with the module", "tar xzf of the same file")
                .RunAsync(
                    rounds,
                    () =>
                    {
                        var (time, peak) = Ask(shell, manifest, whole, count);
                        peaks.Add(peak);
                        return Task.FromResult(time);
                    },
                    () => UnpackAsync(whole, Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName));
            var small = Ask(shell, manifest, half, count / 2).Peak;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{series}\n    {(long)count * count:N0} rows; {new FileInfo(whole).Length / 1e6:0.0} MB packed; at most {peaks.Max():0} MB of memory, {small:0} MB for {count / 2:N0} nodes and a quarter of the rows");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (TimeSpan Time, double Peak) Ask(Func<ShellProcess> shell, string manifest, string archive, int count)
    {
        using var process = shell();
        process.Ask($"Import-Module '{manifest}'");
        var time = process.Time($"& {{ $null = Connect-GravityCluster -Snapshot '{archive}'; $global:last = Get-VxlanFdb | Select-Object -Last 1 }}");
        var last = process.Ask("\"$last\"");
        var expected = string.Create(CultureInfo.InvariantCulture, $"node-{count} -> node-{count - 1} {Subnet(count - 1)} ok");
        if (last != expected) throw new InvalidOperationException($"The last row is '{last}' instead of '{expected}'.");
        return (time, double.Parse(process.Ask("[Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB"), CultureInfo.InvariantCulture));
    }

    private static async Task<TimeSpan> UnpackAsync(string archive, string folder)
    {
        var clock = Stopwatch.StartNew();
        await Programs.RunAsync("tar", ["xzf", archive, "-C", folder]);
        var time = clock.Elapsed;
        Directory.Delete(folder, recursive: true);
        return time;
    }

    private static string Write(string path, int count)
    {
        using var sink = SnapshotSink.Create(path, overwrite: false, At);
        var nodes = Enumerable.Range(1, count).Select(i => new JsonObject { ["name"] = $"node-{i}", ["address"] = Address(i) });
        sink.Add(Snapshot.HeaderFile, new JsonObject { ["format"] = Snapshot.SnapshotFormat, ["takenAt"] = "2026-11-23T01:30:00Z", ["nodes"] = new JsonArray([.. nodes]) }.ToJsonString());
        sink.Add("cluster/etcd-v2.json", Leases(count));
        var (routes, neighbors, rows) = (Lines(count, i => $"{Subnet(i)} via {Vtep(i)} dev flannel.1 onlink\n"), Lines(count, i => $"{Vtep(i)} dev flannel.1 lladdr {Mac(i)} PERMANENT\n"), Lines(count, i => $"{Mac(i)} dev flannel.1 dst {Address(i)} self permanent\n"));
        var rules = RulesText.Of(20);
        for (var i = 1; i <= count; i++)
        {
            var root = $"nodes/node-{i}/";
            sink.Add(root + "ip-addr.txt", Links(i));
            sink.Add(root + "ip-route.txt", Without(routes, i, $"unicast default via 10.0.0.1 dev eth0\n{Subnet(i)} dev cni0 proto kernel scope link src {Vtep(i)}\n"));
            sink.Add(root + "ip-neighbor.txt", Without(neighbors, i, "10.0.0.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE\n"));
            sink.Add(root + "bridge-fdb.txt", Without(rows, i, "33:33:00:00:00:01 dev eth0 self permanent\n"));
            sink.Add(root + "iptables.txt", rules);
            sink.Add(root + "facts.json", "{}");
        }

        sink.Complete();
        return path;
    }

    private static string[] Lines(int count, Func<int, string> line) => [.. Enumerable.Range(1, count).Select(line)];

    private static string Without(string[] lines, int own, string first)
    {
        var text = new StringBuilder(first);
        for (var i = 0; i < lines.Length; i++)
        {
            if (i != own - 1) text.Append(lines[i]);
        }

        return text.ToString();
    }

    private static string Leases(int count) => new JsonObject
    {
        ["action"] = "get",
        ["node"] = new JsonObject
        {
            ["key"] = "/coreos.com/network",
            ["dir"] = true,
            ["nodes"] = new JsonArray(
            [
                new JsonObject { ["key"] = "/coreos.com/network/config", ["value"] = """{"Network":"10.128.0.0/9","Backend":{"Type":"vxlan","VNI":1,"Port":8472}}""" },
                .. Enumerable.Range(1, count).Select(i => new JsonObject
                {
                    ["key"] = $"/coreos.com/network/subnets/{Subnet(i).Replace('/', '-')}",
                    ["value"] = $$$"""{"PublicIP":"{{{Address(i)}}}","BackendType":"vxlan","BackendData":{"VtepMAC":"{{{Mac(i)}}}"}}""",
                    ["ttl"] = 80000,
                }),
            ]),
        },
    }.ToJsonString();

    private static string Links(int i) => $"""
        1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
            link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0
            inet 127.0.0.1/8 scope host lo
               valid_lft forever preferred_lft forever
        2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
            link/ether 02:00:00:{i >> 16:x2}:{(i >> 8) & 255:x2}:{i & 255:x2} brd ff:ff:ff:ff:ff:ff promiscuity 0
            inet {Address(i)}/16 scope global eth0
               valid_lft forever preferred_lft forever
        3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN group default
            link/ether {Mac(i)} brd ff:ff:ff:ff:ff:ff promiscuity 0
            vxlan id 1 local {Address(i)} dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum
            inet {Vtep(i)}/32 scope global flannel.1
               valid_lft forever preferred_lft forever

        """;

    private static string Address(int i) => string.Create(CultureInfo.InvariantCulture, $"10.0.{i / 250}.{(i % 250) + 2}");

    private static string Vtep(int i) => string.Create(CultureInfo.InvariantCulture, $"10.{128 + (i / 256)}.{i % 256}.0");

    private static string Subnet(int i) => Vtep(i) + "/24";

    private static string Mac(int i) => string.Create(CultureInfo.InvariantCulture, $"8e:09:85:{i >> 16:x2}:{(i >> 8) & 255:x2}:{i & 255:x2}");
}
