namespace GravityNet.Netfilter;

/// <summary>
/// What share of new clients each server of a virtual server gets (ipvsadm(8), "scheduling-method"; net/netfilter/ipvs of the kernel). A server of weight 0 gets none.
/// </summary>
internal static class IpvsShares
{
    /// <summary>The shares of the servers in their order; null for those that depend on more than weights.</summary>
    public static IReadOnlyList<Fraction?> Of(IpvsService service)
    {
        var weights = service.Servers.Select(s => s.Weight ?? 1).ToList();
        var open = weights.Count(w => w > 0);
        var sum = weights.Sum();
        var most = weights.DefaultIfEmpty(0).Max();
        return [.. weights.Select((weight, i) => weight == 0 ? Fraction.Zero : open == 1 ? Fraction.One : service.Scheduler switch
        {
            "rr" => Fraction.Of(1, open),
            "wrr" => Fraction.Of(weight, sum),
            // all to the first of the heaviest
            "fo" => weights.IndexOf(most) == i ? Fraction.One : Fraction.Zero,
            _ => (Fraction?)null,
        })];
    }

    /// <summary>What a scheduler chooses by beside weights; empty where weights alone decide.</summary>
    public static string ChoosesBy(string scheduler) => scheduler switch
    {
        "rr" or "wrr" or "fo" => "",
        "lc" or "wlc" => "by how many connections each server has",
        "lblc" or "lblcr" => "by the client's destination, and by how many connections each server has",
        "sh" => "by a hash of the client's address",
        "dh" => "by a hash of the destination",
        "mh" => "by a hash of the client's address (Maglev)",
        "sed" or "nq" => "by the delay that it expects from each server's connections",
        "ovf" => "by how many connections each server has, up to its weight",
        _ => "in a way that is not known",
    };
}
