using System.Net;
using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace GravityNet.Transports.Ssh;

/// <summary>
/// One TCP connection that starts at a node. SSH.NET forwards from a port on loopback alone: this connection is the only one that it lets in, and the
/// port is gone with it.
/// </summary>
internal sealed class ForwardedStream : Stream
{
    private readonly SshClient _client;
    private readonly ForwardedPortLocal _port;
    private readonly NetworkStream _stream;
    private readonly string _words;
    private Func<string?> _failure = () => null;
    private bool _heard;
    private int _disposed;

    private ForwardedStream(SshClient client, ForwardedPortLocal port, NetworkStream stream, string words)
    {
        _client = client;
        _port = port;
        _stream = stream;
        _words = words;
    }

    /// <summary>Connects. A node that makes no connection is found out by the first reading.</summary>
    /// <param name="client">The node's client.</param>
    /// <param name="node">The node, for errors.</param>
    /// <param name="host">The host to connect to, as the node knows it.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="IOException">The SSH connection does not forward.</exception>
    public static async Task<Stream> OpenAsync(SshClient client, string node, string host, int port, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var forward = new ForwardedPortLocal("127.0.0.1", 0, host, (uint)port);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var own = ((IPEndPoint)socket.LocalEndPoint!).Port;
            // SSH.NET closes a connection whose announcement throws
            forward.RequestReceived += (_, e) =>
            {
                if (e.OriginatorPort != own) throw new SshException("a connection of somebody else");
            };
            client.AddForwardedPort(forward);
            forward.Start();
            string? problem = null;
            forward.Exception += (_, e) => problem ??= e.Exception.Message.TrimEnd('.');
            await socket.ConnectAsync(IPAddress.Loopback, (int)forward.BoundPort, cancel);
            return new ForwardedStream(client, forward, new NetworkStream(socket, ownsSocket: true), $"{node} makes no connection to {host}:{port}") { _failure = () => problem };
        }
        catch (Exception failure)
        {
            socket.Dispose();
            Close(client, forward);
            if (failure is SshException or SocketException or ObjectDisposedException or InvalidOperationException)
                throw new IOException($"{node} makes no connection to {host}:{port}: {failure.Message.TrimEnd('.')}", failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Heard(await _stream.ReadAsync(buffer, cancellationToken), buffer.Length);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Heard(_stream.Read(buffer, offset, count), count);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _stream.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => _stream.WriteAsync(buffer, offset, count, cancellationToken);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => _stream.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override void Flush() => _stream.Flush();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _stream.Dispose();
            // closing a port waits for the other side, which may be slow to say goodbye
            _ = Task.Run(() => Close(_client, _port));
        }

        base.Dispose(disposing);
    }

    // an end before the first byte is a connection that was never made
    private int Heard(int count, int asked)
    {
        if (count == 0 && asked > 0 && !_heard) throw new IOException($"{_words}{(_failure() is { } why ? $": {why}" : "")}");
        _heard |= count > 0;
        return count;
    }

    private static void Close(SshClient client, ForwardedPortLocal port)
    {
        try
        {
            client.RemoveForwardedPort(port);
            port.Dispose();
        }
        catch (Exception)
        {
            // the SSH connection has gone, and the port with it
        }
    }
}
