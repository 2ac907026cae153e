using System.Globalization;
using System.Numerics;

namespace GravityNet.Netfilter;

/// <summary>An exact share: a numerator over a denominator above 0, without a common divisor.</summary>
internal readonly record struct Fraction : IComparable<Fraction>
{
    // kube-proxy before 1.19 prints five digits of the probability
    private const double Tolerance = 1.1e-5;

    // the kernel keeps a probability in units of 2^-31 (xt_statistic.c), and iptables prints eleven digits of it
    private const double KernelUnit = 1.0 / (1U << 31);

    // less one, so that a fraction nobody set is 0/1
    private readonly BigInteger _underLessOne;

    private Fraction(BigInteger over, BigInteger under) => (Over, _underLessOne) = (over, under - 1);

    /// <summary>Nothing.</summary>
    public static Fraction Zero { get; } = new(0, 1);

    /// <summary>All.</summary>
    public static Fraction One { get; } = new(1, 1);

    /// <summary>The numerator.</summary>
    public BigInteger Over { get; }

    /// <summary>The denominator.</summary>
    public BigInteger Under => _underLessOne + 1;

    /// <summary>Makes a fraction in lowest terms.</summary>
    public static Fraction Of(BigInteger over, BigInteger under)
    {
        var common = BigInteger.GreatestCommonDivisor(over, under);
        return new(over / common, under / common);
    }

    /// <summary>
    /// The share that was meant by a probability which iptables printed: <c>0.33332999982</c> is 1/3. kube-proxy writes one over the rules that are left; any other
    /// number is what the kernel keeps of it.
    /// </summary>
    /// <param name="printed">The number of <c>--probability</c>, 0 to 1.</param>
    /// <param name="rulesLeft">How many rules the chain has from this one on: tells 1/299 from 1/300 where five digits were written; 0 for none.</param>
    public static Fraction Recover(double printed, int rulesLeft = 0)
    {
        if (printed <= 0) return Zero;
        if (printed >= 1) return One;
        if (rulesLeft > 0 && Math.Abs(printed - (1.0 / rulesLeft)) <= Tolerance) return Of(1, rulesLeft);
        var n = Math.Round(1 / printed);
        if (n < 1000 && Math.Abs(printed - (1 / n)) <= Tolerance) return Of(1, (long)n);
        var decimals = Math.Round(printed * 100_000);
        return Math.Abs(printed - (decimals / 100_000)) <= KernelUnit ? Of((long)decimals, 100_000) : Of((long)Math.Round(printed / KernelUnit), 1L << 31);
    }

    /// <summary>Both after each other.</summary>
    public Fraction Times(Fraction other) => Of(Over * other.Over, Under * other.Under);

    /// <summary>Either of two that exclude each other.</summary>
    public Fraction Plus(Fraction other) => Of((Over * other.Under) + (other.Over * Under), Under * other.Under);

    /// <summary>What is left of 1.</summary>
    public Fraction Complement() => new(Under - Over, Under);

    /// <inheritdoc/>
    public int CompareTo(Fraction other) => (Over * other.Under).CompareTo(other.Over * Under);

    /// <summary>The nearest floating-point number.</summary>
    public double ToDouble() => (double)Over / (double)Under;

    /// <summary><c>1/3</c>, <c>1</c>, <c>0</c>; a decimal number where a fraction would have more digits than anybody reads.</summary>
    public override string ToString() => Under.IsOne ? Over.ToString(CultureInfo.InvariantCulture)
        : Under > 100_000_000 ? ToDouble().ToString("0.######", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Over}/{Under}");
}
