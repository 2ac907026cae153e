namespace GravityNet.Netfilter;

/// <summary>One end of the packets that take one way into a service.</summary>
/// <param name="Verdict">How they end.</param>
/// <param name="Address">Where DNAT sends them; empty for another end, or where it cannot be told.</param>
/// <param name="Port">The port there; 0 for another end.</param>
/// <param name="Chain">The chain of the rule that decided, or the endpoint's chain that the text does not have.</param>
/// <param name="Rule">The rule that decided; null for a policy or the end of a chain.</param>
internal sealed record EntryOutcome(EntryVerdict Verdict, string Address, int Port, string Chain, IptablesRule? Rule)
{
    /// <summary>The share of new connections; null where something unknown decides.</summary>
    public Fraction? Share { get; init; }

    /// <summary>Whether the source is changed on the way out; null where that is not known.</summary>
    public bool? IsMasqueraded { get; init; }

    /// <summary>The rule that changes the source.</summary>
    public IptablesRule? Masquerades { get; init; }

    /// <summary>What is not known.</summary>
    public string Reason { get; init; } = "";

    /// <summary><c>10.244.19.6:8080</c>, <c>drop</c>.</summary>
    public string Place => Address.Length > 0 ? Addresses.Join(Address, Port)
        : Verdict == EntryVerdict.Dnat ? Chain
#pragma warning disable CA1308 // the words are lower case as the tools' own are
        : Verdict.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
