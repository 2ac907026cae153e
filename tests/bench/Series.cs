using System.Globalization;

namespace GravityNet.Bench;

/// <summary>One thing, measured in rounds in which it and its peer come in turn.</summary>
internal sealed class Series(string name, string ours, string peer)
{
    private readonly List<double> _ours = [];
    private readonly List<double> _peer = [];

    /// <summary>The line above the rows of a table.</summary>
    public static string Header => string.Create(CultureInfo.InvariantCulture, $"{"",-34} {"ours, ms",24} {"peer, ms",24} {"ratio",7}\n{"",-34} {Heads,24} {Heads,24}");

    private static string Heads => Three("min", "median", "max");

    /// <summary>Measures both.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="measureOurs">Ours.</param>
    /// <param name="measurePeer">The peer.</param>
    public async Task<Series> RunAsync(int rounds, Func<Task<TimeSpan>> measureOurs, Func<Task<TimeSpan>> measurePeer)
    {
        for (var round = 0; round < rounds; round++)
        {
            // neither of the two is always the first
            if (round % 2 == 0)
                _ours.Add((await measureOurs()).TotalMilliseconds);
            _peer.Add((await measurePeer()).TotalMilliseconds);
            if (round % 2 == 1)
                _ours.Add((await measureOurs()).TotalMilliseconds);
        }

        return this;
    }

    /// <summary>The row of the table, and what the two are below it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-34} {Numbers(_ours),24} {Numbers(_peer),24} {Ratio,7}\n    ours: {ours}\n    peer: {peer}");

    private string Ratio
    {
        get
        {
            var ratio = Median(_ours) / Median(_peer);
            return ratio.ToString(ratio < 0.01 ? "0.00000" : "0.00", CultureInfo.InvariantCulture);
        }
    }

    private static string Numbers(List<double> values) => Three(Text(values.Min()), Text(Median(values)), Text(values.Max()));

    private static string Three(string first, string second, string third) => $"{first,8}{second,8}{third,8}";

    private static string Text(double value) => value.ToString(value < 1 ? "0.###" : "0", CultureInfo.InvariantCulture);

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
