using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GravityNet.Bench;

/// <summary>
/// Real sshds on loopback. Each has a host name of its own, as nodes have, and all share a host key and the one key that may log in.
/// </summary>
internal sealed class Nodes : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-bench-").FullName;
    private readonly List<Process> _servers = [];

    /// <summary>Their ports on 127.0.0.1.</summary>
    public IReadOnlyList<int> Ports { get; private set; } = [];

    /// <summary>The key that may log in.</summary>
    public string KeyFile => Path.Combine(_folder, "client");

    /// <summary>A known_hosts file that knows all of them.</summary>
    public string KnownHosts => Path.Combine(_folder, "known_hosts");

    /// <summary>Starts them.</summary>
    public static async Task<Nodes> StartAsync(int count)
    {
        var nodes = new Nodes();
        try
        {
            await nodes.OpenAsync(count);
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>The arguments of an ssh client that logs in to a node, without anybody's configuration.</summary>
    /// <param name="port">The node.</param>
    /// <param name="options">Further options: <c>-o</c> alone is added before each.</param>
    public IEnumerable<string> Ssh(int port, params IEnumerable<string> options) =>
    [
        "-F", "none", "-i", KeyFile, "-p", $"{port}", .. options.Append("IdentitiesOnly=yes").Append("BatchMode=yes").Append($"UserKnownHostsFile={KnownHosts}")
            .SelectMany(option => new[] { "-o", option }),
        "root@127.0.0.1",
    ];

    /// <summary>The path of a socket of a node.</summary>
    public string Socket(int port) => Path.Combine(_folder, $"{port}.socket");

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync(int count)
    {
        foreach (var key in new[] { "host", "client" })
            await Programs.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_folder, key)]);
        File.Copy(KeyFile + ".pub", Path.Combine(_folder, "authorized_keys"));
        Directory.CreateDirectory("/run/sshd");
        Ports = FreePorts(count);
        var host = string.Join(' ', (await File.ReadAllTextAsync(Path.Combine(_folder, "host.pub"))).Split(' ').Take(2));
        await File.WriteAllLinesAsync(KnownHosts, Ports.Select(port => $"[127.0.0.1]:{port} {host}"));
        foreach (var (index, port) in Ports.Index())
        {
            var configuration = Path.Combine(_folder, $"{port}.conf");
            await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture, $"""
                ListenAddress 127.0.0.1:{port}
                HostKey {_folder}/host
                AuthorizedKeysFile {_folder}/authorized_keys
                PidFile none
                PermitRootLogin yes
                StrictModes no
                UsePAM no

                """));
            _servers.Add(Process.Start(
                "unshare", ["--uts", "sh", "-c", "hostname \"$1\" && exec /usr/sbin/sshd -D -f \"$2\" -E \"$2.log\"", "sh", $"bench-{index + 1:00}", configuration]));
        }

        foreach (var port in Ports)
            await WaitForPortAsync(port);
    }

    private static List<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        var ports = listeners.ConvertAll(l => ((IPEndPoint)l.LocalEndpoint).Port);
        listeners.ForEach(l => l.Dispose());
        return ports;
    }

    private static async Task WaitForPortAsync(int port)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException failed)
            {
                if (clock.Elapsed > TimeSpan.FromSeconds(30))
                    throw new InvalidOperationException("sshd does not answer: it needs openssh-server, and root that may make namespaces.", failed);
            }
        }
    }
}
