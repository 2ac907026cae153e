using System.Globalization;
using System.Text;

namespace GravityNet;

/// <summary>
/// An address on a list of iptables' <c>recent</c> match, as <c>/proc/net/xt_recent/NAME</c> has it (iptables-extensions(8)). kube-proxy's session affinity keeps who came
/// to which endpoint on a list of the endpoint's chain.
/// </summary>
public sealed record RecentAddress
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The list's name; empty where the text does not tell the file.</summary>
    public string List { get; init; } = "";

    /// <summary>The address that packets came from.</summary>
    public required string Address { get; init; }

    /// <summary>The last packet's TTL.</summary>
    public required int Ttl { get; init; }

    /// <summary>When the last packet came, in ticks of the kernel's clock.</summary>
    public required long LastSeen { get; init; }

    /// <summary>Which of the times is the oldest: the next one to be written over.</summary>
    public required int OldestPacket { get; init; }

    /// <summary>When packets came, in ticks of the kernel's clock.</summary>
    public IReadOnlyList<long> Times { get; init; } = [];

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The folder, as grep prints it before the list's name; empty where the text does not tell the file.</summary>
    internal string Folder { get; init; } = "";

    /// <summary>The line as it was printed.</summary>
    public string Print()
    {
        var text = new StringBuilder();
        if (List.Length > 0) text.Append(Folder).Append(List).Append(':');
        text.Append(CultureInfo.InvariantCulture, $"src={Address} ttl: {Ttl} last_seen: {LastSeen} oldest_pkt: {OldestPacket}");
        for (var i = 0; i < Times.Count; i++) text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? " " : ", ")}{Times[i]}");
        return text.ToString();
    }

    /// <summary>The list and the address.</summary>
    public override string ToString() => List.Length > 0 ? $"{List} {Address}" : Address;
}
