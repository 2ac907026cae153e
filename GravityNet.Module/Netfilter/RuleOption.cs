using GravityNet.Parsing;

namespace GravityNet.Netfilter;

/// <summary>One option of a match or a target with its values: <c>! --dport 80:90</c>, <c>--tcp-flags SYN,ACK SYN</c>, <c>--return-nomatch</c>.</summary>
/// <param name="Name">The option.</param>
/// <param name="IsNegated">Whether a <c>!</c> stands before it, or, as iptables before 1.4.3 printed it, before its value.</param>
/// <param name="Values">The values without their quotes.</param>
internal sealed record RuleOption(string Name, bool IsNegated, IReadOnlyList<string> Values)
{
    /// <summary>The first value; empty where there is none.</summary>
    public string Value => Values.Count > 0 ? Values[0] : "";

    /// <summary>Reads options as iptables-save prints them. Words before the first option make one without a name.</summary>
    public static IReadOnlyList<RuleOption> Read(string options)
    {
        var read = new List<RuleOption>();
        var values = new List<string>();
        var (name, isNegated, isNext, isFree) = ("", false, false, false);
        var words = new OptionWords(options);
        while (words.Next())
        {
            var word = words.Current;
            if (isFree)
            {
                values.Add(OptionWords.Unquote(word));
                isFree = false;
            }
            else if (word is "!")
            {
                isNext = true;
            }
            else if (word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]))
            {
                End(read);
                (name, isNegated, isNext, values) = (word.ToString(), isNext, false, []);
                isFree = OptionWords.TakesFreeText(word);
            }
            else
            {
                isNegated |= isNext;
                isNext = false;
                values.Add(OptionWords.Unquote(word));
            }
        }

        End(read);
        return read;

        void End(List<RuleOption> to)
        {
            if (name.Length > 0 || values.Count > 0) to.Add(new(name, isNegated, values));
        }
    }

    /// <summary>The option as it is printed.</summary>
    public override string ToString() => string.Join(' ', ((string[])[IsNegated ? "!" : "", Name, .. Values]).Where(w => w.Length > 0));
}
