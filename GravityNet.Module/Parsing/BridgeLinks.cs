using GravityNet.Text;
using static GravityNet.BridgeLink;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>bridge [-d] [-o] link show</c>.
/// </summary>
public static class BridgeLinks
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<BridgeLink> Parse(string node, string fact, string text)
    {
        var links = new List<BridgeLink>();
        var unread = new List<SourceLine>();
        var lines = new FactLines(node, fact, text);
        var pool = new LinePool();
        Span<char> buffer = stackalloc char[LineReader.BufferSize];
        var isOpen = false;
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            if (isOpen && lines.IsIndented && AreSettings(lines.Current))
            {
                var settings = new LineReader(lines.Current, buffer, pool);
                links[^1] = Settings(links[^1], isOnSameLine: false, ref settings);
                isOpen = false;
                continue;
            }

            var end = lines.Current.IndexOf('\\');
            if (end >= 0 && !AreSettings(lines.Current[(end + 1)..])) end = -1;
            var line = new LineReader(end < 0 ? lines.Current : lines.Current[..end], buffer, pool);
            var link = First(node, lines.Source(), ref line);
            isOpen = link is not null && end < 0;
            if (link is null)
            {
                unread.Add(lines.Source());
                continue;
            }

            if (end >= 0)
            {
                var settings = new LineReader(lines.Current[(end + 1)..], buffer, pool);
                link = Settings(link, isOnSameLine: true, ref settings);
            }

            links.Add(link);
        }

        return new(links, unread);
    }

    // 10: veth1@pod1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master cni0 state forwarding priority 32 cost 2
    private static BridgeLink? First(string node, SourceLine source, ref LineReader line)
    {
        if (!line.Next() || line.Current is not [.. var digits, ':'] || !LineReader.IsNumber(digits, out var index) || index > int.MaxValue) return null;
        line.Take(Field.Index);
        if (!line.Next()) return null;
        line.Take(Field.Interface);
        var isOld = !line.Current.EndsWith(":");
        string name, peer = "";
        if (isOld) name = line.Text();
        else (name, peer) = NameAndPeer(line.Text()[..^1]);
        string operational = "", master = "", state = "", mode = "";
        IReadOnlyList<string> flags = [];
        int? mtu = null, priority = null, cost = null;
        // the other end's name, or a colon alone, ends the name
        var isNamed = !isOld;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "state" when !isNamed: operational = line.Value(Field.OperState) ?? operational; break;
                case ":" when !isNamed: isNamed = line.Take(Field.Peer); break;
                case var word when !isNamed && word.Length > 2 && word[0] == '@' && word[^1] == ':':
                    isNamed = line.Take(Field.Peer);
                    peer = word[1..^1].ToString();
                    break;
                case var word when word.Length > 2 && word[0] == '<' && word[^1] == '>':
                    if (line.Take(Field.Flags)) flags = word[1..^1].ToString().Split(',');
                    break;
                case "mtu": mtu = line.Number(Field.Mtu) ?? mtu; break;
                case "master": master = line.Value(Field.Master) ?? master; break;
                case "state": state = line.Value(Field.State) ?? state; break;
                case "priority": priority = line.Number(Field.Priority) ?? priority; break;
                case "cost": cost = line.Number(Field.Cost) ?? cost; break;
                case "hwmode": mode = line.Value(Field.HwMode) ?? mode; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Node = node,
            Index = (int)index,
            Interface = name,
            Peer = peer,
            OperState = operational,
            Flags = flags,
            Mtu = mtu,
            Master = master,
            State = state,
            Priority = priority,
            Cost = cost,
            HwMode = mode,
            Words = words,
            Form = form,
            IsOld = isOld,
            Source = source,
        };
    }

    private static (string Name, string Peer) NameAndPeer(string text) =>
        text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1 ? (text[..at], text[(at + 1)..]) : (text, "");

    private static bool AreSettings(ReadOnlySpan<char> text)
    {
        var words = new Words(text);
        return words.Next() && words.Current is "hairpin" or "guard" or "root_block" or "fastleave" or "learning" or "learning_sync" or "flood" or "mcast_flood" or "bcast_flood" or "mcast_router" or "mcast_to_unicast" or "neigh_suppress" or "neigh_vlan_suppress" or "neigh_forward_grat" or "vlan_tunnel" or "backup_port" or "backup_nhid" or "isolated" or "locked" or "mab" or "mcast_n_groups" or "mcast_max_groups" or "hwmode";
    }

    //     hairpin off guard off root_block off fastleave off learning on flood on
    private static BridgeLink Settings(BridgeLink link, bool isOnSameLine, ref LineReader line)
    {
        // the line's form tells on which of the two lines the mode of a network card's bridge stands
        var mode = link.HwMode;
        while (line.Next())
        {
            link = line.Current switch
            {
                "hairpin" => link with { Hairpin = line.OnOff(Setting.Hairpin) ?? link.Hairpin },
                "guard" => link with { Guard = line.OnOff(Setting.Guard) ?? link.Guard },
                "root_block" => link with { RootBlock = line.OnOff(Setting.RootBlock) ?? link.RootBlock },
                "fastleave" => link with { FastLeave = line.OnOff(Setting.FastLeave) ?? link.FastLeave },
                "learning" => link with { Learning = line.OnOff(Setting.Learning) ?? link.Learning },
                "learning_sync" => link with { LearningSync = line.OnOff(Setting.LearningSync) ?? link.LearningSync },
                "flood" => link with { Flood = line.OnOff(Setting.Flood) ?? link.Flood },
                "mcast_flood" => link with { McastFlood = line.OnOff(Setting.McastFlood) ?? link.McastFlood },
                "bcast_flood" => link with { BcastFlood = line.OnOff(Setting.BcastFlood) ?? link.BcastFlood },
                "mcast_router" => link with { McastRouter = line.Number(Setting.McastRouter) ?? link.McastRouter },
                "mcast_to_unicast" => link with { McastToUnicast = line.OnOff(Setting.McastToUnicast) ?? link.McastToUnicast },
                "neigh_suppress" => link with { NeighSuppress = line.OnOff(Setting.NeighSuppress) ?? link.NeighSuppress },
                "neigh_vlan_suppress" => link with { NeighVlanSuppress = line.OnOff(Setting.NeighVlanSuppress) ?? link.NeighVlanSuppress },
                "neigh_forward_grat" => link with { NeighForwardGrat = line.OnOff(Setting.NeighForwardGrat) ?? link.NeighForwardGrat },
                "vlan_tunnel" => link with { VlanTunnel = line.OnOff(Setting.VlanTunnel) ?? link.VlanTunnel },
                "backup_port" => link with { BackupPort = line.Value(Setting.BackupPort) ?? link.BackupPort },
                "backup_nhid" => link with { BackupNexthopId = line.LongNumber(Setting.BackupNexthopId) ?? link.BackupNexthopId },
                "isolated" => link with { Isolated = line.OnOff(Setting.Isolated) ?? link.Isolated },
                "locked" => link with { Locked = line.OnOff(Setting.Locked) ?? link.Locked },
                "mab" => link with { Mab = line.OnOff(Setting.Mab) ?? link.Mab },
                "mcast_n_groups" => link with { McastGroups = line.Number(Setting.McastGroups) ?? link.McastGroups },
                "mcast_max_groups" => link with { McastMaxGroups = line.Number(Setting.McastMaxGroups) ?? link.McastMaxGroups },
                "hwmode" when mode.Length == 0 => link with { HwMode = line.Value(Setting.HwMode) ?? link.HwMode },
                _ => link,
            };
        }

        var (words, form) = line.End();
        return link with { SettingWords = words, SettingsForm = form, IsOnSameLine = isOnSameLine };
    }
}
