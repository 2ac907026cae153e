namespace GravityNet.Netfilter;

/// <summary>
/// What kube-proxy's rules say, read off their text as iptables-save prints it: of hundreds of thousands that are looked at few are needed as records.
/// </summary>
internal static class ServiceChainText
{
    /// <summary>The rule without its counters: what two of the same have in common.</summary>
    public static ReadOnlyMemory<char> WithoutCounters(ReadOnlyMemory<char> line)
    {
        var text = line.Span;
        var start = text is ['[', ..] && text.IndexOf("] ") is > 0 and var end ? end + 2 : 0;
        var length = text.Length;
        while (length > start && text[length - 1] is ' ' or '\t' or '\r') length--;
        return line[start..length];
    }

    /// <summary>The chain of kube-proxy's that a rule jumps or goes to; empty where it does something else. A jump has no options, so the chain is the last word.</summary>
    public static ReadOnlySpan<char> TargetOf(ReadOnlySpan<char> rule)
    {
        var blank = rule.LastIndexOf(' ');
        var target = rule[(blank + 1)..];
        return target.StartsWith("KUBE-") && blank > 3 && rule[..blank] is [.., ' ', '-', 'j' or 'g'] ? target : default;
    }

    /// <summary>The comment without its quotes; empty where there is none. kube-proxy's have no quotes inside.</summary>
    public static ReadOnlySpan<char> CommentOf(ReadOnlySpan<char> rule) =>
        After(rule, "--comment ") is ['"', .. var quoted] ? UpTo(quoted, '"') : UpTo(After(rule, "--comment "), ' ');

    /// <summary>The <c>NAMESPACE/NAME:PORT</c> that a comment names; empty where it names none.</summary>
    public static ReadOnlySpan<char> ServicePortOf(ReadOnlySpan<char> comment)
    {
        while (!comment.IsEmpty)
        {
            var word = UpTo(comment, ' ');
            if (word.Contains('/')) return word;
            comment = comment[Math.Min(word.Length + 1, comment.Length)..];
        }

        return default;
    }

    /// <summary>The <c>ADDRESS:PORT</c> that a comment names behind an arrow; empty where it names none.</summary>
    public static ReadOnlySpan<char> EndpointOf(ReadOnlySpan<char> comment) => UpTo(After(comment, " -> "), ' ');

    /// <summary>The <c>ADDRESS:PORT</c> that a rule translates to; empty where it does not.</summary>
    public static ReadOnlySpan<char> DestinationOf(ReadOnlySpan<char> rule) => UpTo(After(rule, " --to-destination "), ' ');

    /// <summary>The protocol that a rule matches; empty where it matches all.</summary>
    public static ReadOnlySpan<char> ProtocolOf(ReadOnlySpan<char> rule) => UpTo(After(rule, " -p "), ' ');

    /// <summary>Whether a rule sends a client back to the endpoint that it had: such a rule and one for new clients lead to the same endpoint.</summary>
    public static bool IsAffinity(ReadOnlySpan<char> rule) => rule.Contains(" -m recent --rcheck ", StringComparison.Ordinal);

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> text, ReadOnlySpan<char> words) =>
        text.IndexOf(words) is >= 0 and var at ? text[(at + words.Length)..] : default;

    private static ReadOnlySpan<char> UpTo(ReadOnlySpan<char> text, char end) => text.IndexOf(end) is >= 0 and var at ? text[..at] : text;
}
