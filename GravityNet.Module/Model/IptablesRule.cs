using System.Globalization;
using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// One rule as iptables-save prints it. A negated condition begins with <c>! </c>; one that the rule does not have is empty.
/// </summary>
/// <param name="Table">The table's name; empty where the text was an excerpt without table headers.</param>
/// <param name="Chain">The chain that the rule stands in.</param>
public sealed record IptablesRule(string Table, string Chain)
{
    // which ports a match looks at (iptables-extensions(8)); multiport has its own words
    private static readonly string[] PortModules = ["tcp", "udp", "sctp", "dccp", "udplite", "multiport"];

    private readonly long _packets = -1;
    private readonly long _bytes = -1;

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

    /// <summary><c>-f</c>: true for second and further fragments, false (<c>! -f</c>) for all other packets, null where the rule does not ask.</summary>
    public bool? IsFragment { get; init; }

    /// <summary>The target: a built-in verdict, an extension such as DNAT, or a chain; empty for a rule that only counts.</summary>
    public string Target { get; init; } = "";

    /// <summary>Whether the chain is entered with <c>-g</c>: it does not come back here.</summary>
    public bool IsGoto { get; init; }

    /// <summary>The target's options exactly as printed.</summary>
    public string TargetOptions { get; init; } = "";

    /// <summary>Packets that matched; null where the text has no counters.</summary>
    public long? Packets { get => _packets < 0 ? null : _packets; init => _packets = value ?? -1; }

    /// <summary>Bytes of these packets; null where the text has no counters.</summary>
    public long? Bytes { get => _bytes < 0 ? null : _bytes; init => _bytes = value ?? -1; }

    /// <summary>The text of <c>--comment</c>; empty where there is none.</summary>
    public string Comment { get => MatchValue("comment", "--comment") ?? ""; init => Matches = With("comment", "--comment", value.Length == 0 ? "" : OptionWords.Quote(value)); }

    /// <summary>
    /// <c>--sport</c>, or multiport's <c>--sports</c>: a port, a range <c>1024:65535</c> or a list <c>80,443</c>, after <c>! </c> where negated; empty where there is none.
    /// </summary>
    public string SourcePort { get => Port("--sport"); init => Matches = WithPort("--sport", value); }

    /// <summary><c>--dport</c>, or multiport's <c>--dports</c>, in the words of <see cref="SourcePort"/>.</summary>
    public string DestinationPort { get => Port("--dport"); init => Matches = WithPort("--dport", value); }

    /// <summary>DNAT's <c>--to-destination</c>, as <c>ADDRESS:PORT</c>; empty for another target.</summary>
    public string ToDestination
    {
        get => Target == "DNAT" ? TargetOption("--to-destination") ?? "" : "";
        init => TargetOptions = OptionWords.With(TargetOptions, "--to-destination", value);
    }

    /// <summary>REJECT's <c>--reject-with</c>; empty for another target.</summary>
    public string RejectWith
    {
        get => Target == "REJECT" ? TargetOption("--reject-with") ?? "" : "";
        init => TargetOptions = OptionWords.With(TargetOptions, "--reject-with", value);
    }

    /// <summary>The line that the rule was read from, as <c>NODE FACT:LINE: TEXT</c>.</summary>
    public string Evidence => Source.ToString();

    // Not public: a rule shows inside other objects, and its properties stay plain words and numbers so that two levels of JSON hold all of it.
    internal IReadOnlyList<IptablesMatch> Matches { get; init; } = [];

    // counters as 'iptables -S -v' prints them: -c PACKETS BYTES before the target
    internal bool CountersLast { get; init; }

    /// <summary>The blanks of a line that has others than iptables-save prints (<see cref="BlankForm"/>); null where it has those.</summary>
    internal string? Form { get; init; }

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
    internal string? TargetOption(string option) => OptionWords.ValueOf(TargetOptions, option);

    /// <summary>The line that the rule was read from: as <c>iptables-save</c> prints it, with its counters where it has them.</summary>
    public string Print()
    {
        var line = new BlankForm.Writer(Form);
        if (Packets is not null && !CountersLast) line.Add(string.Create(CultureInfo.InvariantCulture, $"[{Packets}:{Bytes ?? 0}]"));
        line.Add("-A");
        line.Add(Chain);
        Condition(ref line, "-s", SourceAddress);
        Condition(ref line, "-d", DestinationAddress);
        Condition(ref line, "-i", InInterface);
        Condition(ref line, "-o", OutInterface);
        Condition(ref line, "-p", Protocol);
        if (IsFragment == false) line.Add("!");
        if (IsFragment is not null) line.Add("-f");
        foreach (var match in Matches)
        {
            if (match.Module.Length > 0)
            {
                line.Add("-m");
                line.Add(match.Module);
            }

            if (match.Options.Length > 0) line.Add(match.Options);
        }

        if (Packets is { } packets && CountersLast)
        {
            line.Add("-c");
            line.Add(packets.ToString(CultureInfo.InvariantCulture));
            line.Add((Bytes ?? 0).ToString(CultureInfo.InvariantCulture));
        }

        if (Target.Length > 0)
        {
            line.Add(IsGoto ? "-g" : "-j");
            line.Add(Target);
        }

        if (TargetOptions.Length > 0) line.Add(TargetOptions);
        return line.ToString();
    }

    /// <inheritdoc cref="Print"/>
    public override string ToString() => Print();

    private static void Condition(ref BlankForm.Writer line, string option, string value)
    {
        if (value.Length == 0) return;
        var negated = value.StartsWith("! ", StringComparison.Ordinal);
        if (negated) line.Add("!");
        line.Add(option);
        line.Add(negated ? value.AsSpan(2) : value);
    }

    private string Port(string option)
    {
        foreach (var match in Matches)
        {
            if (!PortModules.Contains(match.Module)) continue;
            option = match.Module == "multiport" ? option + "s" : option;
            if (match.Value(option) is { } value) return OptionWords.IsNegated(match.Options, option) ? "! " + value : value;
        }

        return "";
    }

    private List<IptablesMatch> WithPort(string option, string value) =>
        Match("multiport") is not null ? With("multiport", option + "s", value) : With(Protocol, option, value);

    // An empty value takes the option away. A match that is not there is added at the end, where iptables-save prints the one that was asked for last.
    private List<IptablesMatch> With(string module, string option, string value)
    {
        var matches = Matches.ToList();
        var at = matches.FindIndex(m => m.Module == module);
        if (at < 0)
        {
            at = matches.Count;
            matches.Add(new(module, ""));
        }

        matches[at] = matches[at] with { Options = OptionWords.With(matches[at].Options, option, value) };
        // a protocol's own match may stand without options
        if (matches[at].Options.Length == 0 && module != Protocol) matches.RemoveAt(at);
        return matches;
    }
}
