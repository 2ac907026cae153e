using System.Collections.Concurrent;
using GravityNet.Parsing;

namespace GravityNet;

/// <content>What the node tells beside links, routes and rules: settings, connections, counters, sockets and logs.</content>
public sealed partial class NodeState
{
    private readonly ConcurrentDictionary<string, Lazy<object>> _texts = new(StringComparer.Ordinal);

    /// <summary>The kernel's settings.</summary>
    public Known<Sysctl> Sysctls => Once("sysctl", SysctlText.Parse);

    /// <summary>The connections that the kernel tracks.</summary>
    public Known<Connection> Connections => Once("conntrack", Conntrack.Parse);

    /// <summary>What connection tracking counted, for each CPU.</summary>
    public Known<ConntrackCounters> ConntrackCounters => Once("conntrack-stats", ConntrackStats.Parse);

    /// <summary>The counters of the kernel's network code.</summary>
    public Known<Counter> Counters => Once("nstat", Nstat.Parse);

    /// <summary>The UDP sockets, and the TCP sockets that listen. The reason says which are unknown; those that are known stay so beside it.</summary>
    public Known<NodeSocket> Sockets
    {
        get
        {
            var (udp, tcp) = (Once("ss-udp", SocketTable.Parse), Once("ss-tcp", SocketTable.Parse));
            return new([.. udp.Records, .. tcp.Records], string.Join("; ", new[] { udp.Reason, tcp.Reason }.Where(r => r.Length > 0)));
        }
    }

    /// <summary>What the VXLAN device can leave to the kernel or the hardware, and what of it is on.</summary>
    public Known<InterfaceFeature> Features => Once("ethtool-k", EthtoolFeatures.Parse);

    /// <summary>The VXLAN device's driver.</summary>
    public Known<NamedValue> Driver => Once("ethtool-i", NamedValues.ParseColons);

    /// <summary>What flannel tells the CNI plugin (<c>/run/flannel/subnet.env</c>).</summary>
    public Known<NamedValue> SubnetSettings => Once("subnet-env", NamedValues.ParseSettings);

    /// <summary>The loaded kernel modules.</summary>
    public Known<KernelModule> Modules => Once("lsmod", Lsmod.Parse);

    /// <summary>The last lines of the kernel's log.</summary>
    public Known<KernelMessage> KernelMessages => Once("dmesg", (node, fact, text) => Dmesg.Parse(node, fact, text, Taken));

    /// <summary>The last entries of flanneld's log: its journal's, on the node or in Planet, or its pod's.</summary>
    public Known<FlannelEvent> FlannelEvents => Once("flanneld-log", (node, fact, text) => FlannelLog.Parse(node, fact, text, Taken));

    /// <summary>Who came lately, on the lists of iptables' recent match.</summary>
    public Known<RecentAddress> RecentAddresses => Once("xt-recent", XtRecent.Parse);

    /// <summary>The kernel and the machine.</summary>
    public Known<KernelName> Kernel => Once("uname", Uname.Parse);

    /// <summary>What the node calls itself.</summary>
    public Known<HostName> HostName => Once("hostname", GravityNet.HostName.Parse);

    // a snapshot may not tell when it was taken: then nothing in it is later than now
    private DateTimeOffset Taken => Facts.TakenAt == default ? DateTimeOffset.UtcNow : Facts.TakenAt;

    /// <summary>A setting by its key, as sysctl writes it; null where it is not known.</summary>
    public Sysctl? Sysctl(string key) => Sysctls.Records.FirstOrDefault(s => s.Key == key);

    private Known<T> Once<T>(string fact, Func<string, string, string, Parsed<T>> parse) =>
        (Known<T>)_texts.GetOrAdd(fact, _ => new(() => Read(fact, parse))).Value;
}
