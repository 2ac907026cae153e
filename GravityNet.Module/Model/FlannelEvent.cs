using System.Globalization;
using System.Text;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// An entry of flanneld's log: of its journal (<c>journalctl -u flanneld</c>), of its pod, or of what it prints itself.
/// </summary>
public sealed record FlannelEvent
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>When it was said; null where the line does not tell. Without a year in the text it is the last one possible, without a zone UTC.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>info, warning, error or fatal; empty where the line does not tell.</summary>
    public string Level { get; init; } = "";

    /// <summary>Where in the program it was said: <c>main.go:439</c>; empty where the line does not tell.</summary>
    public string Location { get; init; } = "";

    /// <summary>What it says: one of <see cref="FlannelEventKind"/>; empty where that is not known.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The subnet that it is about, with its prefix length; empty for none.</summary>
    public string Subnet { get; init; } = "";

    /// <summary>The underlay address of the node that has the subnet; empty where not said.</summary>
    public string PublicIP { get; init; } = "";

    /// <summary>The MAC of that node's VXLAN device; empty where not said.</summary>
    public string VtepMAC { get; init; } = "";

    /// <summary>The interface that it is about; empty for none.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The backend, <c>vxlan</c>; empty where not said.</summary>
    public string BackendType { get; init; } = "";

    /// <summary>The VXLAN network identifier; null where not said.</summary>
    public int? Vni { get; init; }

    /// <summary>The VXLAN UDP port; null where not said. 0 leaves it to the kernel: 8472.</summary>
    public int? Port { get; init; }

    /// <summary>Whether nodes of one network route to each other without VXLAN; null where not said.</summary>
    public bool? DirectRouting { get; init; }

    /// <summary>Seconds until the lease is renewed; null where not said.</summary>
    public double? RenewSeconds { get; init; }

    /// <summary>When the lease ends; null where not said.</summary>
    public DateTimeOffset? Expiration { get; init; }

    /// <summary>The message, of one line or several.</summary>
    public required string Message { get; init; }

    /// <summary>The program that said it: flanneld, systemd, etcdctl, ...; empty where the line does not tell.</summary>
    public string Identifier { get; init; } = "";

    /// <summary>Its process; null where the line does not tell.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The line it was read from; of several the first.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The time as the journal prints it; empty for a line that is not a journal's.</summary>
    internal string Stamp { get; init; } = "";

    /// <summary>The node's own name in the journal.</summary>
    internal string Host { get; init; } = "";

    /// <summary>What a container runtime puts before a line.</summary>
    internal string Before { get; init; } = "";

    /// <summary>What a container runtime puts behind a line.</summary>
    internal string After { get; init; } = "";

    /// <summary>Date and time of the program's own log header (<c>0123 16:55:10.487907</c>); empty for none.</summary>
    internal string LogStamp { get; init; } = "";

    /// <summary>The thread, or process, of that header.</summary>
    internal int Thread { get; init; }

    /// <summary>Whether quotes and backslashes are escaped in the text, as in a JSON string.</summary>
    internal bool IsEscaped { get; init; }

    /// <summary>The blanks under which a journal sets further lines of a message.</summary>
    internal IReadOnlyList<string> Indents { get; init; } = [];

    /// <summary>The line, or lines, as printed.</summary>
    public string Print()
    {
        var lines = Message.Split('\n');
        var text = new StringBuilder();
        if (Stamp.Length > 0) text.Append(new LogPrefix(Stamp, Host, Identifier, ProcessId).Print());
        text.Append(Before);
        var first = LogStamp.Length > 0 ? Header(Level, LogStamp, Thread, Location) + lines[0] : lines[0];
        text.Append(IsEscaped ? DockerJson.Escape(first) : first).Append(After);
        for (var i = 1; i < lines.Length; i++) text.Append('\n').Append(i <= Indents.Count ? Indents[i - 1] : "").Append(lines[i]);
        return text.ToString();
    }

    /// <summary>The entry as the journal prints it; of a log without names of nodes, with the node before it.</summary>
    public override string ToString() => Stamp.Length > 0 ? Print() : $"{Node} {Print()}";

    /// <summary>The header of Go's log packages: <c>I0123 16:55:10.487907     692 main.go:439] </c>.</summary>
    internal static string Header(string level, string stamp, int thread, string location) =>
        string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(level[0])}{stamp} {thread,7} {location}] ");
}
