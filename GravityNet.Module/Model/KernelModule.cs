using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A loaded kernel module, as <c>lsmod</c> prints it (lsmod(8)), or <c>/proc/modules</c>.
/// </summary>
public sealed record KernelModule
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The module's name, with underscores: <c>br_netfilter</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>How many use it; -2 for one that cannot be unloaded; null where the kernel does not count (<c>-</c>).</summary>
    public int? UsedCount { get; init; }

    /// <summary>The modules that use it.</summary>
    public IReadOnlyList<string> UsedBy { get; init; } = [];

    /// <summary>Words that have no field of their own, in order: the state and the address of <c>/proc/modules</c>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>What ends the list of users: a comma in <c>/proc/modules</c>.</summary>
    internal string End { get; init; } = "";

    /// <summary>The form of its line; null for a module that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The line as it was printed.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The module in short.</summary>
    public override string ToString() => UsedBy.Count > 0 ? $"{Name} used by {string.Join(',', UsedBy)}" : Name;

    private static readonly LineGrammar<KernelModule> Grammar = new(
        -1,
        new("", m => m.Name),
        new("", m => Printing.Printed(m.Size)),
        new("", m => Printing.Printed(m.UsedCount)),
        new("", m => m.UsedBy.Count > 0 ? string.Join(',', m.UsedBy) + m.End : null));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Name,
        Size,
        UsedCount,
        UsedBy,
    }
}
