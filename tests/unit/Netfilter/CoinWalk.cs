using GravityNet.Netfilter;

namespace GravityNet.UnitTests.Netfilter;

/// <summary>
/// One way through a chain, rule after rule as ipt_do_table goes, with a coin for whatever is not known or left to chance: what the walk of all ways must have among its ends.
/// </summary>
internal static class CoinWalk
{
    /// <summary>The verdict of one way.</summary>
    public static NetfilterVerdict Verdict(IptablesTable table, string chain, NetfilterPacket packet, Random random, NetfilterContext? context = null)
    {
        var verdict = Run(table, chain, ref packet, random, context ?? NetfilterContext.Unknown);
        return verdict ?? (table.Chain(chain)!.Policy == "DROP" ? NetfilterVerdict.Drop : NetfilterVerdict.Accept);
    }

    private static NetfilterVerdict? Run(IptablesTable table, string chain, ref NetfilterPacket packet, Random random, NetfilterContext context)
    {
        var hook = table.Walked.Chain(chain)!.Hook;
        foreach (var rule in table.RulesOf(chain))
        {
            var ready = new NetfilterRule(rule, 0);
            var answer = ready.Matches(packet, context);
            if (answer == Ternary.No || (answer == Ternary.Unknown && random.Next(2) == 0) || (ready.Chance is not null && random.Next(2) == 0)) continue;
            if (table.Chain(rule.Target) is not null)
            {
                var inner = Run(table, rule.Target, ref packet, random, context);
                if (inner is not null || rule.IsGoto) return inner;
                continue;
            }

            switch (Targets.Apply(rule, ready.Options, packet, context, hook))
            {
                case TargetAction.GoOn(var after):
                    packet = after;
                    break;
                case TargetAction.End end:
                    packet = end.Packet;
                    return end.Verdict;
                case TargetAction.Return:
                    return null;
                case TargetAction.Unknown when random.Next(2) == 0:
                    return NetfilterVerdict.Unknown;
            }
        }

        return null;
    }
}
