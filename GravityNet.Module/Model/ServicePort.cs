namespace GravityNet;

/// <summary>One port of a service.</summary>
/// <param name="Name">The port's name; empty where it has none (a service with one port).</param>
/// <param name="Port">The number at the cluster address.</param>
/// <param name="NodePort">The number on every node; null where there is none.</param>
/// <param name="Protocol">tcp, udp or sctp.</param>
/// <param name="TargetPort">The number or the name of the container's port; empty where the API gives none.</param>
public sealed record ServicePort(string Name, int Port, int? NodePort, string Protocol, string TargetPort);
