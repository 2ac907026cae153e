namespace GravityNet.Labs.Plan;

/// <summary>One port of a service.</summary>
/// <param name="Name">The port's name; may be empty where it is the only one.</param>
/// <param name="Protocol">TCP, UDP or SCTP, as Kubernetes writes it.</param>
/// <param name="Port">The port of the service's address.</param>
/// <param name="TargetPort">The port of its endpoints.</param>
/// <param name="NodePort">The port of every node, or null.</param>
public sealed record ServicePort(string Name, string Protocol, int Port, int TargetPort, int? NodePort = null);
