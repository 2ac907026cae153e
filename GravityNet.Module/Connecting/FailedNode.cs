using GravityNet.Sources;

namespace GravityNet.Connecting;

/// <summary>A node that was given and could not be connected to.</summary>
/// <param name="Target">Where it was looked for.</param>
/// <param name="Why">Why it could not be connected to.</param>
internal sealed record FailedNode(SshTarget Target, SourceException Why)
{
    /// <summary>Whether a name is what it was given as, or that of its host.</summary>
    public bool Is(string name) => name.Equals(Target.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(Target.Host, StringComparison.OrdinalIgnoreCase);
}
