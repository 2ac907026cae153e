using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A counter of the kernel's network code, as <c>nstat</c> prints it: <c>IpInReceives 41409 0.0</c> (nstat(8); snmp_counter of the kernel's documentation).
/// </summary>
public sealed record Counter
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The name as nstat writes it: the group and the counter in it, <c>TcpExtListenDrops</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The count since the node started. Of a few names it is no count: <c>TcpMaxConn</c> is -1, for no limit.</summary>
    public required long Value { get; init; }

    /// <summary>The rate that nstat's daemon found, as printed; empty where it was not asked.</summary>
    public string Rate { get; init; } = "";

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for a counter that was not read from one.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The line as it was printed.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The counter.</summary>
    public override string ToString() => $"{Name} {Value}";

    private static readonly LineGrammar<Counter> Grammar = new(-1, new("", c => c.Name), new("", c => Printing.Printed(c.Value)), new("", c => Printing.Printed(c.Rate)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Name,
        Value,
        Rate,
    }
}
