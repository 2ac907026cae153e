namespace GravityNet;

/// <summary>A process that holds a socket.</summary>
/// <param name="Name">Its command, 15 characters at most.</param>
/// <param name="Id">Its number.</param>
/// <param name="Descriptor">The file descriptor.</param>
public sealed record SocketProcess(string Name, int Id, int Descriptor)
{
    /// <summary>As ss prints it.</summary>
    public override string ToString() => $"(\"{Name}\",pid={Id},fd={Descriptor})";
}
