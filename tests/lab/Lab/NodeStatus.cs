namespace GravityNet.Labs;

/// <summary>One running node.</summary>
/// <param name="Name">Its host name.</param>
/// <param name="Address">Its address on the underlay.</param>
/// <param name="Subnet">Its pod subnet in CIDR form.</param>
/// <param name="VtepAddress">The address of its flannel.1.</param>
/// <param name="VtepMac">The MAC of its flannel.1.</param>
/// <param name="Pid">Its PID 1, as the machine numbers it; where it runs Planet, Planet's.</param>
public sealed record NodeStatus(string Name, string Address, string Subnet, string VtepAddress, string VtepMac, int Pid)
{
    /// <summary>The PID 1 of what SSH leads to, as the machine numbers it. It is not <see cref="Pid"/> where the node runs Planet.</summary>
    public required int LoginPid { get; init; }

    /// <summary>Whether the node is Gravity's: tools and pods are in Planet, which has mount and PID namespaces of its own.</summary>
    public bool HasPlanet => LoginPid != Pid;

    /// <summary>The only way to its sshd, or null where the client reaches it by itself.</summary>
    public JumpHostStatus? JumpHost { get; init; }

    /// <summary>Who may log in over SSH, first the one to use.</summary>
    public required IReadOnlyList<LoginStatus> Logins { get; init; }
}
