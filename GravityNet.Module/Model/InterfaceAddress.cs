using GravityNet.Text;
using static GravityNet.Text.Printing;

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
    /// <summary>The lifetime that has no end: the kernel's INFINITY_LIFE_TIME, printed as <c>forever</c>.</summary>
    public const long Forever = uint.MaxValue;

    // in the order of iproute2's print_addrinfo; flags that it knows no word for ("flags 80") are words
    private static readonly LineGrammar<InterfaceAddress> Grammar = new(
        (int)Field.Protocol,
        new("", a => a.Family),
        new("", a => a.Peer.Length > 0 ? a.Address : $"{a.Address}/{a.PrefixLength}"),
        new("peer", a => a.Peer.Length > 0 ? $"{a.Peer}/{a.PrefixLength}" : null),
        new("metric", a => Printed(a.Metric)),
        new("brd", a => Printed(a.Broadcast)),
        new("any", a => Printed(a.Anycast)),
        new("scope", a => Printed(a.Scope)),
        new("", a => a.Flags.Count > 0 ? string.Join(' ', a.Flags) : null),
        new("proto", a => Printed(a.Protocol)),
        new("", a => Printed(a.Label)));

    private static readonly LineGrammar<InterfaceAddress> Lifetimes = new(
        -1,
        new("valid_lft", a => Lifetime(a.ValidLifetime)),
        new("preferred_lft", a => Lifetime(a.PreferredLifetime)));

    /// <summary>The fields' numbers in the grammar of the address.</summary>
    internal enum Field
    {
        Family,
        Address,
        Peer,
        Metric,
        Broadcast,
        Anycast,
        Scope,
        Flags,
        Protocol,
        Label,
    }

    /// <summary>The fields' numbers in the grammar of the line under it.</summary>
    internal enum LifetimeField
    {
        Valid,
        Preferred,
    }

    /// <summary>The other end's address on a point-to-point link, to which the prefix length then belongs; empty for none.</summary>
    public string Peer { get; init; } = "";

    /// <summary>The metric of the address's prefix route; null where not printed (0).</summary>
    public long? Metric { get; init; }

    /// <summary>The broadcast address; empty for none.</summary>
    public string Broadcast { get; init; } = "";

    /// <summary>The anycast address; empty for none.</summary>
    public string Anycast { get; init; } = "";

    /// <summary>What is special about it: secondary, temporary, tentative, deprecated, dadfailed, dynamic, noprefixroute, ...</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Who made it: kernel_lo, kernel_ra, kernel_ll, or a number; empty where not printed.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The label of an IPv4 address: the interface's name, or it with an addition (<c>eth0:1</c>); empty for none.</summary>
    public string Label { get; init; } = "";

    /// <summary>How long the address lives, in seconds; <see cref="Forever"/> for no end; null where not printed.</summary>
    public long? ValidLifetime { get; init; }

    /// <summary>How long new connections use it, in seconds, below 0 where that has ended; <see cref="Forever"/> for no end; null where not printed.</summary>
    public long? PreferredLifetime { get; init; }

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for an address that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The form of the line of its lifetimes; null where not read.</summary>
    internal LineForm? LifetimeForm { get; init; }

    /// <summary>Whether it has a line of lifetimes.</summary>
    internal bool HasLifetime => ValidLifetime is not null || PreferredLifetime is not null;

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The line of its lifetimes as it was read, from the fields; empty for none.</summary>
    public string PrintLifetime() => Lifetimes.Print(this, LifetimeForm, []);

    /// <summary>The address as <c>ip</c> prints it: <c>10.244.19.1/24</c>.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";

    private static string? Lifetime(long? seconds) => seconds is Forever ? "forever" : Seconds(seconds);
}
