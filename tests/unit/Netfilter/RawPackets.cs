using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using GravityNet.Netfilter;

namespace GravityNet.UnitTests.Netfilter;

/// <summary>Sends packets of any address out of a network namespace, and learns from the kernel's answer which of them its rules dropped on the way out.</summary>
internal static class RawPackets
{
    private const int SolSocket = 1;
    private const int SoMark = 36;
    private const int CloneNewnet = 0x40000000;

    /// <summary>Sends each packet and tells whether it got through hook OUTPUT: a dropped one is an error to its sender (EPERM).</summary>
    public static IReadOnlyList<bool> Send(string space, IReadOnlyList<NetfilterPacket> packets)
    {
        var accepted = new bool[packets.Count];
        Exception? failure = null;
        // a thread of its own: it stays in the namespace
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/var/run/netns/{space}");
                if (SetNamespace(handle.DangerousGetHandle().ToInt32(), CloneNewnet) != 0) throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
                var mark = new byte[4];
                for (var i = 0; i < packets.Count; i++)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(mark, packets[i].Mark.Value);
                    socket.SetRawSocketOption(SolSocket, SoMark, mark);
                    accepted[i] = Passes(socket, packets[i]);
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? accepted : throw new InvalidOperationException($"The packets could not be sent: {failure.Message}", failure);
    }

    private static bool Passes(Socket socket, NetfilterPacket packet)
    {
        try
        {
            socket.SendTo(Bytes(packet), new IPEndPoint(IPAddress.Parse(packet.Destination!.Value.ToString()), 0));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return false;
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException($"{e.SocketErrorCode}: {packet}", e);
        }
    }

    // the header of IPv4 and of TCP, UDP or ICMP; the kernel fills in what is 0 (raw(7))
    private static byte[] Bytes(NetfilterPacket packet)
    {
        var bytes = new byte[packet.Length!.Value];
        bytes[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)bytes.Length);
        bytes[8] = (byte)packet.Ttl!.Value;
        bytes[9] = (byte)packet.Protocol!.Value;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), (uint)packet.Source!.Value.Bits);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), (uint)packet.Destination!.Value.Bits);
        var body = bytes.AsSpan(20);
        if (packet.IcmpType is { } type)
        {
            (body[0], body[1]) = ((byte)type, (byte)packet.IcmpCode!.Value);
            // the identifier: no two packets are of one connection
            BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)Random.Shared.Next());
            return bytes;
        }

        if (packet.SourcePort is not { } source || packet.DestinationPort is not { } destination) return bytes;
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)source);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)destination);
        if (packet.Protocol == IpProtocol.Udp) BinaryPrimitives.WriteUInt16BigEndian(body[4..], (ushort)body.Length);
        else (body[12], body[13]) = (0x50, (byte)packet.TcpFlags.Value);
        return bytes;
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int file, int kind);
}
