using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A bridge and its ports, as <c>brctl show</c> prints them (brctl(8)).
/// </summary>
/// <param name="Node">The node.</param>
/// <param name="Interface">The bridge's name.</param>
/// <param name="Id">The bridge id: priority and MAC, <c>8000.caaf24bcc6e0</c>.</param>
/// <param name="Stp">Whether the spanning tree protocol is on.</param>
/// <param name="Ports">The names of its ports.</param>
public sealed record Bridge(string Node, string Interface, string Id, bool Stp, IReadOnlyList<string> Ports)
{
    // a further port stands alone under the first
    private const string Column = "\t\t\t\t\t\t\t";

    private static readonly LineGrammar<Bridge> Grammar = new(
        -1,
        new("", b => b.Interface),
        new("", b => b.Id.Length > 0 ? b.Id : null),
        new("", b => b.Stp ? "yes" : "no"),
        new("", b => b.Ports.Count > 0 && !b.AreBelow ? b.Ports[0] : null));

    private static readonly LineGrammar<string> PortGrammar = new(-1, new LineField<string>("", p => p));

    /// <summary>The fields' numbers in the first line.</summary>
    internal enum Field
    {
        Interface,
        Id,
        Stp,
        Port,
    }

    /// <summary>The field of a further port's line.</summary>
    internal enum PortField
    {
        Port,
    }

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The first line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its first line; null for one that was not read from brctl.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The forms of the further ports' lines.</summary>
    internal IReadOnlyList<LineForm> PortForms { get; init; } = [];

    /// <summary>Whether no port stands in the first line, though there are some.</summary>
    internal bool AreBelow { get; init; }

    /// <summary>The lines as brctl prints them, from the fields; what was read from <c>/sys</c> too.</summary>
    public string Print() => string.Join('\n', Further().Prepend(Grammar.Print(this, Form, Words)));

    /// <summary>The bridge and its ports in one line.</summary>
    public override string ToString() => string.Join(' ', Ports.Prepend(Grammar.Print(this with { Ports = [] }, null, Words)));

    private IEnumerable<string> Further() => Ports.Skip(AreBelow ? 0 : 1).Select((p, i) => i < PortForms.Count ? PortGrammar.Print(p, PortForms[i], []) : Column + p);
}
