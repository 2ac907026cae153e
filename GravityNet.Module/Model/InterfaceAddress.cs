namespace GravityNet;

/// <summary>
/// An address of a link, as <c>ip addr</c> prints it (ip-address(8)).
/// </summary>
/// <param name="Family"><c>inet</c> or <c>inet6</c>.</param>
/// <param name="Address">The address without its prefix length.</param>
/// <param name="PrefixLength">0 to 32 for inet, 0 to 128 for inet6.</param>
/// <param name="Scope"><c>global</c>, <c>link</c>, <c>host</c>; empty where not printed.</param>
public sealed record InterfaceAddress(string Family, string Address, int PrefixLength, string Scope)
{
    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The address as <c>ip</c> prints it: <c>10.244.19.1/24</c>.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";
}
