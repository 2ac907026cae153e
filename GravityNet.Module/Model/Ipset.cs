using System.Globalization;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// A set of addresses, as <c>ipset save</c> prints it (ipset(8)): kube-proxy in IPVS mode, Calico and Weave keep what their rules match in such sets.
/// </summary>
public sealed record Ipset
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The set's name.</summary>
    public required string Name { get; init; }

    /// <summary>The type, such as <c>hash:ip,port</c>; empty where the text has entries of a set that it does not create.</summary>
    public string Type { get; init; } = "";

    /// <summary><c>inet</c> or <c>inet6</c>; empty where the type has no family.</summary>
    public string Family { get => OptionWords.ValueOf(Options, "family") ?? ""; init => Options = OptionWords.With(Options, "family", value); }

    /// <summary>How many entries it can hold; null where the type has no such limit.</summary>
    public long? MaxElements { get => Number("maxelem"); init => Options = With("maxelem", value); }

    /// <summary>Seconds after which an entry without a time of its own goes; 0 for never, null for a set without times.</summary>
    public long? Timeout { get => Number("timeout"); init => Options = With("timeout", value); }

    /// <summary>What was created with the set, exactly as printed.</summary>
    public string Options { get; init; } = "";

    /// <summary>The entries in the text's order.</summary>
    public IReadOnlyList<IpsetEntry> Entries { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The blanks of a line that has others than ipset prints; null where it has those.</summary>
    internal string? Form { get; init; }

    /// <summary>The lines as they were read, from the fields.</summary>
    public string Print()
    {
        var entries = Entries.Select(e => e.Print());
        return string.Join('\n', Type.Length == 0 ? entries : entries.Prepend(ToString()));
    }

    /// <summary>The line that creates the set.</summary>
    public override string ToString() => BlankForm.Print(Form, "create", Name, Type, Options);

    private long? Number(string option) =>
        long.TryParse(OptionWords.ValueOf(Options, option), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private string With(string option, long? value) => OptionWords.With(Options, option, value?.ToString(CultureInfo.InvariantCulture) ?? "");
}
