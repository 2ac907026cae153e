using System.Text;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// A link while its lines are read.
/// </summary>
internal sealed class LinkDraft
{
    private SourceLine? _source;

    public bool IsOpen => _source is not null;

    public int Index { get; private set; }

    public string Name { get; private set; } = "";

    public string Peer { get; set; } = "";

    public int? PeerIndex { get; set; }

    public IReadOnlyList<string> Flags { get; set; } = [];

    public int? Mtu { get; set; }

    public string Qdisc { get; set; } = "";

    public string Master { get; set; } = "";

    public string State { get; set; } = "";

    public string Mode { get; set; } = "";

    public string Group { get; set; } = "";

    public int? QueueLength { get; set; }

    public IReadOnlyList<string> Words { get; set; } = [];

    public LineForm? Form { get; set; }

    public string LinkLayer { get; set; } = "";

    public string Mac { get; set; } = "";

    public string Broadcast { get; set; } = "";

    public string LinkLayerPeer { get; set; } = "";

    public string PermanentMac { get; set; } = "";

    public string PeerNamespace { get; set; } = "";

    public bool IsPeerNamespaceNamed { get; set; }

    public int? Promiscuity { get; set; }

    public int? AllMulticast { get; set; }

    public long? MinMtu { get; set; }

    public long? MaxMtu { get; set; }

    public IReadOnlyList<string> LayerWords { get; set; } = [];

    public LineForm? LayerForm { get; set; }

    public SourceLine? LayerSource { get; set; }

    public LinkPart? Device { get; set; }

    public LinkPart? Slave { get; set; }

    public LinkQueues? Queues { get; set; }

    public string Alias { get; set; } = "";

    public List<string> AltNames { get; } = [];

    public LinkStatistics? Statistics { get; set; }

    public List<InterfaceAddress> Addresses { get; } = [];

    public List<LinkLine> Others { get; } = [];

    public StringBuilder Letters { get; } = new();

    /// <summary>Whether the line before tells of a virtual function.</summary>
    public bool IsAfterFunction { get; set; }

    /// <summary>Whether the line before is an address.</summary>
    public bool IsAfterAddress
    {
        get
        {
            var last = Letters.Length - 1;
            if (last >= 0 && Letters[last] == LinkLayout.SameLine) last--;
            return last >= 0 && Letters[last] is LinkLayout.Address or LinkLayout.OwnAddress;
        }
    }

    /// <summary>Starts a link.</summary>
    public void Open(int index, string name, SourceLine source) => (Index, Name, _source) = (index, name, source);

    /// <summary>The link, and nothing is left of it here.</summary>
    public Link Take(string node, LinkPool pool)
    {
        var link = new Link
        {
            Node = node,
            Index = Index,
            Interface = Name,
            Peer = Peer,
            PeerIndex = PeerIndex,
            Flags = Flags,
            Mtu = Mtu,
            Qdisc = Qdisc,
            Master = Master,
            State = State,
            Mode = Mode,
            Group = Group,
            QueueLength = QueueLength,
            Words = Words,
            Form = Form,
            LinkLayer = LinkLayer,
            Mac = Mac,
            Broadcast = Broadcast,
            LinkLayerPeer = LinkLayerPeer,
            PermanentMac = PermanentMac,
            PeerNamespace = PeerNamespace,
            IsPeerNamespaceNamed = IsPeerNamespaceNamed,
            Promiscuity = Promiscuity,
            AllMulticast = AllMulticast,
            MinMtu = MinMtu,
            MaxMtu = MaxMtu,
            LayerWords = LayerWords,
            LayerForm = LayerForm,
            LayerSource = LayerSource,
            Device = Device,
            Slave = Slave,
            Queues = Queues,
            Alias = Alias,
            AltNames = [.. AltNames],
            Statistics = Statistics is null ? null : Statistics with { Node = node, Index = Index, Interface = Name },
            Addresses = [.. Addresses],
            Others = [.. Others],
            Layout = pool.Layout(Letters),
            Source = _source!,
        };
        Clear();
        return link;
    }

    private void Clear()
    {
        _source = null;
        (Peer, PeerIndex, Flags, Mtu, Qdisc, Master, State, Mode, Group, QueueLength, Words, Form) = ("", null, [], null, "", "", "", "", "", null, [], null);
        (LinkLayer, Mac, Broadcast, LinkLayerPeer, PermanentMac, PeerNamespace, IsPeerNamespaceNamed) = ("", "", "", "", "", "", false);
        (Promiscuity, AllMulticast, MinMtu, MaxMtu, LayerWords, LayerForm, LayerSource) = (null, null, null, null, [], null, null);
        (Device, Slave, Queues, Alias, Statistics, IsAfterFunction) = (null, null, null, "", null, false);
        AltNames.Clear();
        Addresses.Clear();
        Others.Clear();
        Letters.Clear();
    }
}
