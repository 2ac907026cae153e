namespace GravityNet.Netfilter;

/// <summary>A chain whose rules are made ready when they are first asked, and are kept with the rule set.</summary>
internal sealed class NetfilterChain
{
    // below this many rules to ask each costs less than to find those that count
    private const int IndexedFrom = 32;

    private readonly NetfilterRule?[] _rules;
    private ChainIndex? _index;

    /// <summary>Makes a chain ready.</summary>
    public NetfilterChain(IptablesChain chain)
    {
        Chain = chain;
        _rules = new NetfilterRule?[chain.RuleCount];
    }

    /// <summary>The chain as it was read.</summary>
    public IptablesChain Chain { get; }

    /// <summary>How many rules it has.</summary>
    public int Count => _rules.Length;

    /// <summary>How many of them were made ready so far.</summary>
    public int ReadRules => _rules.Count(r => r is not null);

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

    /// <summary>The places of the rules that a packet may match, in their order: of a long chain those that do not ask for another destination.</summary>
    public ChainIndex.Places Places(NetfilterPacket packet, int from)
    {
        if (_rules.Length < IndexedFrom || packet is not { Destination: { IsWhole: true } to, DestinationPort: { } port }) return new(from, _rules.Length);
        _index ??= new(Chain, _rules.Length);
        return _index.Find(to, port, from);
    }
}
