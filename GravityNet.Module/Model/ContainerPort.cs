namespace GravityNet;

/// <summary>A port that a container declares.</summary>
/// <param name="Name">The port's name; empty where it has none.</param>
/// <param name="Port">The number inside the pod.</param>
/// <param name="HostPort">The number on the node's addresses, forwarded by the portmap plugin; null where there is none.</param>
/// <param name="Protocol">tcp, udp or sctp.</param>
public sealed record ContainerPort(string Name, int Port, int? HostPort, string Protocol);
