namespace GravityNet.Capturing;

/// <summary>Captures that were saved: a snapshot's <c>captures/NODE/INTERFACE.pcap</c>.</summary>
public static class CaptureFile
{
    /// <summary>
    /// Reads a saved capture. Never throws for what the bytes are.
    /// </summary>
    /// <param name="capture">The file's bytes; the packets keep them.</param>
    /// <param name="node">The node it was taken on.</param>
    /// <param name="interface">The interface it was taken on.</param>
    /// <param name="problem">Why reading ended early, as one sentence; null where it did not. The packets before are in the answer.</param>
    /// <param name="ports">The UDP ports that carry VXLAN; null for 8472 and 4789.</param>
    public static IReadOnlyList<CapturedPacket> Read(ReadOnlyMemory<byte> capture, string node, string @interface, out string? problem, VxlanPorts? ports = null)
    {
        var packets = new List<CapturedPacket>();
        var reader = PcapReader.ReadAll(capture, frame => packets.Add(new CapturedPacket(node, @interface, in frame, ports ?? VxlanPorts.Default)));
        problem = reader.Problem;
        return packets;
    }
}
