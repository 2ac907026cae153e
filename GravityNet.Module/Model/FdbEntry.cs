namespace GravityNet;

/// <summary>
/// A row of a forwarding database, as <c>bridge fdb</c> prints it (bridge(8)): which port of a bridge a MAC is behind,
/// or which address a VXLAN device sends a MAC's frames to.
/// </summary>
public sealed record FdbEntry
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The MAC address.</summary>
    public required string Mac { get; init; }

    /// <summary>The bridge port or VXLAN device.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The remote address that a VXLAN device sends to; empty for a bridge's row.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The bridge; empty for a device's own row (<c>self</c>).</summary>
    public string Master { get; init; } = "";

    /// <summary>The VLAN; null for none.</summary>
    public int? Vlan { get; init; }

    /// <summary>Whether the row is the device's own (<c>self</c>).</summary>
    public bool Self { get; init; }

    /// <summary>permanent, static, stale, or empty for a learned row.</summary>
    public string State { get; init; } = "";

    /// <summary>Words that have no field of their own, in order (offload, extern_learn, sticky, nhid 5, ...).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Whether the bridge learned the row from a frame: it stands for a station behind the port, not for the port itself.</summary>
    public bool IsLearned => Master.Length > 0 && State is "" or "stale";

    /// <summary>The row as <c>bridge fdb</c> prints it.</summary>
    public override string ToString() => string.Join(' ', new[]
    {
        Mac,
        Interface.Length > 0 ? $"dev {Interface}" : "",
        Destination.Length > 0 ? $"dst {Destination}" : "",
        Vlan is { } vlan ? $"vlan {vlan}" : "",
        string.Join(' ', Words),
        Self ? "self" : "",
        Master.Length > 0 ? $"master {Master}" : "",
        State,
    }.Where(part => part.Length > 0));
}
