using System.Text;

namespace GravityNet;

/// <summary>
/// A route, as <c>ip route</c> prints it (ip-route(8)).
/// </summary>
public sealed record Route
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>unicast, local, broadcast, blackhole, unreachable, prohibit, throw, multicast. Without <c>-d</c> unicast is not printed and meant.</summary>
    public string Type { get; init; } = "unicast";

    /// <summary>The destination with its prefix length where printed, or <c>default</c>.</summary>
    public required string Destination { get; init; }

    /// <summary>The gateway; empty for none.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The interface; empty for none (blackhole and its kin).</summary>
    public string Interface { get; init; } = "";

    /// <summary>The table: main, local, default, or a number. Not printed means main.</summary>
    public string Table { get; init; } = "main";

    /// <summary>Who made it: kernel, boot, static, ...; empty where not printed.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>global, link, host; empty where not printed.</summary>
    public string Scope { get; init; } = "";

    /// <summary>The preferred source address; empty for none.</summary>
    public string PreferredSource { get; init; } = "";

    /// <summary>The metric; null where not printed (0 for IPv4).</summary>
    public int? Metric { get; init; }

    /// <summary>Whether the gateway is taken to be on the link though no route says so. Flannel's routes need it.</summary>
    public bool OnLink { get; init; }

    /// <summary>Words that have no field of their own, in order (linkdown, pref medium, ...).</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The route as <c>ip route</c> prints it without <c>-d</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Type != "unicast") text.Append(Type).Append(' ');
        text.Append(Destination);
        if (Gateway.Length > 0) text.Append(" via ").Append(Gateway);
        if (Interface.Length > 0) text.Append(" dev ").Append(Interface);
        if (Table != "main") text.Append(" table ").Append(Table);
        if (Protocol is not ("" or "boot")) text.Append(" proto ").Append(Protocol);
        if (Scope is not ("" or "global")) text.Append(" scope ").Append(Scope);
        if (PreferredSource.Length > 0) text.Append(" src ").Append(PreferredSource);
        if (Metric is { } metric) text.Append(" metric ").Append(metric);
        foreach (var word in Words) text.Append(' ').Append(word);
        if (OnLink) text.Append(" onlink");
        return text.ToString();
    }
}
