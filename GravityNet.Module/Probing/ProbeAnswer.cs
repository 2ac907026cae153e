namespace GravityNet.Probing;

/// <summary>
/// What came back.
/// </summary>
/// <param name="Verdict">What it means.</param>
/// <param name="Sent">Requests sent.</param>
/// <param name="Received">Replies received.</param>
/// <param name="RttMs">The mean round trip in milliseconds; null where none was measured.</param>
/// <param name="Detail">What was answered, or the error's text.</param>
internal sealed record ProbeAnswer(ProbeVerdict Verdict, int Sent, int Received, double? RttMs, string Detail)
{
    /// <summary>A probe that could not be sent, or was not.</summary>
    public static ProbeAnswer Unknown(string reason) => new(ProbeVerdict.Unknown, 0, 0, null, reason);

    /// <summary>Whether packets go there and back: true, false, or null for unknown.</summary>
    public bool? Passed => Verdict switch
    {
        ProbeVerdict.Ok or ProbeVerdict.Partial => true,
        ProbeVerdict.Unknown => null,
        _ => false,
    };
}
