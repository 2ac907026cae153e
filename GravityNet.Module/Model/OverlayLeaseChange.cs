using System.Globalization;

namespace GravityNet;

/// <summary>A change of a lease, as its home told it.</summary>
public sealed record OverlayLeaseChange
{
    /// <summary>When it was told (UTC, this machine's clock).</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// <c>Added</c>, <c>Changed</c>, <c>Renewed</c> (only its end moved), <c>Removed</c>, or <c>Expired</c> (removed by its time to live).
    /// </summary>
    public required string Change { get; init; }

    /// <summary>The node that holds the lease, or held it; empty where no known node has its public address.</summary>
    public required string Node { get; init; }

    /// <summary>The leased subnet.</summary>
    public required string Subnet { get; init; }

    /// <summary>The lease after the change; null where it is gone.</summary>
    public OverlayLease? Lease { get; init; }

    /// <summary>The lease before the change; null where there was none.</summary>
    public OverlayLease? Before { get; init; }

    /// <summary>Where it lives: <c>etcd-v2</c>, <c>etcd-v3</c> or <c>kubernetes</c>.</summary>
    public required string Home { get; init; }

    /// <summary>What is there now or was there, and for a change what it was before.</summary>
    public string Detail => (Lease, Before) switch
    {
        ({ } now, { } was) when Change == "Changed" => string.Join(", ", new[] { Moved("PublicIP", was.PublicIP, now.PublicIP), Moved("VtepMAC", was.VtepMAC, now.VtepMAC),
            Moved("VNI", $"{was.Vni}", $"{now.Vni}"), Moved("BackendType", was.BackendType, now.BackendType), Moved("Subnet", was.Subnet, now.Subnet) }.Where(s => s.Length > 0)),
        ({ } now, _) => $"PublicIP {now.PublicIP}, VtepMAC {now.VtepMAC}",
        (_, { } was) => $"was PublicIP {was.PublicIP}, VtepMAC {was.VtepMAC}",
        _ => "",
    };

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time:HH:mm:ss} {Change} {Node} {Subnet} {Detail} {Home}");

    private static string Moved(string name, string was, string now) => was == now ? "" : $"{name} {was} -> {now}";
}
