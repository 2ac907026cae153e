using GravityNet.Text;
using static GravityNet.Route;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip [-d] [-s] [-o] route show [table all]</c>, and what <c>ip route get</c> prints.
/// </summary>
public static class IpRoutes
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<Route> Parse(string node, string fact, string text)
    {
        var routes = new List<Route>();
        var unread = new List<SourceLine>();
        var nexthops = new List<RouteNexthop>();
        var lines = new FactLines(node, fact, text);
        var pool = new LinePool();
        Span<char> buffer = stackalloc char[LineReader.BufferSize];
        var isOpen = false;
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            // what the kernel remembers of a route, and the ways of a multipath route, stand under it
            if (isOpen && lines.IsIndented && Continue(lines, lines.Current, isOnSameLine: false, buffer)) continue;

            Flush();
            var line = lines.Current;
            var end = EndOfFirst(line);
            var reader = new LineReader(line[..end], buffer, pool);
            reader.Next();
            var route = Line(node, lines.Source(), ref reader);
            isOpen = route is not null;
            if (route is null)
            {
                unread.Add(lines.Source());
                continue;
            }

            routes.Add(route);
            for (line = line[end..]; !line.IsEmpty; line = line[end..])
            {
                line = line[1..];
                end = EndOfPart(line);
                Continue(lines, line[..end], isOnSameLine: true, buffer);
            }
        }

        Flush();
        return new(routes, unread);

        bool Continue(FactLines lines, ReadOnlySpan<char> part, bool isOnSameLine, Span<char> items)
        {
            var reader = new LineReader(part, items, pool);
            reader.Next();
            if (reader.Current is "nexthop")
            {
                nexthops.Add(Nexthop(lines.Source(), isOnSameLine, ref reader));
                return true;
            }

            // these come before
            if (nexthops.Count > 0) return false;
            var route = routes[^1];
            var longer = route switch
            {
                { NexthopInfo: { } info } => IpNexthops.Continue(info, lines, ref reader) is { } more ? route with { NexthopInfo = more } : null,
                _ when reader.Current is "nh_info" => IpNexthops.Line(node, lines.Source(), ref reader) is { } info ? route with { NexthopInfo = info } : null,
                { Cache: null } when reader.Current is "cache" => route with { Cache = Cache(lines.Source(), isOnSameLine, ref reader) },
                _ => null,
            };
            if (longer is not null) routes[^1] = longer;
            return longer is not null;
        }

        void Flush()
        {
            if (nexthops.Count == 0) return;
            routes[^1] = routes[^1] with { Nexthops = [.. nexthops] };
            nexthops.Clear();
        }
    }

    // ip -o has a backslash in the place of each line end; where another thing follows it, it is a word like others
    private static int EndOfFirst(ReadOnlySpan<char> line)
    {
        var end = EndOfPart(line);
        var isFirst = true;
        for (var rest = line[end..]; !rest.IsEmpty; isFirst = false)
        {
            rest = rest[1..];
            var next = EndOfPart(rest);
            var words = new Words(rest[..next]);
            if (!(words.Next() && (words.Current is "nexthop" || (isFirst && words.Current is "cache")))) return line.Length;
            rest = rest[next..];
        }

        return end;
    }

    private static int EndOfPart(ReadOnlySpan<char> line) => line.IndexOf('\\') is >= 0 and var end ? end : line.Length;

    // nexthop via 10.0.0.1 dev eth0 weight 1
    private static RouteNexthop Nexthop(SourceLine source, bool isOnSameLine, ref LineReader line)
    {
        line.Take(RouteNexthop.Field.Nexthop);
        string gateway = "", family = "", device = "", realms = "";
        int? weight = null;
        bool isDead = false, isOnLink = false, isPervasive = false, isOffload = false, isTrap = false, isLinkDown = false, isUnresolved = false;
        var isEncap = false;
        while (line.Next())
        {
            if (IsWithin(ref isEncap, line.Current)) continue;
            switch (line.Current)
            {
                case "via": Gateway(ref line, RouteNexthop.Field.Gateway, ref family, ref gateway); break;
                case "realm" or "realms": Realms(ref line, RouteNexthop.Field.Realms, ref realms); break;
                case "dev": device = line.Value(RouteNexthop.Field.Interface) ?? device; break;
                case "weight": weight = line.Number(RouteNexthop.Field.Weight) ?? weight; break;
                case "dead": isDead |= line.Take(RouteNexthop.Field.Dead); break;
                case "onlink": isOnLink |= line.Take(RouteNexthop.Field.OnLink); break;
                case "pervasive": isPervasive |= line.Take(RouteNexthop.Field.Pervasive); break;
                case "offload": isOffload |= line.Take(RouteNexthop.Field.Offload); break;
                case "trap": isTrap |= line.Take(RouteNexthop.Field.Trap); break;
                case "linkdown": isLinkDown |= line.Take(RouteNexthop.Field.LinkDown); break;
                case "unresolved": isUnresolved |= line.Take(RouteNexthop.Field.Unresolved); break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            GatewayFamily = family,
            Gateway = gateway,
            Realms = realms,
            Interface = device,
            Weight = weight,
            Dead = isDead,
            OnLink = isOnLink,
            Pervasive = isPervasive,
            Offload = isOffload,
            Trap = isTrap,
            LinkDown = isLinkDown,
            Unresolved = isUnresolved,
            Words = words,
            Form = form,
            IsOnSameLine = isOnSameLine,
            Source = source,
        };
    }

    // cache <local> expires 500sec mtu 1400
    private static RouteCache Cache(SourceLine source, bool isOnSameLine, ref LineReader line)
    {
        line.Take(RouteCache.Field.Cache);
        IReadOnlyList<string> flags = [];
        IReadOnlyList<RouteMetric> metrics = [];
        var input = "";
        long? expires = null, error = null, users = null, used = null, age = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case ['<', .., '>'] word when line.Take(RouteCache.Field.Flags): flags = word[1..^1].ToString().Split(','); break;
                case "expires": expires = line.Signed(RouteCache.Field.Expires, "sec") ?? expires; break;
                case "error": error = line.Signed(RouteCache.Field.Error) ?? error; break;
                case "users": users = line.Signed(RouteCache.Field.Users) ?? users; break;
                case "used": used = line.Signed(RouteCache.Field.Used) ?? used; break;
                case "age": age = line.Signed(RouteCache.Field.Age, "sec") ?? age; break;
                case "iif": input = line.Value(RouteCache.Field.InputInterface) ?? input; break;
                default: Metrics(ref line, RouteCache.Field.Metrics, ref metrics); break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Flags = flags,
            ExpiresSeconds = expires,
            Error = error,
            Users = users,
            Used = used,
            AgeSeconds = age,
            Metrics = metrics,
            InputInterface = input,
            Words = words,
            Form = form,
            IsOnSameLine = isOnSameLine,
            Source = source,
        };
    }

    // What an encapsulation needs has words of its own that mean other things elsewhere (src, tos, table): all up to the gateway or the interface belong to it.
    internal static bool IsWithin(ref bool isEncap, ReadOnlySpan<char> word)
    {
        if (word is "encap") isEncap = true;
        else if (word is "via" or "dev") isEncap = false;
        return isEncap;
    }

    // a gateway of another family is printed with its family: via inet6 fe80::1
    private static void Gateway<TField>(ref LineReader line, TField field, ref string family, ref string gateway) where TField : struct, Enum
    {
        if (line.Value(field) is not { } via) return;
        (family, gateway) = via is "inet" or "inet6" && line.More() is { } address ? (via, address) : ("", via);
    }

    private static void Realms<TField>(ref LineReader line, TField field, ref string realms) where TField : struct, Enum
    {
        // 'realms' announces two with a slash between them, 'realm' one
        if (line.Peek().Contains('/') == line.Current is "realms") realms = line.Value(field) ?? realms;
    }

    // mtu lock 1400 advmss 1360
    private static void Metrics<TField>(ref LineReader line, TField field, ref IReadOnlyList<RouteMetric> metrics) where TField : struct, Enum
    {
        if (!RouteMetric.IsName(line.Current)) return;
        var name = line.Text();
        if (!line.Take(field)) return;
        var read = new List<RouteMetric>();
        while (true)
        {
            var isLocked = line.Peek() is "lock" && line.More() is not null;
            var value = name == "features" ? Features(ref line) : line.More() ?? "";
            read.Add(new(name, value, isLocked));
            if (!RouteMetric.IsName(line.Peek())) break;
            name = line.More()!;
        }

        metrics = read;
    }

    // by their names, or all as a number
    private static string Features(ref LineReader line)
    {
        var value = "";
        while (line.Peek() is var word && (word is "ecn" or "tcp_usec_ts" || word.StartsWith("0x"))) value += value.Length > 0 ? " " + line.More() : line.More();
        return value;
    }

    private static Route? Line(string node, SourceLine source, ref LineReader line)
    {
        var type = "unicast";
        if (line.Current is "unicast" or "local" or "broadcast" or "multicast" or "anycast" or "blackhole" or "unreachable" or "prohibit" or "throw" or "nat")
        {
            type = line.Text();
            line.Take(Field.Type);
            line.Next();
        }

        if (line.Current is not "default" && !line.IsNetwork) return null;
        var destination = line.Text();
        line.Take(Field.Destination);

        string gateway = "", family = "", device = "", table = "main", protocol = "", scope = "", preferred = "", from = "", tos = "", realms = "", input = "", preference = "";
        long? metric = null, nexthop = null, expires = null, error = null, users = null, used = null, age = null;
        bool isDead = false, isOnLink = false, isPervasive = false, isOffload = false, isTrap = false, isLinkDown = false, isUnresolved = false;
        bool isRtOffload = false, isRtTrap = false, isRtOffloadFailed = false, isMetricSigned = false;
        IReadOnlyList<RouteMetric> metrics = [];
        var isEncap = false;
        while (line.Next())
        {
            if (IsWithin(ref isEncap, line.Current)) continue;
            switch (line.Current)
            {
                case "from": from = line.Value(Field.From) ?? from; break;
                case "nhid": nexthop = line.LongNumber(Field.NexthopId) ?? nexthop; break;
                case "tos": tos = line.Value(Field.Tos) ?? tos; break;
                case "via": Gateway(ref line, Field.Gateway, ref family, ref gateway); break;
                case "dev": device = line.Value(Field.Interface) ?? device; break;
                case "table": table = line.Value(Field.Table) ?? table; break;
                case "proto": protocol = line.Value(Field.Protocol) ?? protocol; break;
                case "scope": scope = line.Value(Field.Scope) ?? scope; break;
                case "src": preferred = line.Value(Field.PreferredSource) ?? preferred; break;
                // busybox prints the large half of them below zero
                case "metric" when line.Peek().StartsWith("-"):
                    if (line.Signed(Field.Metric) is { } below and >= int.MinValue) (metric, isMetricSigned) = ((uint)below, true);
                    break;
                case "metric": metric = line.LongNumber(Field.Metric) ?? metric; break;
                case "dead": isDead |= line.Take(Field.Dead); break;
                case "onlink": isOnLink |= line.Take(Field.OnLink); break;
                case "pervasive": isPervasive |= line.Take(Field.Pervasive); break;
                case "offload": isOffload |= line.Take(Field.Offload); break;
                case "trap": isTrap |= line.Take(Field.Trap); break;
                case "linkdown": isLinkDown |= line.Take(Field.LinkDown); break;
                case "unresolved": isUnresolved |= line.Take(Field.Unresolved); break;
                case "rt_offload": isRtOffload |= line.Take(Field.RtOffload); break;
                case "rt_trap": isRtTrap |= line.Take(Field.RtTrap); break;
                case "rt_offload_failed": isRtOffloadFailed |= line.Take(Field.RtOffloadFailed); break;
                case "realm" or "realms": Realms(ref line, Field.Realms, ref realms); break;
                case "expires": expires = line.Signed(Field.Expires, "sec") ?? expires; break;
                case "error": error = line.Signed(Field.Error) ?? error; break;
                case "users": users = line.Signed(Field.Users) ?? users; break;
                case "used": used = line.Signed(Field.Used) ?? used; break;
                case "age": age = line.Signed(Field.Age, "sec") ?? age; break;
                case "iif": input = line.Value(Field.InputInterface) ?? input; break;
                case "pref": preference = line.Value(Field.Preference) ?? preference; break;
                default: Metrics(ref line, Field.Metrics, ref metrics); break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Node = node,
            Type = type,
            Destination = destination,
            From = from,
            NexthopId = nexthop,
            Tos = tos,
            GatewayFamily = family,
            Gateway = gateway,
            Interface = device,
            Table = table,
            Protocol = protocol,
            Scope = scope,
            PreferredSource = preferred,
            Metric = metric,
            IsMetricSigned = isMetricSigned,
            Dead = isDead,
            OnLink = isOnLink,
            Pervasive = isPervasive,
            Offload = isOffload,
            Trap = isTrap,
            LinkDown = isLinkDown,
            Unresolved = isUnresolved,
            RtOffload = isRtOffload,
            RtTrap = isRtTrap,
            RtOffloadFailed = isRtOffloadFailed,
            Realms = realms,
            ExpiresSeconds = expires,
            Error = error,
            Users = users,
            Used = used,
            AgeSeconds = age,
            Metrics = metrics,
            InputInterface = input,
            Preference = preference,
            Words = words,
            Form = form,
            Source = source,
        };
    }
}
