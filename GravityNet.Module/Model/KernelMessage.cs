namespace GravityNet;

/// <summary>
/// A line of the kernel's log, as <c>dmesg</c> prints it (dmesg(1)) with seconds since the start or with dates (<c>-T</c>), or syslog.
/// </summary>
public sealed record KernelMessage
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>When it was said; null where only the seconds are known. Without a zone in the text it is taken as UTC.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Seconds since the node started; null where not printed.</summary>
    public decimal? Seconds { get; init; }

    /// <summary>What it says of the network: one of <see cref="KernelMessageKind"/>; empty where it says nothing of it.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The interface that it names; empty for none.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The bridge of a port that it names; empty for none.</summary>
    public string Bridge { get; init; } = "";

    /// <summary>The address (IP or MAC) that it names; empty for none.</summary>
    public string Address { get; init; } = "";

    /// <summary>The message.</summary>
    public required string Message { get; init; }

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>What stands before the message, as printed: time, and what syslog adds.</summary>
    internal string Prefix { get; init; } = "";

    /// <summary>The line as it was printed.</summary>
    public string Print() => Prefix + Message;

    /// <summary>The line.</summary>
    public override string ToString() => Print();
}
