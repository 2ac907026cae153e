using System.Globalization;

namespace GravityNet;

/// <summary>
/// A group of the kernel's counters as <c>/proc/net/snmp</c> and <c>/proc/net/netstat</c> have it: a line of names and a line of values (proc(5)).
/// </summary>
public sealed record CounterGroup
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The group: Ip, Icmp, Tcp, Udp, TcpExt, IpExt, ...</summary>
    public required string Name { get; init; }

    /// <summary>The counters in the order of the lines.</summary>
    public IReadOnlyList<NamedCount> Counters { get; init; } = [];

    /// <summary>The first of both lines.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Both lines as they were printed.</summary>
    public string Print() => $"{Line(c => c.Name)}\n{Line(c => c.Value.ToString(CultureInfo.InvariantCulture))}";

    /// <summary>The group's name and how many counters it has.</summary>
    public override string ToString() => $"{Name}: {Counters.Count} counters";

    private string Line(Func<NamedCount, string> word) => string.Join(' ', Counters.Select(word).Prepend(Name + ":"));
}
