using GravityNet.Parsing;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// Every language that is read, with the texts to try it on: those of all recordings, of the training, and the samples under <c>data/text</c>.
/// </summary>
public static class Languages
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "data", "text");

    private static readonly string Training = Path.Combine(AppContext.BaseDirectory, "data", "training");

    /// <summary>When the samples without a year were taken.</summary>
    public static readonly DateTimeOffset Taken = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);

    /// <summary>One row a language.</summary>
    public static IReadOnlyList<Language> All { get; } =
    [
        Language.Of("ip-route", IpRoutes.Parse),
        Language.Of("ip-rule", IpRules.Parse),
        Language.Of("ip-nexthop", IpNexthops.Parse),
        new("iptables", PacketFilters.Iptables),
        new("ip6tables", PacketFilters.Iptables),
        new("ipset", PacketFilters.Ipset),
        new("ipvs", PacketFilters.Ipvs),
        new("nft", PacketFilters.Nft),
        Language.Of("sysctl", SysctlText.Parse),
        Language.Of("conntrack", Conntrack.Parse),
        Language.Of("conntrack-stats", ConntrackStats.Parse),
        new("nstat", text => Nstat.ParseFiles("n", "nstat", text) is { Records.Count: > 0 } files ? Language.Together(files) : Language.Together(Nstat.Parse("n", "nstat", text))),
        Language.Of("ss-udp", SocketTable.Parse),
        Language.Of("ss-tcp", SocketTable.Parse),
        Language.Of("ethtool-k", EthtoolFeatures.Parse),
        Language.Of("ethtool-i", NamedValues.ParseColons),
        Language.Of("subnet-env", NamedValues.ParseSettings),
        Language.Of("lsmod", Lsmod.Parse),
        Language.Of("dmesg", (node, fact, text) => Dmesg.Parse(node, fact, text, Taken)),
        Language.Of("kubectl-describe", DescribedObjects.Parse),
        Language.Of("kubectl-get", KubectlTable.Parse),
        Language.Of("flanneld-log", (node, fact, text) => FlannelLog.Parse(node, fact, text, Taken)),
        Language.Of("uname", Uname.Parse),
        Language.Of("hostname", HostName.Parse),
        Language.Of("xt-recent", XtRecent.Parse),
        new("ip-link", LinkTexts.PrintBack),
        new("ip-addr", LinkTexts.PrintBack),
        new("ip-stats", LinkTexts.PrintStatisticsBack),
        Language.Of("ip-neighbor", IpNeighbors.Parse),
        Language.Of("ip-netconf", IpNetconf.Parse),
        Language.Of("bridge-fdb", BridgeFdb.Parse),
        Language.Of("bridge-link", BridgeLinks.Parse),
        Language.Of("bridge-vlan", BridgeVlans.Parse),
        Language.Of("brctl-show", Brctl.ParseShow),
        Language.Of("brctl-showmacs", Brctl.ParseShowMacs),
        Language.Of("brctl-showstp", BrctlStp.Parse),
    ];

    /// <summary>The facts' names.</summary>
    public static IEnumerable<string> Facts => All.Select(l => l.Fact);

    /// <summary>The language of a fact.</summary>
    public static Language Get(string fact) => All.Single(l => l.Fact == fact);

    /// <summary>Every text of a language by where it is from. A sample's file is named <c>FACT.what-it-is.txt</c>.</summary>
    public static IEnumerable<(string Place, string Text)> TextsOf(string fact)
    {
        foreach (var name in Recordings.Names)
        {
            foreach (var (path, text) in Recordings.Open(name).Where(f => Path.GetFileNameWithoutExtension(f.Key) == fact)) yield return ($"{name}/{path}", text);
        }

        // the training's are named FACT or FACT-of-what
        foreach (var (folder, pattern) in new[] { (Samples, $"{fact}.*.txt"), (Training, $"{fact}.txt"), (Training, $"{fact}-*.txt") })
        {
            foreach (var file in Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)) yield return (Path.GetFileName(file), File.ReadAllText(file));
        }
    }

    /// <summary>One sample, by its file's name without the ending.</summary>
    public static string Sample(string name) => File.ReadAllText(Path.Combine(Samples, name + ".txt"));
}
