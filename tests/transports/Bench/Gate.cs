using System.Net;
using System.Net.Sockets;

namespace GravityNet.TransportTests.Bench;

/// <summary>A TCP connection's way that a test can cut, and open again: bytes go through to a port of loopback.</summary>
internal sealed class Gate : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _open = [];
    private Socket? _listener;

    public Gate(int to)
    {
        To = to;
        Port = Processes.FreePort();
        Open();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The port that new connections lead to.</summary>
    public int To { get; set; }

    /// <summary>How many connections go through it.</summary>
    public int Connections
    {
        get
        {
            lock (_gate) return _open.Count / 2;
        }
    }

    /// <summary>Lets connections through.</summary>
    public void Open()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        listener.Listen();
        _listener = listener;
        _ = Task.Run(async () =>
        {
            try
            {
                while (true) _ = PassAsync(await listener.AcceptAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // cut
            }
        });
    }

    /// <summary>Ends all connections and refuses new ones.</summary>
    public void Cut()
    {
        _listener?.Dispose();
        lock (_gate)
        {
            foreach (var socket in _open) socket.Dispose();
            _open.Clear();
        }
    }

    public void Dispose() => Cut();

    private async Task PassAsync(Socket here)
    {
        var there = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        lock (_gate)
        {
            _open.Add(here);
            _open.Add(there);
        }

        try
        {
            await there.ConnectAsync(IPAddress.Loopback, To);
            using var one = new NetworkStream(here);
            using var other = new NetworkStream(there);
            await Task.WhenAny(one.CopyToAsync(other), other.CopyToAsync(one));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // an end like any other
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(here);
                _open.Remove(there);
            }

            here.Dispose();
            there.Dispose();
        }
    }
}
