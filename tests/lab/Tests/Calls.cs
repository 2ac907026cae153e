using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GravityNet.LabTests;

/// <summary>Real connections to the lab's listeners, one after another, from a pod, a node or the client outside. Web pods answer with their names.</summary>
internal static class Calls
{
    /// <summary>The path under which a web pod answers with its name and the address that it sees the caller under.</summary>
    public const string Client = "/cgi-bin/client";

    /// <summary>The answer of a connection that was refused, by a reset or by ICMP.</summary>
    public const string Refused = "refused";

    /// <summary>The answer of a connection that nothing came back for.</summary>
    public const string Silence = "silence";

    /// <summary>The answer of a connection to an address that nobody has.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>How many seconds a call waits where nothing is expected to come back.</summary>
    public const double Brief = 1;

    // an answer inside this machine takes a millisecond, if the machine is not busy
    private const double Patience = 5;

    /// <summary>Calls from a pod.</summary>
    public static Task<IReadOnlyList<string>> FromPodAsync(this Lab lab, string pod, string address, int port, int count = 1, string path = "/", double patience = Patience) =>
        Lab.InNetworkAsync(lab.Status.Pod(pod).HostPid, () => Call(address, port, count, path, patience));

    /// <summary>Calls from a node.</summary>
    public static Task<IReadOnlyList<string>> FromNodeAsync(this Lab lab, string node, string address, int port, int count = 1, string path = "/", double patience = Patience) =>
        Lab.InNetworkAsync(lab.Status.Node(node).Pid, () => Call(address, port, count, path, patience));

    /// <summary>Calls from outside the cluster, by the lab's first client.</summary>
    public static Task<IReadOnlyList<string>> FromOutsideAsync(this Lab lab, string address, int port, int count = 1, string path = "/", double patience = Patience) =>
        Lab.InNetworkAsync(lab.Status.OutsidePid, () => Call(address, port, count, path, patience));

    private static IReadOnlyList<string> Call(string address, int port, int count, string path, double patience)
    {
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\n\r\n");
        var target = new IPEndPoint(IPAddress.Parse(address), port);
        return [.. Enumerable.Range(0, count).Select(_ => Call(target, request, TimeSpan.FromSeconds(patience)))];
    }

    private static string Call(IPEndPoint target, byte[] request, TimeSpan patience)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000, NoDelay = true };
        try
        {
            if (!socket.ConnectAsync(target).Wait(patience))
                return Silence;
        }
        catch (AggregateException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return Refused;
        }
        catch (AggregateException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.HostUnreachable })
        {
            return Unreachable;
        }

        socket.Send(request);
        var answer = new byte[1024];
        var length = 0;
        while (socket.Receive(answer, length, answer.Length - length, SocketFlags.None) is > 0 and var read)
            length += read;
        var text = Encoding.ASCII.GetString(answer, 0, length);
        return text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Trim();
    }
}
