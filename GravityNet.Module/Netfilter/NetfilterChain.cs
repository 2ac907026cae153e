namespace GravityNet.Netfilter;

/// <summary>A chain whose rules are made ready when they are first asked, and are kept with the rule set.</summary>
internal sealed class NetfilterChain
{
    private readonly NetfilterRule?[] _rules;

    /// <summary>Makes a chain ready.</summary>
    public NetfilterChain(IptablesChain chain)
    {
        Chain = chain;
        _rules = new NetfilterRule?[chain.Rules.Count];
    }

    /// <summary>The chain as it was read.</summary>
    public IptablesChain Chain { get; }

    /// <summary>How many rules it has.</summary>
    public int Count => _rules.Length;

    /// <summary>The hook that shows packets to the chain; null for a chain that rules call.</summary>
    public NetfilterHook? Hook => Chain.Name switch
    {
        "PREROUTING" => NetfilterHook.Prerouting,
        "INPUT" => NetfilterHook.Input,
        "FORWARD" => NetfilterHook.Forward,
        "OUTPUT" => NetfilterHook.Output,
        "POSTROUTING" => NetfilterHook.Postrouting,
        _ => null,
    };

    /// <summary>A rule by its place. Two that come at the same time make the same.</summary>
    public NetfilterRule Rule(int at) => _rules[at] ??= new(Chain.Rules[at], _rules.Length - at);
}
