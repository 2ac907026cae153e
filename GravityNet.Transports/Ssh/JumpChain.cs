using System.Collections.Concurrent;
using GravityNet.Sources;
using Renci.SshNet;

namespace GravityNet.Transports.Ssh;

/// <summary>
/// The connections to the hosts on the way to a node, each made through the one before it: a port on loopback that the SSH client forwards.
/// </summary>
internal sealed class JumpChain : IDisposable
{
    // OpenSSH drops logins at random when more than ten are under way (MaxStartups), and all nodes are connected to at the same time.
    private const int LoginsAtATime = 4;

    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Turns = new(StringComparer.OrdinalIgnoreCase);

    private readonly List<SshClient> _clients = [];
    private readonly List<ForwardedPortLocal> _ports = [];
    private volatile string? _failure;

    /// <summary>The last host on the way, where the next connection starts from.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Why the last host on the way could not connect to the next; null while it could.</summary>
    public string? Failure => _failure;

    /// <summary>Waits for a turn to log in to a jump host.</summary>
    public static async Task<IDisposable> TakeTurnAsync(SshTarget jump, CancellationToken cancel)
    {
        var turns = Turns.GetOrAdd($"{jump.Host}:{jump.Port}", _ => new(LoginsAtATime, LoginsAtATime));
        await turns.WaitAsync(cancel);
        return new Turn(turns);
    }

    /// <summary>Where to connect to for a host: its own address at the beginning of the way, and a forwarded port further on.</summary>
    public (string Host, int Port) Open(SshTarget next)
    {
        if (_clients.Count == 0) return (next.Host, next.Port);
        var port = new ForwardedPortLocal("127.0.0.1", 0, next.Host, (uint)next.Port);
        port.Exception += (_, e) => _failure = e.Exception.Message.TrimEnd('.');
        _ports.Add(port);
        _clients[^1].AddForwardedPort(port);
        port.Start();
        return (port.BoundHost, (int)port.BoundPort);
    }

    /// <summary>Takes over a client that is connected to the next host.</summary>
    public void Add(SshClient client, SshTarget host)
    {
        _clients.Add(client);
        Last = host.Name;
    }

    /// <summary>Closes the connections, the farthest first.</summary>
    public void Dispose()
    {
        foreach (var part in _ports.Cast<IDisposable>().Reverse().Concat(_clients.AsEnumerable().Reverse()))
        {
            try
            {
                part.Dispose();
            }
            catch (Exception)
            {
                // the connection is gone already; the others are still to be closed
            }
        }
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
