namespace GravityNet;

/// <summary>How far an ICMP echo came in one direction.</summary>
public sealed record EchoTrace
{
    /// <summary><c>request</c> or <c>reply</c>.</summary>
    public required string Direction { get; init; }

    /// <summary>What was looked for, in tcpdump's words.</summary>
    public required string Info { get; init; }

    /// <summary>The places where it was seen, in the order of its way.</summary>
    public required IReadOnlyList<PacketSighting> Where { get; init; }

    /// <summary>The last expected place where it was seen; null where it was seen in none.</summary>
    public CapturePoint? LastSeen { get; init; }

    /// <summary>The expected place after that, where it was not seen; null where it came to the end of its way.</summary>
    public CapturePoint? NotSeen { get; init; }

    /// <summary>Whether it was seen in the last expected place.</summary>
    public bool Complete => NotSeen is null;

    /// <summary>A sentence such as "ICMP echo reply, id 1, seq 1, length 64: seen on node-1 cni0 and not on node-1 flannel.1".</summary>
    public override string ToString() => (LastSeen, NotSeen) switch
    {
        (null, _) => $"{Info}: seen nowhere",
        (_, null) => $"{Info}: seen up to {LastSeen}, the end of its way",
        _ => $"{Info}: seen on {LastSeen} and not on {NotSeen}",
    };
}
