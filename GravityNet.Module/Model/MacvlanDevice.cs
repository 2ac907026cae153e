using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// The macvlan or macvtap part of a link, as <c>ip -d link</c> prints it (ip-link(8)).
/// </summary>
public sealed record MacvlanDevice : LinkPart
{
    // in the order in which today's ip prints them
    private static readonly LineGrammar<MacvlanDevice> Grammar = new(
        -1,
        new LineField<MacvlanDevice>("", p => p.Kind),
        new("mode", p => Printed(p.Mode)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        Kind,
        Mode,
    }

    /// <inheritdoc/>
    public override string Kind => IsTap ? "macvtap" : "macvlan";

    /// <summary>Whether it is a macvtap, which a virtual machine reads as a file.</summary>
    public bool IsTap { get; init; }

    /// <summary><c>private</c>, <c>vepa</c>, <c>bridge</c>, <c>passthru</c> or <c>source</c>: whom it may talk to on the lower device.</summary>
    public string Mode { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Print(null);

    /// <inheritdoc/>
    internal override string Print(LineForm? form) => Grammar.Print(this, form, Words);
}
