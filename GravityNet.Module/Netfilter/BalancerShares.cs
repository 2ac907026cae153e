using System.Globalization;
using System.Numerics;

namespace GravityNet.Netfilter;

/// <summary>
/// The effective shares of the rules of a balancing chain: p of a rule times the product of (1 - p) of those before.
/// </summary>
internal static class BalancerShares
{
    // kube-proxy before 1.19 prints five digits of the probability, and the kernel keeps 31 bits.
    private const double Tolerance = 1.1e-5;

    /// <summary>One rule's share.</summary>
    /// <param name="Value">0 to 1; 0 where it cannot be told.</param>
    /// <param name="Text">The fraction, the decimal number where it is none, <c>?</c> where it cannot be told.</param>
    internal readonly record struct Share(double Value, string Text);

    /// <summary>Computes the shares.</summary>
    /// <param name="probabilities">Of each rule in order: null takes all that is left, NaN cannot be told.</param>
    /// <param name="left">What no rule takes; NaN where it cannot be told.</param>
    public static IReadOnlyList<Share> Compute(IReadOnlyList<double?> probabilities, out double left)
    {
        var shares = new Share[probabilities.Count];
        var remaining = 1.0;
        Fraction? exactRemaining = new Fraction(1, 1);
        for (var i = 0; i < shares.Length; i++)
        {
            var p = probabilities[i] ?? 1.0;
            if (double.IsNaN(p) || double.IsNaN(remaining))
            {
                remaining = double.NaN;
                shares[i] = new(0, "?");
                continue;
            }

            var exact = exactRemaining is null ? null : Recover(p, shares.Length - i);
            if (exact is not null) p = exact.ToDouble();
            var value = remaining * p;
            shares[i] = new(value, exactRemaining?.Times(exact)?.ToString() ?? value.ToString("0.####", CultureInfo.InvariantCulture));
            remaining *= 1 - p;
            exactRemaining = exactRemaining?.Times(exact?.Complement());
        }

        left = remaining;
        return shares;
    }

    // kube-proxy writes 1/(rules left). Where a rule was removed by hand, the others' fractions stay and are recovered by themselves.
    private static Fraction? Recover(double p, int rulesLeft)
    {
        if (p <= 0) return null;
        if (Math.Abs(p - (1.0 / rulesLeft)) <= Tolerance) return new(1, rulesLeft);
        var n = Math.Round(1 / p);
        return n < 1000 && Math.Abs(p - (1 / n)) <= Tolerance ? new(1, (long)n) : null;
    }

    private sealed record Fraction(BigInteger Over, BigInteger Under)
    {
        public Fraction? Times(Fraction? other)
        {
            if (other is null) return null;
            var (over, under) = (Over * other.Over, Under * other.Under);
            var common = BigInteger.GreatestCommonDivisor(over, under);
            return new(over / common, under / common);
        }

        public Fraction Complement() => new(Under - Over, Under);

        public double ToDouble() => (double)Over / (double)Under;

        public override string ToString() => Over == Under ? "1" : Over.IsZero ? "0" : $"{Over}/{Under}";
    }
}
