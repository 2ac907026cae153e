using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A connection that the kernel tracks, as <c>conntrack -L</c> prints it, or <c>/proc/net/nf_conntrack</c>, which has the network protocol before the rest (conntrack(8)).
/// </summary>
public sealed record Connection
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The network protocol, ipv4 or ipv6; empty where not printed (it is with <c>-o extended</c> and in the kernel's file).</summary>
    public string Family { get; init; } = "";

    /// <summary>The network protocol's number: 2 for ipv4, 10 for ipv6; null where not printed.</summary>
    public int? FamilyNumber { get; init; }

    /// <summary>The protocol's name: tcp, udp, icmp, icmpv6, sctp, dccp, gre, udplite; unknown for others.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The protocol's number (IANA).</summary>
    public int? ProtocolNumber { get; init; }

    /// <summary>How long the kernel keeps the entry if nothing more comes, in seconds; null where not printed (what a flow table handles).</summary>
    public long? TimeoutSeconds { get; init; }

    /// <summary>The state of a protocol that has states: ESTABLISHED, TIME_WAIT, ...; else empty.</summary>
    public string State { get; init; } = "";

    /// <summary>The first packet's direction, as it was before any translation.</summary>
    public ConnectionTuple Original { get; init; } = new();

    /// <summary>The direction of the answers, as they arrive: it shows what was translated.</summary>
    public ConnectionTuple Reply { get; init; } = new();

    /// <summary>Whether no answer was seen yet.</summary>
    public bool IsUnreplied { get; init; }

    /// <summary>Whether it is kept when the table is full: ASSURED; OFFLOAD and HW_OFFLOAD where a flow table has it; else empty.</summary>
    public string Status { get; init; } = "";

    /// <summary>The connection's mark; null where not printed.</summary>
    public long? Mark { get; init; }

    /// <summary>The SELinux context; empty where not printed.</summary>
    public string SecurityContext { get; init; } = "";

    /// <summary>The zone of both directions; null where not printed (0).</summary>
    public int? Zone { get; init; }

    /// <summary>Seconds since it began (<c>-o ktimestamp</c>, <c>net.netfilter.nf_conntrack_timestamp</c>); null where not printed.</summary>
    public long? AgeSeconds { get; init; }

    /// <summary>How many hold the entry; null where not printed.</summary>
    public int? Use { get; init; }

    /// <summary>The entry's number (<c>-o id</c>); null where not printed.</summary>
    public long? Id { get; init; }

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Whether an address or a port was translated: the answers do not come from where the first packet went.</summary>
    public bool IsTranslated =>
        Original.SourceAddress != Reply.Destination || Original.Destination != Reply.SourceAddress
        || Original.SourcePort != Reply.DestinationPort || Original.DestinationPort != Reply.SourcePort;

    /// <summary>The form of its line; null for a connection that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The line as it was printed.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The connection in short.</summary>
    public override string ToString() =>
        $"{Protocol} {(State.Length > 0 ? State + " " : "")}{Original}{(IsTranslated ? $" ({Reply})" : "")}{(IsUnreplied ? " [UNREPLIED]" : "")}{(Status.Length > 0 ? $" [{Status}]" : "")}";

    private static readonly LineGrammar<Connection> Grammar = new(
        -1,
        [
            new("", c => Printing.Printed(c.Family)),
            new("", c => Printing.Printed(c.FamilyNumber)),
            new("", c => Printing.Printed(c.Protocol)),
            new("", c => Printing.Printed(c.ProtocolNumber)),
            new("", c => Printing.Printed(c.TimeoutSeconds)),
            new("", c => Printing.Printed(c.State)),
            .. Tuple(c => c.Original),
            new("", c => c.IsUnreplied ? "[UNREPLIED]" : null),
            .. Tuple(c => c.Reply),
            new("", c => c.Status.Length > 0 ? $"[{c.Status}]" : null),
            new("", c => Printing.Printed(c.Mark, "mark=")),
            new("", c => Printing.Printed(c.SecurityContext, "secctx=")),
            new("", c => Printing.Printed(c.Zone, "zone=")),
            new("", c => Printing.Printed(c.AgeSeconds, "delta-time=")),
            new("", c => Printing.Printed(c.Use, "use=")),
            new("", c => Printing.Printed(c.Id, "id=")),
        ]);

    /// <summary>The fields' numbers in the grammar. Those of a direction are its first one's and as many after it as <see cref="ConnectionTuple"/> has fields.</summary>
    internal enum Field
    {
        Family,
        FamilyNumber,
        Protocol,
        ProtocolNumber,
        Timeout,
        State,
        Original,
        Unreplied = Original + ConnectionTuple.FieldCount,
        Reply,
        Status = Reply + ConnectionTuple.FieldCount,
        Mark,
        SecurityContext,
        Zone,
        Age,
        Use,
        Id,
    }

    private static LineField<Connection>[] Tuple(Func<Connection, ConnectionTuple> direction) =>
    [
        new("", c => Printing.Printed(direction(c).SourceAddress, "src=")),
        new("", c => Printing.Printed(direction(c).Destination, "dst=")),
        new("", c => Printing.Printed(direction(c).SourcePort, "sport=")),
        new("", c => Printing.Printed(direction(c).DestinationPort, "dport=")),
        new("", c => Printing.Printed(direction(c).IcmpType, "type=")),
        new("", c => Printing.Printed(direction(c).IcmpCode, "code=")),
        new("", c => Printing.Printed(direction(c).IcmpId, "id=")),
        new("", c => Printing.Printed(direction(c).SourceKey, "srckey=")),
        new("", c => Printing.Printed(direction(c).DestinationKey, "dstkey=")),
        new("", c => Printing.Printed(direction(c).Packets, "packets=")),
        new("", c => Printing.Printed(direction(c).Bytes, "bytes=")),
    ];
}
