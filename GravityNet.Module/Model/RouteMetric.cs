namespace GravityNet;

/// <summary>
/// One metric of a route's path, as <c>ip route</c> prints it (ip-route(8), the options from <c>mtu</c> on).
/// </summary>
/// <param name="Name">mtu, advmss, window, rtt, rttvar, rto_min, ssthresh, cwnd, initcwnd, initrwnd, hoplimit, reordering, quickack, congctl, features, fastopen_no_cookie.</param>
/// <param name="Value">Its value with the unit as printed: <c>1400</c> (bytes), <c>20ms</c>, <c>cubic</c>.</param>
/// <param name="IsLocked">Whether the kernel may not change it (<c>lock</c>): a locked mtu switches path MTU discovery off.</param>
public sealed record RouteMetric(string Name, string Value, bool IsLocked)
{
    /// <summary>The metric as printed.</summary>
    public override string ToString() => $"{Name}{(IsLocked ? " lock" : "")}{(Value.Length > 0 ? " " : "")}{Value}";

    internal static bool IsName(ReadOnlySpan<char> word) =>
        word is "mtu" or "window" or "rtt" or "rttvar" or "ssthresh" or "cwnd" or "advmss" or "reordering" or "hoplimit" or "initcwnd" or "features" or "rto_min" or "initrwnd" or "quickack"
            or "congctl" or "fastopen_no_cookie";

    internal static string? Print(IReadOnlyList<RouteMetric> metrics) => metrics.Count == 0 ? null : string.Join(' ', metrics);
}
