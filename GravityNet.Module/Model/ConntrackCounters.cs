using System.Globalization;
using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// What connection tracking counted on one CPU, as <c>conntrack -S</c> prints it, or <c>/proc/net/stat/nf_conntrack</c>, which counts in hexadecimal under one heading.
/// </summary>
public sealed record ConntrackCounters
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The CPU's number.</summary>
    public required int Cpu { get; init; }

    /// <summary>The counters in the order of the line. Which there are differs with the kernel.</summary>
    public IReadOnlyList<NamedCount> Counters { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>Whether it is a row of the kernel's file: its columns have no names.</summary>
    internal bool IsHexadecimal { get; init; }

    /// <summary>The form of its line; null for counters that were not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>A counter's value, such as <c>insert_failed</c> or <c>drop</c>; null where the kernel does not have it.</summary>
    public long? Get(string name)
    {
        foreach (var counter in Counters)
        {
            if (counter.Name == name) return counter.Value;
        }

        return null;
    }

    /// <summary>The line as it was printed.</summary>
    public string Print() => Grammar.Print(this, Form, [.. Counters.Select(c => IsHexadecimal ? c.Value.ToString("x8", CultureInfo.InvariantCulture) : Printing.Printed(c.Value, c.Name + "=")!)]);

    /// <summary>The counters that are not zero.</summary>
    public override string ToString() => string.Join(' ', Counters.Where(c => c.Value != 0).Select(c => $"{c.Name}={c.Value}").Prepend($"cpu={Cpu}"));

    private static readonly LineGrammar<ConntrackCounters> Grammar = new(-1, new LineField<ConntrackCounters>("", c => c.IsHexadecimal ? null : Printing.Printed(c.Cpu, "cpu=")));

    /// <summary>The fields' numbers in the grammar; the counters are the line's words.</summary>
    internal enum Field
    {
        Cpu,
    }
}
