using System.Globalization;
using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A VLAN, or a range of them, that a bridge's port is in, as <c>bridge vlan show</c> prints it (bridge(8)).
/// </summary>
public sealed record BridgeVlan
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The port, or the bridge itself.</summary>
    public required string Interface { get; init; }

    /// <summary>The VLAN, or the first of a range; null for none (<c>None</c>).</summary>
    public int? Vlan { get; init; }

    /// <summary>The last VLAN of a range; null for one VLAN.</summary>
    public int? LastVlan { get; init; }

    /// <summary>Whether frames that come in without a tag are of this VLAN.</summary>
    public bool Pvid { get; init; }

    /// <summary>Whether frames of this VLAN leave without a tag.</summary>
    public bool Untagged { get; init; }

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for one that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether the port's name stands on a line above.</summary>
    internal bool IsContinued { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => Grammar.Print(this, Form, Words);

    /// <summary>The row with its port and one blank between its words.</summary>
    public override string ToString() => Grammar.Print(IsContinued ? this with { IsContinued = false } : this, null, Words);

    private static readonly LineGrammar<BridgeVlan> Grammar = new(
        -1,
        new("", v => v.IsContinued ? null : v.Interface),
        new("", v => v.Vlan is null ? null : string.Create(CultureInfo.InvariantCulture, $"{v.Vlan}{(v.LastVlan is null ? "" : "-")}{v.LastVlan}")),
        new("PVID", v => Printed(v.Pvid)),
        new("Egress Untagged", v => Printed(v.Untagged)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Interface,
        Vlan,
        Pvid,
        Untagged,
    }
}
