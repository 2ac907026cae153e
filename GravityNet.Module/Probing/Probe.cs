namespace GravityNet.Probing;

/// <summary>
/// One probe: from where, to where, with what.
/// </summary>
/// <param name="From">Where it is sent from.</param>
/// <param name="To">Where it is sent to.</param>
/// <param name="Protocol">One protocol.</param>
/// <param name="Port">The port; 0 for ICMP.</param>
internal sealed record Probe(ProbeOrigin From, ProbeTarget To, ProbeProtocols Protocol, int Port = 0)
{
    /// <summary>What tells two probes apart: the same packets from the same place are one probe, whatever the target is called.</summary>
    public ProbeKey Key => new(From.Name, To.Address, Protocol, Port);

    /// <summary><c>icmp</c>, <c>dns</c> or <c>tcp</c>.</summary>
    public string ProtocolWord => Protocol switch { ProbeProtocols.Dns => "dns", ProbeProtocols.Tcp => "tcp", _ => "icmp" };
}

/// <summary>What tells probes apart.</summary>
internal readonly record struct ProbeKey(string From, string Address, ProbeProtocols Protocol, int Port);
