using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// What <c>ip -d</c> tells of every device at the end of its last line of details: queues, the sizes that offloads take, and the place of the hardware
/// (ip-link(8)). Null where not printed.
/// </summary>
public sealed record LinkQueues
{
    // in the order of iproute2's print_linkinfo
    private static readonly LineGrammar<LinkQueues> Grammar = new(
        -1,
        new("addrgenmode", q => Printed(q.AddressGeneration)),
        new("numtxqueues", q => Printed(q.TransmitQueues)),
        new("numrxqueues", q => Printed(q.ReceiveQueues)),
        new("gso_max_size", q => Printed(q.GsoMaxSize)),
        new("gso_max_segs", q => Printed(q.GsoMaxSegments)),
        new("tso_max_size", q => Printed(q.TsoMaxSize)),
        new("tso_max_segs", q => Printed(q.TsoMaxSegments)),
        new("gro_max_size", q => Printed(q.GroMaxSize)),
        new("gso_ipv4_max_size", q => Printed(q.GsoIpv4MaxSize)),
        new("gro_ipv4_max_size", q => Printed(q.GroIpv4MaxSize)),
        new("portname", q => Printed(q.PortName)),
        new("portid", q => Printed(q.PortId)),
        new("switchid", q => Printed(q.SwitchId)),
        new("parentbus", q => Printed(q.ParentBus)),
        new("parentdev", q => Printed(q.ParentDevice)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        AddressGeneration,
        TransmitQueues,
        ReceiveQueues,
        GsoMaxSize,
        GsoMaxSegments,
        TsoMaxSize,
        TsoMaxSegments,
        GroMaxSize,
        GsoIpv4MaxSize,
        GroIpv4MaxSize,
        PortName,
        PortId,
        SwitchId,
        ParentBus,
        ParentDevice,
    }

    /// <summary>How IPv6 link-local addresses are made: <c>eui64</c>, <c>none</c>, <c>stable_secret</c>, <c>random</c>; printed by <c>ip link</c> alone.</summary>
    public string AddressGeneration { get; init; } = "";

    /// <summary>The transmit queues.</summary>
    public int? TransmitQueues { get; init; }

    /// <summary>The receive queues.</summary>
    public int? ReceiveQueues { get; init; }

    /// <summary>The largest packet in bytes that is handed over to be cut later (generic segmentation offload).</summary>
    public long? GsoMaxSize { get; init; }

    /// <summary>The most packets that one is cut into.</summary>
    public long? GsoMaxSegments { get; init; }

    /// <summary>The largest packet in bytes that the device cuts itself (TCP segmentation offload).</summary>
    public long? TsoMaxSize { get; init; }

    /// <summary>The most packets that it cuts one into.</summary>
    public long? TsoMaxSegments { get; init; }

    /// <summary>The largest packet in bytes that received ones are joined to (generic receive offload).</summary>
    public long? GroMaxSize { get; init; }

    /// <summary><see cref="GsoMaxSize"/> for IPv4.</summary>
    public long? GsoIpv4MaxSize { get; init; }

    /// <summary><see cref="GroMaxSize"/> for IPv4.</summary>
    public long? GroIpv4MaxSize { get; init; }

    /// <summary>The name that a switch or a network card gives the port; empty for none.</summary>
    public string PortName { get; init; } = "";

    /// <summary>The port's identifier; empty for none.</summary>
    public string PortId { get; init; } = "";

    /// <summary>The switch's identifier; empty for none.</summary>
    public string SwitchId { get; init; } = "";

    /// <summary>The bus that the device is on (<c>pci</c>, <c>virtio</c>); empty for none.</summary>
    public string ParentBus { get; init; } = "";

    /// <summary>Its place there (<c>0000:3b:00.0</c>); empty for none.</summary>
    public string ParentDevice { get; init; } = "";

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The form of its part of the line; null for one that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The part of the line as it was read, from the fields.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The part as <c>ip -d</c> prints it.</summary>
    public override string ToString() => Grammar.Print(this, null, Words);
}
