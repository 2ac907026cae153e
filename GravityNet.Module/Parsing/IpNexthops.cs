using GravityNet.Text;
using static GravityNet.NexthopObject;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip [-d] [-s] nexthop show</c>.
/// </summary>
public static class IpNexthops
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<NexthopObject> Parse(string node, string fact, string text)
    {
        var nexthops = new List<NexthopObject>();
        var unread = new List<SourceLine>();
        var lines = new FactLines(node, fact, text);
        var pool = new LinePool();
        Span<char> buffer = stackalloc char[LineReader.BufferSize];
        var isOpen = false;
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            var line = new LineReader(lines.Current, buffer, pool);
            line.Next();
            if (isOpen && lines.IsIndented && Continue(nexthops[^1], lines, ref line) is { } longer)
            {
                nexthops[^1] = longer;
                continue;
            }

            var nexthop = Line(node, lines.Source(), ref line);
            isOpen = nexthop is not null;
            if (nexthop is null) unread.Add(lines.Source());
            else nexthops.Add(nexthop);
        }

        return new(nexthops, unread);
    }

    /// <summary>The nexthop with the line under it, of which the first word has been read; null where the line is none of its.</summary>
    internal static NexthopObject? Continue(NexthopObject nexthop, FactLines lines, ref LineReader line)
    {
        if (nexthop.StatisticsHead.Length == 0) return lines.Current.TrimStart() is "stats:" ? nexthop with { StatisticsHead = lines.Current.ToString() } : null;
        if (line.Current is not "id" || line.LongNumber(NexthopStatistics.Field.Id) is not { } id) return null;
        long? packets = null, hardware = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "packets": packets = line.LongNumber(NexthopStatistics.Field.Packets) ?? packets; break;
                case "packets_hw": hardware = line.LongNumber(NexthopStatistics.Field.HardwarePackets) ?? hardware; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return nexthop with { Statistics = [.. nexthop.Statistics, new() { Id = id, Packets = packets, HardwarePackets = hardware, Words = words, Form = form, Source = lines.Source() }] };
    }

    /// <summary>A nexthop's line, of which the first word has been read; null where it is none. Nothing is taken from it then.</summary>
    internal static NexthopObject? Line(string node, SourceLine source, ref LineReader line)
    {
        var isInRoute = line.Current is "nh_info";
        if (isInRoute)
        {
            if (line.Peek() is not "id") return null;
            line.Take(Field.InRoute);
            line.Next();
        }

        if (line.Current is not "id" || line.LongNumber(Field.Id) is not { } id) return null;

        string type = "", gateway = "", device = "", scope = "", protocol = "";
        IReadOnlyList<NexthopMember> members = [];
        int? buckets = null;
        decimal? idle = null, unbalancedTimer = null, unbalanced = null;
        bool isBlackhole = false, isDead = false, isOnLink = false, isOffload = false, isTrap = false, isLinkDown = false, isFdb = false;
        bool? counts = null, counting = null;
        var isEncap = false;
        while (line.Next())
        {
            if (IpRoutes.IsWithin(ref isEncap, line.Current)) continue;
            switch (line.Current)
            {
                case "group" when Members(line.Peek()) is { } group: members = line.Value(Field.Members) is null ? members : group; break;
                case "type": type = line.Value(Field.Type) ?? type; break;
                case "buckets": buckets = line.Number(Field.Buckets) ?? buckets; break;
                case "idle_timer": idle = line.Decimal(Field.IdleTimer) ?? idle; break;
                case "unbalanced_timer": unbalancedTimer = line.Decimal(Field.UnbalancedTimer) ?? unbalancedTimer; break;
                case "unbalanced_time": unbalanced = line.Decimal(Field.UnbalancedTime) ?? unbalanced; break;
                case "via": gateway = line.Value(Field.Gateway) ?? gateway; break;
                case "dev": device = line.Value(Field.Interface) ?? device; break;
                case "scope": scope = line.Value(Field.Scope) ?? scope; break;
                case "blackhole": isBlackhole |= line.Take(Field.Blackhole); break;
                case "proto": protocol = line.Value(Field.Protocol) ?? protocol; break;
                case "dead": isDead |= line.Take(Field.Dead); break;
                case "onlink": isOnLink |= line.Take(Field.OnLink); break;
                case "offload": isOffload |= line.Take(Field.Offload); break;
                case "trap": isTrap |= line.Take(Field.Trap); break;
                case "linkdown": isLinkDown |= line.Take(Field.LinkDown); break;
                case "fdb": isFdb |= line.Take(Field.Fdb); break;
                // no blank parts the two in iproute2 7.1
                case "fdbhw_stats":
                    line.Cut("fdb".Length);
                    isFdb |= line.Take(Field.Fdb);
                    break;
                case "hw_stats": counts = line.OnOff(Field.HardwareStatistics) ?? counts; break;
                case "used": counting = line.OnOff(Field.HardwareStatisticsUsed) ?? counting; break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Node = node,
            IsInRoute = isInRoute,
            Id = id,
            Members = members,
            Type = type,
            Buckets = buckets,
            IdleTimer = idle,
            UnbalancedTimer = unbalancedTimer,
            UnbalancedTime = unbalanced,
            Gateway = gateway,
            Interface = device,
            Scope = scope,
            Blackhole = isBlackhole,
            Protocol = protocol,
            Dead = isDead,
            OnLink = isOnLink,
            Offload = isOffload,
            Trap = isTrap,
            LinkDown = isLinkDown,
            Fdb = isFdb,
            HardwareStatistics = counts,
            HardwareStatisticsUsed = counting,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    // 1,3/2,7/5
    private static List<NexthopMember>? Members(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty) return null;
        var members = new List<NexthopMember>();
        foreach (var part in word.Split('/'))
        {
            var member = word[part];
            var comma = member.IndexOf(',');
            var weight = 1;
            if (!LineReader.IsNumber(comma < 0 ? member : member[..comma], out long id)) return null;
            // of a weight of 1, nothing is printed
            if (comma >= 0 && !(LineReader.IsNumber(member[(comma + 1)..], out long number) && (weight = (int)Math.Min(number, int.MaxValue)) == number && weight != 1)) return null;
            members.Add(new(id, weight));
        }

        return members;
    }
}
