using System.Globalization;
using GravityNet.Netfilter;
using Xunit;

namespace GravityNet.UnitTests.Netfilter;

/// <summary>What real traffic did while the clusters were recorded, against the walk of its packets through the rules of the node that they came to first.</summary>
public sealed class RecordedFlowTests
{
    public static TheoryData<string> Recorded => [.. Recordings.Names];

    // nothing is wrong there, or it is in the rules: what is translated and let through arrives, and nothing else
    private static readonly string[] Exact = ["healthy", "healthy-kp118-legacy", "healthy-kubesubnet", "n-no-service-jump"];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void What_was_delivered_could_pass_and_what_is_stopped_was_not_delivered(string recording)
    {
        var cluster = new RecordedCluster(recording);
        var pods = cluster.Objects.Pods!.ToDictionary(p => $"pod:{p.Namespace}/{p.Name}");
        var nodes = Recordings.Nodes(recording).ToDictionary(n => n, cluster.Node);
        var ends = pods.Values.Select(p => p.Address).Concat(nodes.Values.SelectMany(n => n.Links.Records).SelectMany(l => l.Inet).Select(a => a.Address)).ToHashSet();
        var (asked, stopped) = (0, 0);
        foreach (var line in Recordings.Text(recording, "flows.tsv").Split('\n').Skip(1))
        {
            var cells = line.Split('\t');
            if (cells.Length != 9) continue;
            var protocol = IpProtocol.Number(cells[2])!.Value;
            var (port, length, delivered) = (Number(cells[3]), Number(cells[4]), Number(cells[7]) > 0);
            var packet = new NetfilterPacket
            {
                Protocol = protocol,
                Destination = NetfilterPacket.Address(cells[1]),
                SourcePort = port > 0 ? 40000 : null,
                DestinationPort = port > 0 ? port : null,
                IcmpType = protocol == IpProtocol.Icmp ? 8 : null,
                IcmpCode = protocol == IpProtocol.Icmp ? 0 : null,
                TcpFlags = KnownBits.Of(protocol == IpProtocol.Tcp ? 2U : 0),
                Length = length,
                Mark = KnownBits.Of(0),
                ConnectionMark = KnownBits.Of(0),
                State = PacketState.New,
                IsDestinationTranslated = false,
                IsSourceTranslated = false,
                IsFragment = false,
            };

            var name = cells[0].StartsWith("pod:", StringComparison.Ordinal) ? pods[cells[0]].Node
                : cells[0].StartsWith("node:", StringComparison.Ordinal) ? cells[0]["node:".Length..] : RecordedCluster.Addresses.First(a => a.Value == cells[1]).Key;
            var node = nodes[name];
            packet = cells[0].Split(':', 2) switch
            {
                ["pod", _] => packet with { InInterface = "cni0", Source = NetfilterPacket.Address(pods[cells[0]].Address) },
                ["external", var address] => packet with { InInterface = node.Links.Records.First(l => l.Inet.Any(a => a.Address == node.Address)).Interface, Source = NetfilterPacket.Address(address) },
                _ => packet with { InInterface = "" },
            };

            var translated = 0;
            var passes = Ways(node, packet).Any(end =>
            {
                if (end.IsDestinationTranslated == true) translated++;
                return ends.Contains(end.Destination?.ToString() ?? "");
            });
            asked++;
            Assert.True(passes || !delivered, $"{line}: nothing passes");
            var isService = cells[1].StartsWith("10.100.", StringComparison.Ordinal) || cells[0].StartsWith("external:", StringComparison.Ordinal);
            if (!isService || !Exact.Contains(recording)) continue;
            // a port of the node itself that nothing translates has no listener
            var arrives = passes && translated > 0;
            Assert.True(arrives == delivered, $"{line}: {(arrives ? "passes" : "does not pass")}");
            if (!arrives) stopped++;
        }

        Assert.True(asked > 30 && (stopped > 3 || !Exact.Contains(recording)), $"{asked} {stopped}");
    }

    // the packets that come through the first hook, and are not surely stopped in the second
    private static IEnumerable<NetfilterPacket> Ways(NodeState node, NetfilterPacket packet)
    {
        var rules = node.Iptables.Records;
        var context = NetfilterContext.Of(node);
        var first = packet.InInterface!.Length == 0 ? NetfilterHook.Output : NetfilterHook.Prerouting;
        foreach (var branch in NetfilterWalk.Hook(rules, first, packet, context).Branches.Where(b => b.Verdict is NetfilterVerdict.Accept or NetfilterVerdict.Unknown))
        {
            if (first == NetfilterHook.Output)
            {
                yield return branch.Packet;
                continue;
            }

            var isLocal = branch.Packet.Destination is { } to && context.AddressType!(to, null) == "LOCAL";
            var second = NetfilterWalk.Hook(rules, isLocal ? NetfilterHook.Input : NetfilterHook.Forward, branch.Packet with { OutInterface = null }, context);
            if (second.Accepted != Ternary.No) yield return branch.Packet;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
