using GravityNet.Sources;

namespace GravityNet;

/// <summary>How the capture on one interface of a node went.</summary>
public sealed record CaptureSummary
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The interface.</summary>
    public required string Interface { get; init; }

    /// <summary>How many packets were handed over.</summary>
    public int Packets { get; init; }

    /// <summary>tcpdump's count of the packets that its filter let through; null where it could not tell. More than <see cref="Packets"/>: the end came before they were read.</summary>
    public long? ReceivedByFilter { get; init; }

    /// <summary>tcpdump's count of the packets that the kernel dropped because nobody read them in time; null where it could not tell.</summary>
    public long? DroppedByKernel { get; init; }

    /// <summary>How long the capture ran, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>What ended it: <c>count</c>, <c>seconds</c>, <c>stopped</c> (what was waited for had happened) or <c>error</c>.</summary>
    public required string EndedBy { get; init; }

    /// <summary>What went wrong, as one sentence that names the node; null where nothing did.</summary>
    public string? Problem => Failure?.Message;

    /// <summary>What to do about it; null where nothing went wrong.</summary>
    public string? Remedy => Failure?.Remedy;

    /// <summary>The problem as an exception, for error records.</summary>
    internal SourceException? Failure { get; init; }

    /// <summary>tcpdump's closing words.</summary>
    public override string ToString() => Problem is null
        ? $"{Node} {Interface}: {Packets} packets captured, {ReceivedByFilter?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"} received by filter, {DroppedByKernel?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"} dropped by kernel"
        : $"{Node} {Interface}: {Problem}";
}
