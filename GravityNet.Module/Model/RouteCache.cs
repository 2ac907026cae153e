using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// What the kernel remembers of a route that it has used, as <c>ip route get</c> prints it in a second line: <c>cache &lt;local&gt; expires 500sec mtu 1400</c>.
/// </summary>
public sealed record RouteCache
{
    // in the order of iproute2's print_cache_flags, print_rta_cacheinfo and print_rta_metrics
    private static readonly LineGrammar<RouteCache> Grammar = new(
        -1,
        new("cache", _ => ""),
        new("", c => c.Flags.Count == 0 ? null : $"<{string.Join(',', c.Flags)}>"),
        new("expires", c => Seconds(c.ExpiresSeconds)),
        new("error", c => Printed(c.Error)),
        new("users", c => Printed(c.Users)),
        new("used", c => Printed(c.Used)),
        new("age", c => Seconds(c.AgeSeconds)),
        new("", c => RouteMetric.Print(c.Metrics)),
        new("iif", c => Printed(c.InputInterface)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Cache,
        Flags,
        Expires,
        Error,
        Users,
        Used,
        Age,
        Metrics,
        InputInterface,
    }

    /// <summary>local, reject, mc, brd, redirected, redirect, notify, proxy, ...; empty for none.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Seconds until it is forgotten; null for never.</summary>
    public long? ExpiresSeconds { get; init; }

    /// <summary>The error that senders get, as printed; null for none.</summary>
    public long? Error { get; init; }

    /// <summary>How many hold it (with <c>-s</c>); null where not printed.</summary>
    public long? Users { get; init; }

    /// <summary>How often it was used (with <c>-s</c>); null where not printed.</summary>
    public long? Used { get; init; }

    /// <summary>Seconds since it was used (with <c>-s</c>); null where not printed.</summary>
    public long? AgeSeconds { get; init; }

    /// <summary>What was learned of the path, such as its mtu; empty for nothing.</summary>
    public IReadOnlyList<RouteMetric> Metrics { get; init; } = [];

    /// <summary>The interface that the packet was said to arrive on; empty for none.</summary>
    public string InputInterface { get; init; } = "";

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for one that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether it stands in the route's own line, behind a backslash (<c>ip -o</c>).</summary>
    internal bool IsOnSameLine { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The line as <c>ip route</c> prints it, without its indent.</summary>
    public override string ToString() => Grammar.Print(this, null, Words);
}
