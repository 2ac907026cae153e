using System.Globalization;
using System.Text;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// One rule as iptables-save prints it. A negated condition begins with <c>! </c>; one that the rule does not have is empty.
/// </summary>
/// <param name="Table">The table's name; empty where the text was an excerpt without table headers.</param>
/// <param name="Chain">The chain that the rule stands in.</param>
public sealed record IptablesRule(string Table, string Chain)
{
    /// <summary><c>-s</c>, as <c>10.244.0.0/16</c> or <c>! 10.244.0.0/16</c>.</summary>
    public string SourceAddress { get; init; } = "";

    /// <summary><c>-d</c>.</summary>
    public string DestinationAddress { get; init; } = "";

    /// <summary><c>-i</c>.</summary>
    public string InInterface { get; init; } = "";

    /// <summary><c>-o</c>.</summary>
    public string OutInterface { get; init; } = "";

    /// <summary><c>-p</c>.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The target: a built-in verdict, an extension such as DNAT, or a chain; empty for a rule that only counts.</summary>
    public string Target { get; init; } = "";

    /// <summary>Whether the chain is entered with <c>-g</c>: it does not come back here.</summary>
    public bool IsGoto { get; init; }

    /// <summary>The target's options exactly as printed.</summary>
    public string TargetOptions { get; init; } = "";

    /// <summary>Packets that matched; null where the text has no counters.</summary>
    public long? Packets { get; init; }

    /// <summary>Bytes of these packets; null where the text has no counters.</summary>
    public long? Bytes { get; init; }

    /// <summary>The text of <c>--comment</c>; empty where there is none.</summary>
    public string Comment => MatchValue("comment", "--comment") ?? "";

    /// <summary>DNAT's <c>--to-destination</c>, as <c>ADDRESS:PORT</c>; empty for another target.</summary>
    public string ToDestination => Target == "DNAT" ? TargetOption("--to-destination") ?? "" : "";

    /// <summary>REJECT's <c>--reject-with</c>; empty for another target.</summary>
    public string RejectWith => Target == "REJECT" ? TargetOption("--reject-with") ?? "" : "";

    /// <summary>The line that the rule was read from, as <c>NODE FACT:LINE: TEXT</c>.</summary>
    public string Evidence => Source.ToString();

    // Not public: a rule shows inside other objects, and its properties stay plain words and numbers so that two levels of JSON hold all of it.
    internal IReadOnlyList<IptablesMatch> Matches { get; init; } = [];

    internal TextSlice Origin { get; init; }

    internal SourceLine Source => Origin.ToSourceLine();

    /// <summary>A match option's value; null where the rule has no such match or option.</summary>
    internal string? MatchValue(string module, string option) => Match(module)?.Value(option);

    internal IptablesMatch? Match(string module)
    {
        foreach (var match in Matches)
        {
            if (match.Module == module) return match;
        }

        return null;
    }

    /// <summary>A target option's value; null where the target has no such option.</summary>
    internal string? TargetOption(string option) => IptablesWords.ValueOf(TargetOptions, option);

    /// <summary>The rule as <c>iptables-save</c> prints it, with its counters where it has them.</summary>
    public override string ToString()
    {
        var line = new StringBuilder();
        if (Packets is { } packets) line.Append(CultureInfo.InvariantCulture, $"[{packets}:{Bytes}] ");
        line.Append("-A ").Append(Chain);
        Condition("-s", SourceAddress);
        Condition("-d", DestinationAddress);
        Condition("-i", InInterface);
        Condition("-o", OutInterface);
        Condition("-p", Protocol);
        foreach (var match in Matches) line.Append(' ').Append(match);
        if (Target.Length > 0) line.Append(IsGoto ? " -g " : " -j ").Append(Target);
        if (TargetOptions.Length > 0) line.Append(' ').Append(TargetOptions);
        return line.ToString();

        void Condition(string option, string value)
        {
            if (value.Length == 0) return;
            var negated = value.StartsWith("! ", StringComparison.Ordinal);
            line.Append(negated ? " ! " : " ").Append(option).Append(' ').Append(negated ? value.AsSpan(2) : value);
        }
    }
}
