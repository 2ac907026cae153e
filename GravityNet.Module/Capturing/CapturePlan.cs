namespace GravityNet.Capturing;

/// <summary>What to capture on one interface of a node, and when to end.</summary>
public sealed record CapturePlan
{
    /// <summary>The longest name that Linux gives an interface (IFNAMSIZ less the closing zero).</summary>
    private const int MaxInterfaceName = 15;

    private readonly string _interface = "";

    /// <summary>The interface, or <c>any</c>.</summary>
    /// <exception cref="ArgumentException">No Linux interface can have this name.</exception>
    public required string Interface
    {
        get => _interface;
        init
        {
            if (!IsInterfaceName(value))
                throw new ArgumentException($"'{value}' is not the name of a network interface: 1 to {MaxInterfaceName} visible ASCII characters without '/'.", nameof(value));
            _interface = value;
        }
    }

    /// <summary>
    /// A filter in tcpdump's language; null for all packets. On the underlay the packets of pods are inside VXLAN, which a filter does not look into:
    /// see <see cref="OnUnderlay"/>.
    /// </summary>
    public string? Filter { get; init; }

    /// <summary>End after this many packets; 0 for no bound.</summary>
    public int Count { get; init; }

    /// <summary>End after this many seconds. There is always such a bound: a capture never outlives its question.</summary>
    public int Seconds { get; init; } = 10;

    /// <summary>How many bytes of each frame are kept. The default holds the headers of both packets of VXLAN and any DNS answer.</summary>
    public int SnapLength { get; init; } = 2048;

    /// <summary>The UDP ports that carry VXLAN.</summary>
    public VxlanPorts Ports { get; init; } = VxlanPorts.Default;

    /// <summary>
    /// The filter that finds on an underlay interface what a filter finds on the overlay's: every VXLAN datagram, and what the filter matches itself.
    /// </summary>
    /// <param name="filter">A filter in tcpdump's language; null or blank for all packets.</param>
    /// <param name="port">The cluster's VXLAN port.</param>
    public static string? OnUnderlay(string? filter, int port) =>
        string.IsNullOrWhiteSpace(filter) ? null : FormattableString.Invariant($"udp dst port {port} or ({filter})");

    /// <summary>Whether Linux accepts a text as an interface's name.</summary>
    public static bool IsInterfaceName(string? name) =>
        name is { Length: > 0 and <= MaxInterfaceName } and not ("." or "..") && name.All(c => c is > ' ' and < '\x7F' and not '/');
}
