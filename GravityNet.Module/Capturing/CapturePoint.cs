namespace GravityNet;

/// <summary>A place where packets are seen.</summary>
/// <param name="Node">The node.</param>
/// <param name="Interface">Its interface.</param>
public sealed record CapturePoint(string Node, string Interface)
{
    /// <summary>Node and interface, as in "seen on node-1 cni0".</summary>
    public override string ToString() => $"{Node} {Interface}";
}
