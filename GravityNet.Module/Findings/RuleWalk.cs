namespace GravityNet.Findings;

/// <summary>
/// Follows a packet through the rules of a table in their order and into the chains that they jump to. What a rule asks for may not be known: such a rule stops no
/// packet here, and where it could have let it through, nothing is said of the rest.
/// </summary>
internal static class RuleWalk
{
    // deeper than any kube-proxy or firewalld nests; a text that loops cannot come from a kernel
    private const int MaxDepth = 16;

    // targets after which the next rule is looked at (iptables-extensions(8)); any other unknown one may end the packet
    private static readonly HashSet<string> Passing = ["", "LOG", "NFLOG", "ULOG", "AUDIT", "TRACE", "MARK", "CONNMARK", "SET", "TCPMSS", "TOS", "DSCP", "TTL", "CT", "CHECKSUM", "CLASSIFY", "RATEEST"];

    private enum Verdict
    {
        Passed,
        Accepted,
        Stopped,
        Unknown,
    }

    /// <summary>What surely stops the packet at a built-in chain: a rule or the chain's policy; null where nothing does.</summary>
    public static RuleStop? Stop(IptablesTable table, string chain, FilteredPacket packet)
    {
        if (table.Chain(chain) is not { } hook) return null;
        var (verdict, rule) = Follow(table, hook, packet, 0);
        return verdict switch
        {
            Verdict.Stopped => new(table.Name, rule!.Chain, rule.Target == "REJECT", rule.Evidence, rule),
            Verdict.Passed when hook.Policy == "DROP" && table.IsComplete => new(table.Name, chain, false, hook.Origin.ToSourceLine().ToString(), null),
            _ => null,
        };
    }

    private static (Verdict Verdict, IptablesRule? Rule) Follow(IptablesTable table, IptablesChain chain, FilteredPacket packet, int depth)
    {
        if (depth > MaxDepth) return (Verdict.Unknown, null);
        foreach (var rule in chain.Rules)
        {
            if (packet.Matches(rule) is not { } sure)
            {
                if (MayLetThrough(table, rule, packet, depth)) return (Verdict.Unknown, null);
                continue;
            }

            if (!sure) continue;
            if (rule.Target is "DROP" or "REJECT") return (Verdict.Stopped, rule);
            if (rule.Target == "ACCEPT") return (Verdict.Accepted, null);
            if (rule.Target == "RETURN") return (Verdict.Passed, null);
            if (table.Chain(rule.Target) is { } next)
            {
                var inner = Follow(table, next, packet, depth + 1);
                if (inner.Verdict != Verdict.Passed || rule.IsGoto) return inner;
            }
            else if (!Passing.Contains(rule.Target))
            {
                return (Verdict.Unknown, null);
            }
        }

        return (Verdict.Passed, null);
    }

    private static bool MayLetThrough(IptablesTable table, IptablesRule rule, FilteredPacket packet, int depth) => rule.Target switch
    {
        "DROP" or "REJECT" => false,
        "ACCEPT" or "RETURN" => true,
        _ when table.Chain(rule.Target) is { } next => rule.IsGoto || Follow(table, next, packet, depth + 1).Verdict is Verdict.Accepted or Verdict.Unknown,
        _ => !Passing.Contains(rule.Target),
    };
}
