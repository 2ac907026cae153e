using System.Globalization;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// One entry of a set, as <c>ipset save</c> prints it.
/// </summary>
public sealed record IpsetEntry
{
    /// <summary>The set's name.</summary>
    public required string Set { get; init; }

    /// <summary>What is in the set, in the words of its type: <c>10.96.0.1,tcp:443</c>.</summary>
    public required string Element { get; init; }

    /// <summary>Seconds until the entry goes; 0 for never, null for a set without times.</summary>
    public long? Timeout { get => Number("timeout"); init => Options = With("timeout", value); }

    /// <summary>Packets that matched; null for a set without counters.</summary>
    public long? Packets { get => Number("packets"); init => Options = With("packets", value); }

    /// <summary>Bytes of these packets; null for a set without counters.</summary>
    public long? Bytes { get => Number("bytes"); init => Options = With("bytes", value); }

    /// <summary>The comment; empty for none. ipset takes no double quotes in it.</summary>
    public string Comment
    {
        get => OptionWords.PrintedValueOf(Options, "comment").Trim('"').ToString();
        init => Options = OptionWords.With(Options, "comment", value.Length == 0 ? "" : $"\"{value}\"");
    }

    /// <summary>Whether the entry takes its addresses out of a larger network that is in the set.</summary>
    public bool IsExcluded => OptionWords.Has(Options, "nomatch");

    /// <summary>What follows the element, exactly as printed.</summary>
    public string Options { get; init; } = "";

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The blanks of a line that has others than ipset prints; null where it has those.</summary>
    internal string? Form { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => BlankForm.Print(Form, "add", Set, Element, Options);

    /// <inheritdoc cref="Print"/>
    public override string ToString() => Print();

    private long? Number(string option) =>
        long.TryParse(OptionWords.ValueOf(Options, option), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private string With(string option, long? value) => OptionWords.With(Options, option, value?.ToString(CultureInfo.InvariantCulture) ?? "");
}
