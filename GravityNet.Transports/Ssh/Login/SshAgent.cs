using System.Buffers.Binary;
using System.IO.Pipes;
using System.Net.Sockets;

namespace GravityNet.Transports.Ssh.Login;

/// <summary>
/// Asks an ssh-agent for its keys and for signatures; the private keys stay there. Each question has a connection of its own, as many may be
/// asked at a time. Protocol: draft-ietf-sshm-ssh-agent.
/// </summary>
/// <param name="place">The agent's Unix socket, or a named pipe of Windows.</param>
internal sealed class SshAgent(string place)
{
    private const byte RequestIdentities = 11;
    private const byte IdentitiesAnswer = 12;
    private const byte SignRequest = 13;
    private const byte SignResponse = 14;

    // what OpenSSH allows; more is no answer of an agent
    private const uint MaxAnswer = 256 * 1024;
    private const string PipeFolder = @"\\.\pipe\";

    // a list needs nobody's consent: an agent that takes longer hangs
    private static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(2);

    /// <summary>Flag of a signature request: RSA with SHA-512.</summary>
    public const uint RsaSha512 = 4;

    /// <summary>The agent's Unix socket, or a named pipe of Windows.</summary>
    public string Place => place;

    /// <summary>The agent that is used where nothing else is said: <c>SSH_AUTH_SOCK</c>, on Windows its own agent's pipe; null for none.</summary>
    public static string? Usual => Environment.GetEnvironmentVariable("SSH_AUTH_SOCK") switch
    {
        { Length: > 0 } socket => socket,
        _ => OperatingSystem.IsWindows() ? PipeFolder + "openssh-ssh-agent" : null,
    };

    /// <summary>The keys that the agent holds.</summary>
    /// <exception cref="AgentException">The agent is gone, hangs, or says no.</exception>
    public async Task<IReadOnlyList<AgentKey>> ListAsync(CancellationToken cancel)
    {
        var answer = await AskAsync([RequestIdentities], IdentitiesAnswer, ListPatience, cancel);
        try
        {
            var reader = new WireReader(answer);
            var keys = new List<AgentKey>();
            for (var left = reader.UInt32(); left > 0; left--) keys.Add(new(reader.Bytes().ToArray(), reader.Text()));
            return keys;
        }
        catch (FormatException e)
        {
            throw Failed("answers what no agent says", e);
        }
    }

    /// <summary>A signature made with one of the agent's keys; the agent may ask its user first.</summary>
    /// <param name="key">The public key, as the agent lists it.</param>
    /// <param name="data">What is to be signed.</param>
    /// <param name="flags"><see cref="RsaSha512"/> or zero.</param>
    /// <param name="patience">How long to wait.</param>
    /// <exception cref="AgentException">The agent is gone, hangs, or does not sign.</exception>
    public byte[] Sign(byte[] key, byte[] data, uint flags, TimeSpan patience)
    {
        var request = new byte[1 + 4 + key.Length + 4 + data.Length + 4];
        request[0] = SignRequest;
        Put(request, 1, key);
        Put(request, 5 + key.Length, data);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(request.Length - 4), flags);
        var answer = AskAsync(request, SignResponse, patience, CancellationToken.None).GetAwaiter().GetResult();
        try
        {
            return new WireReader(answer).Bytes().ToArray();
        }
        catch (FormatException e)
        {
            throw Failed("answers what no agent says", e);
        }
    }

    private static void Put(byte[] request, int at, byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(at), (uint)bytes.Length);
        bytes.CopyTo(request, at + 4);
    }

    /// <returns>The answer behind its type.</returns>
    private async Task<byte[]> AskAsync(byte[] request, byte expected, TimeSpan patience, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(patience);
        try
        {
            await using var stream = await OpenAsync(limit.Token);
            var head = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(head, (uint)request.Length);
            await stream.WriteAsync((byte[])[.. head, .. request], limit.Token);
            await stream.ReadExactlyAsync(head, limit.Token);
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (length is 0 or > MaxAnswer) throw Failed("answers what no agent says", null);
            var answer = new byte[length];
            await stream.ReadExactlyAsync(answer, limit.Token);
            return answer[0] == expected ? answer[1..] : throw Failed(request[0] == SignRequest ? "refuses to sign" : "does not list its keys", null);
        }
        catch (OperationCanceledException e)
        {
            cancel.ThrowIfCancellationRequested();
            throw Failed($"did not answer within {patience.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Failed($"cannot be asked ({e.Message.TrimEnd('.')})", e);
        }
    }

    private async Task<Stream> OpenAsync(CancellationToken cancel)
    {
        if (place.StartsWith(PipeFolder, StringComparison.OrdinalIgnoreCase))
        {
            var pipe = new NamedPipeClientStream(".", place[PipeFolder.Length..], PipeDirection.InOut, PipeOptions.Asynchronous);
            try
            {
                await pipe.ConnectAsync(cancel);
                return pipe;
            }
            catch
            {
                await pipe.DisposeAsync();
                throw;
            }
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(place), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private AgentException Failed(string what, Exception? inner) => new($"the ssh-agent at '{place}' {what}", inner);
}

/// <summary>A key that an agent holds.</summary>
/// <param name="Blob">The public key, or a certificate for it.</param>
/// <param name="Comment">What its owner calls it; often the file that it came from.</param>
internal sealed record AgentKey(byte[] Blob, string Comment);

/// <summary>An agent that did not do what it was asked; the message is the end of a sentence.</summary>
internal sealed class AgentException(string message, Exception? inner) : Exception(message, inner);
