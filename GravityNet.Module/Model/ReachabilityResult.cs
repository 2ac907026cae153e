using System.Globalization;
using GravityNet.Probing;

namespace GravityNet;

/// <summary>
/// What one probe of the reachability matrix told, and for a failing one where the path is broken and why.
/// </summary>
public sealed record ReachabilityResult
{
    /// <summary>Where the probe was sent from: <c>node:node-2</c> or <c>pod:default/web</c>.</summary>
    public required string From { get; init; }

    /// <summary>Where it was sent to: <c>node:node-1</c>, <c>pod:default/web</c>, <c>service:kube-system/kube-dns</c>, or an address.</summary>
    public required string To { get; init; }

    /// <summary>What was aimed at: <c>flannel.1</c>, <c>cni0</c>, <c>pod</c>, <c>service</c> or <c>address</c>.</summary>
    public required string Target { get; init; }

    /// <summary>The node that sent the probe.</summary>
    public required string Node { get; init; }

    /// <summary>The node that the target is on; empty for a service or where unknown.</summary>
    public string ToNode { get; init; } = "";

    /// <summary>The address that the probe was sent to.</summary>
    public required string Address { get; init; }

    /// <summary>The port; null for ICMP.</summary>
    public int? Port { get; init; }

    /// <summary><c>icmp</c>, <c>dns</c> or <c>tcp</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Requests sent.</summary>
    public int Sent { get; init; }

    /// <summary>Replies received.</summary>
    public int Received { get; init; }

    /// <summary>The mean round trip in milliseconds; null where none was measured.</summary>
    public double? RttMs { get; init; }

    /// <summary><c>ok</c>, <c>lost</c>, <c>refused</c>, <c>unreachable</c>, <c>partial</c> or <c>unknown</c>.</summary>
#pragma warning disable CA1308 // the words are lower case as ip's own are
    public string Verdict => State.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>What was answered, or the error's text.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Where the path is broken: <c>node-1: between flannel.1 and cni0</c>; empty where it is not, or where that could not be told.</summary>
    public string FirstBrokenHop { get; init; } = "";

    /// <summary>The node where it is broken; empty as above.</summary>
    public string LostAt { get; init; } = "";

    /// <summary>Why it is broken there, as the node's state proves it; empty where nothing in the state does.</summary>
    public string Cause { get; init; } = "";

    /// <summary>The lines that prove the cause, as <c>NODE FACT:LINE: TEXT</c>.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>What was tried to find the place, one step a line.</summary>
    public IReadOnlyList<string> Stages { get; init; } = [];

    internal ProbeVerdict State { get; init; }

    /// <summary>The probe in one line.</summary>
    public override string ToString()
    {
        var port = Port is { } number ? string.Create(CultureInfo.InvariantCulture, $":{number}") : "";
        var rtt = RttMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $" time={ms:0.###} ms") : "";
        var broken = FirstBrokenHop.Length > 0 ? $"; {FirstBrokenHop}" : "";
        return $"{From} -> {To} {Target} {Address}{port} {Protocol} {Verdict}{rtt}{broken}";
    }
}
