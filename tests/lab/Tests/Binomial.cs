namespace GravityNet.LabTests;

/// <summary>How far a count may be from what a probability lets expect, before chance cannot be the reason.</summary>
internal static class Binomial
{
    /// <summary>
    /// How seldom a right program may miss its bounds in one comparison: all comparisons of a run together, fewer than a thousand, then fail once in a
    /// million runs.
    /// </summary>
    public const double Risk = 1e-9;

    /// <summary>The bounds of the number of hits among so many tries: with this probability, it is below them or above them in at most <see cref="Risk"/> of all cases.</summary>
    /// <param name="tries">The number of tries.</param>
    /// <param name="probability">The probability of a hit.</param>
    public static (int Low, int High) Bounds(int tries, double probability)
    {
        var low = 0;
        for (var below = Mass(tries, probability, 0); below <= Risk / 2; below += Mass(tries, probability, low))
            low++;
        var high = tries;
        for (var above = Mass(tries, probability, tries); above <= Risk / 2; above += Mass(tries, probability, high))
            high--;
        return (low, high);
    }

    /// <summary>Asserts that the pods whose names came back are the endpoints that should get connections, each as often as its share lets expect.</summary>
    /// <param name="status">The lab.</param>
    /// <param name="shares">The share of each endpoint, by its address.</param>
    /// <param name="names">The name of the pod that answered, for each connection.</param>
    public static void AssertShares(LabStatus status, IReadOnlyDictionary<string, double> shares, IReadOnlyList<string> names)
    {
        var counts = names.CountBy(n => status.Pod(n).Ip).ToDictionary();
        Assert.Empty(counts.Keys.Except(shares.Keys));
        foreach (var (address, share) in shares)
        {
            var (low, high) = Bounds(names.Count, share);
            Assert.InRange(counts.GetValueOrDefault(address), low, high);
        }
    }

    /// <summary>The probability of exactly so many hits.</summary>
    private static double Mass(int tries, double probability, int hits)
    {
        if (probability is 0 or 1)
            return hits == tries * probability ? 1 : 0;
        var logarithm = (hits * Math.Log(probability)) + ((tries - hits) * Math.Log(1 - probability));
        for (var i = 1; i <= hits; i++)
            logarithm += Math.Log((double)(tries - hits + i) / i);
        return Math.Exp(logarithm);
    }
}
