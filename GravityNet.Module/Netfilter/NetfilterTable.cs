using System.Collections.Concurrent;

namespace GravityNet.Netfilter;

/// <summary>A table whose chains are made ready when a packet first comes to them.</summary>
internal sealed class NetfilterTable(IptablesTable table)
{
    private readonly ConcurrentDictionary<string, NetfilterChain> _chains = new(StringComparer.Ordinal);

    /// <summary>The table as it was read.</summary>
    public IptablesTable Table { get; } = table;

    /// <summary>The chain of that name, or null.</summary>
    public NetfilterChain? Chain(string name) =>
        _chains.TryGetValue(name, out var known) ? known : Table.Chain(name) is { } chain ? _chains.GetOrAdd(name, new NetfilterChain(chain)) : null;
}
