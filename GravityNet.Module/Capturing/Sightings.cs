using System.Runtime.InteropServices;

namespace GravityNet.Capturing;

/// <summary>Joins what several interfaces of several nodes saw into the ways of single packets.</summary>
public static class Sightings
{
    /// <summary>
    /// Groups captured packets into packets and the places where each was seen.
    /// </summary>
    /// <param name="packets">The packets of all captures, in any order.</param>
    /// <returns>One a packet, in the order in which they were first seen.</returns>
    public static IReadOnlyList<PacketSightings> Join(IEnumerable<CapturedPacket> packets)
    {
        var groups = new Dictionary<PacketKey, List<CapturedPacket>>();
        foreach (var packet in packets)
        {
            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, PacketKey.Of(packet), out _);
            (group ??= []).Add(packet);
        }

        return [.. groups
            .OrderBy(g => g.Value.Min(p => p.Time))
            .Select(g => new PacketSightings { Key = g.Key.ToString(), Info = g.Value[0].Info, Where = InOrder(g.Value) })];
    }

    /// <summary>
    /// Says for both directions of an ICMP echo how far it came.
    /// </summary>
    /// <param name="packets">The packets of all captures; others than this echo's are passed over.</param>
    /// <param name="id">The echo's id; null for any (where only one is in the packets).</param>
    /// <param name="sequence">The echo's sequence number; null for any.</param>
    /// <param name="path">The places that the request is expected in, in its order; the reply is expected in the reverse order.</param>
    /// <returns>The request's trace and the reply's.</returns>
    public static IReadOnlyList<EchoTrace> TraceEcho(IEnumerable<CapturedPacket> packets, int? id, int? sequence, IReadOnlyList<CapturePoint> path)
    {
        var echoes = packets.Where(p => IsEcho(p) && Matches(p)).ToList();
        return
        [
            Trace("request", [.. echoes.Where(p => EchoType(p) is 8 or 128)], path),
            Trace("reply", [.. echoes.Where(p => EchoType(p) is 0 or 129)], [.. path.Reverse()]),
        ];

        bool Matches(CapturedPacket packet)
        {
            var echo = packet.Decoded.Packet.Payload(packet.Frame.Span);
            return (id is null || id == (echo[4] << 8 | echo[5])) && (sequence is null || sequence == (echo[6] << 8 | echo[7]));
        }
    }

    private static bool IsEcho(CapturedPacket packet)
    {
        ref readonly var layer = ref packet.Decoded.Packet;
        if (layer.Version == 0 || layer.FragmentOffset != 0 || layer.End - layer.PayloadStart < 8)
            return false;
        return layer.Protocol switch
        {
            FrameDecoder.Icmp => EchoType(packet) is 0 or 8,
            FrameDecoder.Icmp6 => EchoType(packet) is 128 or 129,
            _ => false,
        };
    }

    private static byte EchoType(CapturedPacket packet) => packet.Frame.Span[packet.Decoded.Packet.PayloadStart];

    private static EchoTrace Trace(string direction, List<CapturedPacket> seen, IReadOnlyList<CapturePoint> path)
    {
        var last = -1;
        for (var i = 0; i < path.Count; i++)
        {
            if (seen.Exists(p => p.Node == path[i].Node && p.Interface == path[i].Interface))
                last = i;
        }

        return new EchoTrace
        {
            Direction = direction,
            Info = seen.Count > 0 ? seen[0].Info : $"ICMP echo {direction}",
            Where = InOrder(seen),
            LastSeen = last >= 0 ? path[last] : null,
            NotSeen = last + 1 < path.Count ? path[last + 1] : null,
        };
    }

    /// <summary>
    /// The order of the way. The time to live falls at every router, and says more than the time: the nodes' clocks differ. Two nodes see one
    /// value where no router is between them; then the node comes first that saw higher values, and after it the one that saw lower ones.
    /// </summary>
    private static List<PacketSighting> InOrder(List<CapturedPacket> packets)
    {
        var nodes = packets.GroupBy(p => p.Node).ToDictionary(g => g.Key, g => (High: g.Max(p => p.Ttl), Low: g.Min(p => p.Ttl), First: g.Min(p => p.Time)));
        return [.. packets
            .OrderByDescending(p => p.Ttl)
            .ThenByDescending(p => nodes[p.Node].High)
            .ThenByDescending(p => nodes[p.Node].Low)
            .ThenBy(p => nodes[p.Node].First)
            .ThenBy(p => p.Time)
            .Select(p => new PacketSighting
            {
                Node = p.Node,
                Interface = p.Interface,
                Time = p.Time,
                Ttl = p.Ttl,
                Source = p.Source,
                SourcePort = p.SourcePort,
                Destination = p.Destination,
                DestinationPort = p.DestinationPort,
                OuterSource = p.OuterSource,
                OuterDestination = p.OuterDestination,
            })];
    }
}
