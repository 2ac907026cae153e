namespace GravityNet.Labs;

/// <summary>The host that leads to a node's sshd.</summary>
/// <param name="Address">Its address, reachable from the outside namespace.</param>
/// <param name="Port">Its sshd's port.</param>
/// <param name="User">Who may log in, with the lab's key.</param>
public sealed record JumpHostStatus(string Address, int Port, string User);
