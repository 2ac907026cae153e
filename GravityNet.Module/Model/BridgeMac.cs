using System.Globalization;
using GravityNet.Text;
using static GravityNet.Text.Printing;

namespace GravityNet;

/// <summary>
/// A MAC that a bridge knows, as <c>brctl showmacs</c> prints it (brctl(8)). A bridge that filters VLANs lists a port's own MAC once for each VLAN.
/// </summary>
/// <param name="PortNumber">The bridge's port number.</param>
/// <param name="Mac">The MAC address.</param>
/// <param name="IsLocal">Whether it is the port's own MAC; else a station behind the port was heard with it.</param>
/// <param name="AgeSeconds">Seconds since it was heard; 0 for local ones.</param>
public sealed record BridgeMac(int PortNumber, string Mac, bool IsLocal, double AgeSeconds)
{
    private static readonly LineGrammar<BridgeMac> Grammar = new(
        -1,
        new("", m => Printed(m.PortNumber)),
        new("", m => m.Mac),
        new("", m => m.IsLocal ? "yes" : "no"),
        new("", m => AgeText(m.AgeSeconds)));

    /// <summary>The fields' numbers in the grammar.</summary>
    internal enum Field
    {
        PortNumber,
        Mac,
        IsLocal,
        Age,
    }

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The form of its line; null for one that was not read from brctl.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>Whether it was read from the bridge's table as bytes (<c>/sys/class/net/NAME/brforward</c>).</summary>
    internal bool IsBytes { get; init; }

    /// <summary>The line as it was read, from the fields.</summary>
    public string Print() => IsBytes ? Bytes() : Grammar.Print(this, Form, Words);

    /// <summary>The line of <c>brctl showmacs</c> with one blank between its words.</summary>
    public override string ToString() => Grammar.Print(this, null, Words);

    /// <summary>Seconds as brctl prints them.</summary>
    internal static string AgeText(double seconds) => seconds.ToString("F2", CultureInfo.InvariantCulture);

    // struct __fdb_entry of linux/if_bridge.h, as od -An -tx1 prints it
    private string Bytes()
    {
        var age = (uint)Math.Round(AgeSeconds * 100);
        return string.Create(CultureInfo.InvariantCulture,
            $" {Mac.Replace(':', ' ')} {PortNumber & 0xff:x2} {(IsLocal ? 1 : 0):x2} {age & 0xff:x2} {(age >> 8) & 0xff:x2} {(age >> 16) & 0xff:x2} {age >> 24:x2} {PortNumber >> 8:x2} 00 00 00");
    }
}
