namespace GravityNet.Findings;

/// <summary>Lines of <c>sysctl</c>'s answer, as proofs.</summary>
internal static class SysctlLines
{
    /// <summary>The line of a key where it says 0; null where it says something else, or is not known.</summary>
    public static SourceLine? FindZero(NodeState node, string key) => node.Sysctl(key) is { Value: "0" } setting ? setting.Source : null;
}
