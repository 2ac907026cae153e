using GravityNet.Parsing;
using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A TCP or UDP socket of a node or a pod, as <c>ss -uanp</c> and <c>ss -tlnp</c> print it (ss(8)), or <c>/proc/net/tcp</c> and its kin (proc(5)).
/// </summary>
public sealed record NodeSocket
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>tcp or udp; for a line of ss that names another kind (<c>ss -anp</c>: nl, u_str, p_raw) that one.</summary>
    public required string Protocol { get; init; }

    /// <summary>The state: LISTEN, ESTAB, UNCONN, TIME-WAIT, ...</summary>
    public string State { get; init; } = "";

    /// <summary>Bytes that the process has not read; of a listener, connections that wait to be accepted.</summary>
    public long? ReceiveQueue { get; init; }

    /// <summary>Bytes that the other side has not acknowledged; of a listener, how many connections may wait (ss alone tells it).</summary>
    public long? SendQueue { get; init; }

    /// <summary>The own address as ss prints it, without brackets: <c>0.0.0.0</c>, <c>*</c> and <c>::</c> for any.</summary>
    public string LocalAddress { get; init; } = "";

    /// <summary>The interface that the socket is bound to; empty for none.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The own port as printed: a number, <c>*</c> for any, or a name without <c>-n</c>.</summary>
    public string LocalPort { get; init; } = "";

    /// <summary>The other side's address; <c>*</c> and zeros for any.</summary>
    public string PeerAddress { get; init; } = "";

    /// <summary>The other side's port as printed; <c>*</c> for any.</summary>
    public string PeerPort { get; init; } = "";

    /// <summary>The processes that hold it; empty where they were not asked for, or are another user's.</summary>
    public IReadOnlyList<SocketProcess> Processes { get; init; } = [];

    /// <summary>The owner's user id; null where not printed (the kernel's file has it).</summary>
    public int? UserId { get; init; }

    /// <summary>The socket's inode; null where not printed (the kernel's file has it).</summary>
    public long? Inode { get; init; }

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Whether it is a row of the kernel's file.</summary>
    internal bool IsFile { get; init; }

    /// <summary>Whether IPv6 addresses stand in brackets: iproute2 from 4.17 on writes them.</summary>
    internal bool HasBrackets { get; init; } = true;

    /// <summary>The form of its line; null for a socket that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The line as it was printed.</summary>
    public string Print() => (IsFile ? FileGrammar : Grammar).Print(this, Form, Words);

    /// <summary>The socket in short: <c>LISTEN tcp 192.168.33.11:2379 etcd</c>.</summary>
    public override string ToString() =>
        $"{State} {Protocol} {End(LocalAddress, Interface, LocalPort, true)}{(PeerPort is "" or "*" or "0" ? "" : $" {End(PeerAddress, "", PeerPort, true)}")}{string.Concat(Processes.Select(p => $" {p.Name}"))}";

    private static readonly LineGrammar<NodeSocket> Grammar = new(
        -1,
        new("", s => Printing.Printed(s.Protocol)) { IsImplied = _ => true },
        new("", s => Printing.Printed(s.State)),
        new("", s => Printing.Printed(s.ReceiveQueue)),
        new("", s => Printing.Printed(s.SendQueue)),
        new("", s => s.LocalPort.Length > 0 ? End(s.LocalAddress, s.Interface, s.LocalPort, s.HasBrackets) : null),
        new("", s => s.PeerPort.Length > 0 ? End(s.PeerAddress, "", s.PeerPort, s.HasBrackets) : null),
        new("", s => s.Processes.Count > 0 ? $"users:({string.Join(',', s.Processes)})" : null));

    private static readonly LineGrammar<NodeSocket> FileGrammar = new(
        -1,
        new("", s => ProcNetSockets.PrintEnd(s.LocalAddress, s.LocalPort)),
        new("", s => ProcNetSockets.PrintEnd(s.PeerAddress, s.PeerPort)),
        new("", s => ProcNetSockets.PrintState(s.State)),
        new("", s => ProcNetSockets.PrintQueues(s.SendQueue, s.ReceiveQueue)),
        new("", s => Printing.Printed(s.UserId)),
        new("", s => Printing.Printed(s.Inode)));

    /// <summary>The numbers of the fields of ss.</summary>
    internal enum Field
    {
        Kind,
        State,
        ReceiveQueue,
        SendQueue,
        Local,
        Peer,
        Processes,
    }

    /// <summary>The numbers of the fields of the kernel's files.</summary>
    internal enum FileField
    {
        Local,
        Peer,
        State,
        Queues,
        UserId,
        Inode,
    }

    private static string End(string address, string scope, string port, bool hasBrackets)
    {
        var host = hasBrackets && address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        return scope.Length > 0 ? $"{host}%{scope}:{port}" : $"{host}:{port}";
    }
}
