namespace GravityNet.Probing;

/// <summary>What is sent.</summary>
[Flags]
internal enum ProbeProtocols
{
    /// <summary>
    /// What suits each target: ICMP to addresses of nodes and pods, DNS to what serves it, and TCP to services that were asked for by name.
    /// </summary>
    Suitable = 0,

    /// <summary>An ICMP echo request.</summary>
    Icmp = 1,

    /// <summary>A DNS query over UDP.</summary>
    Dns = 2,

    /// <summary>A TCP connection, opened and closed.</summary>
    Tcp = 4,

    /// <summary>All of them.</summary>
    All = Icmp | Dns | Tcp,
}
