using GravityNet.Parsing;

namespace GravityNet;

/// <summary>
/// One match of a rule: <c>-m MODULE OPTIONS</c>.
/// </summary>
/// <param name="Module">The module's name; empty for words that stand outside any module, where only a hand-written line has them.</param>
/// <param name="Options">The options exactly as printed, quotes and spaces included: what is not modelled is kept.</param>
internal sealed record IptablesMatch(string Module, string Options)
{
    /// <summary>An option's value without its quotes; null where the option is not there.</summary>
    public string? Value(string option) => OptionWords.ValueOf(Options, option);

    /// <summary>Whether the option is there, with or without a value.</summary>
    public bool Has(string option) => OptionWords.Has(Options, option);

    /// <summary>Whether it is what stands after <c>-m</c>, with one blank between module and options.</summary>
    public bool IsPrintedAs(ReadOnlySpan<char> words) =>
        Options.Length == 0
            ? words.SequenceEqual(Module)
            : words.Length == Module.Length + 1 + Options.Length && words.StartsWith(Module) && words[Module.Length] == ' ' && words.EndsWith(Options);

    /// <summary>The match as iptables-save prints it.</summary>
    public override string ToString() => Module.Length == 0 ? Options : Options.Length == 0 ? $"-m {Module}" : $"-m {Module} {Options}";
}
