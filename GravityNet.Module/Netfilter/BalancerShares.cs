namespace GravityNet.Netfilter;

/// <summary>
/// The effective shares of the rules of a balancing chain: p of a rule times the product of (1 - p) of those before.
/// </summary>
internal static class BalancerShares
{
    /// <summary>One rule's share.</summary>
    /// <param name="Value">0 to 1; 0 where it cannot be told.</param>
    /// <param name="Text">The fraction, <c>?</c> where it cannot be told.</param>
    internal readonly record struct Share(double Value, string Text);

    /// <summary>Computes the shares.</summary>
    /// <param name="probabilities">Of each rule in order: null takes all that is left, NaN cannot be told.</param>
    /// <param name="left">What no rule takes; NaN where it cannot be told.</param>
    public static IReadOnlyList<Share> Compute(IReadOnlyList<double?> probabilities, out double left)
    {
        var shares = new Share[probabilities.Count];
        Fraction? remaining = Fraction.One;
        for (var i = 0; i < shares.Length; i++)
        {
            var p = probabilities[i] ?? 1.0;
            if (double.IsNaN(p)) remaining = null;
            if (remaining is not { } before)
            {
                shares[i] = new(0, "?");
                continue;
            }

            var own = Fraction.Recover(p, shares.Length - i);
            var share = before.Times(own);
            shares[i] = new(share.ToDouble(), share.ToString());
            remaining = before.Times(own.Complement());
        }

        left = remaining?.ToDouble() ?? double.NaN;
        return shares;
    }
}
