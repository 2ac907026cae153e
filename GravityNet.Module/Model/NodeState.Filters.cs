using GravityNet.Facts;
using GravityNet.Netfilter;
using GravityNet.Parsing;

namespace GravityNet;

/// <content>What else stands in packets' way beside iptables: nf_tables, sets and the kernel's load balancer.</content>
public sealed partial class NodeState
{
    /// <summary>The IPv6 packet filter's rules, as the node's default tool shows them.</summary>
    public Known<IptablesRuleset> Ip6tables => Once("ip6tables", (node, fact, text) =>
    {
        var rules = IptablesSave.Parse(node, fact, text);
        return new Parsed<IptablesRuleset>([rules], rules.Unread);
    });

    /// <summary>All tables of nf_tables: those that iptables-nft wrote, kube-proxy's in nftables mode, and everybody else's.</summary>
    public Known<NftRuleset> Nft
    {
        get
        {
            var nft = Once("nft", (node, fact, text) => NftJson.Parse(node, fact, text) is var rules && rules.Objects.Count > 0 ? new Parsed<NftRuleset>([rules], rules.Unread) : new([], rules.Unread));
            return nft is { IsKnown: true, Records.Count: 0 } ? new([], $"{Node}: what 'nft' printed is not its JSON") : nft;
        }
    }

    /// <summary>
    /// The tables of kube-proxy's nftables mode, one an IP family; none where kube-proxy works in another mode. They are asked for by themselves (<c>nft-kube-proxy</c>),
    /// or are a part of all tables.
    /// </summary>
    public Known<NftTable> KubeProxyTables
    {
        get
        {
            // all of iptables-nft's tables are not read to find that none is kube-proxy's
            if (Facts.Get(FactCatalog.NftKubeProxy) is null)
                return Facts.Get("nft") is { Answered: true } all && !all.Text.Contains($"\"{NftServiceNames.Table}\"", StringComparison.Ordinal) ? new([], "") : new([.. Nft.Records.SelectMany(r => r.Tables).Where(IsKubeProxys)], Nft.Reason);

            // a line for the list of tables, and one for each of kube-proxy's with what is in it
            return Once(FactCatalog.NftKubeProxy, (node, fact, text) =>
            {
                var sets = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => NftJson.Parse(node, fact, line)).ToList();
                return new Parsed<NftTable>([.. sets.SelectMany(r => r.Tables).Where(IsKubeProxys)], [.. sets.SelectMany(r => r.Unread)]);
            });

            static bool IsKubeProxys(NftTable table) => table is { Name: NftServiceNames.Table, Family: "ip" or "ip6", Chains.Count: > 0 };
        }
    }

    /// <summary>The sets that rules of iptables match (ipset(8)).</summary>
    public Known<Ipset> Ipsets => Once("ipset", IpsetSave.Parse);

    /// <summary>The services of the kernel's load balancer: kube-proxy's in IPVS mode.</summary>
    public Known<IpvsService> Ipvs => Once("ipvs", IpvsSave.Parse);
}
