using GravityNet.Text;
using static GravityNet.Route;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ip [-d] route show [table all]</c>.
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
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            var line = new LineReader(lines.Current, buffer, pool);
            line.Next();
            // the ways of a multipath route stand under it
            if (lines.IsIndented && line.Current is "nexthop" && routes.Count > 0)
            {
                nexthops.Add(Nexthop(lines.Source(), ref line));
                continue;
            }

            Flush();
            if (Line(node, lines.Source(), ref line) is { } route) routes.Add(route);
            else unread.Add(lines.Source());
        }

        Flush();
        return new(routes, unread);

        void Flush()
        {
            if (nexthops.Count == 0) return;
            routes[^1] = routes[^1] with { Nexthops = [.. nexthops] };
            nexthops.Clear();
        }
    }

    // nexthop via 10.0.0.1 dev eth0 weight 1
    private static RouteNexthop Nexthop(SourceLine source, ref LineReader line)
    {
        line.Take(RouteNexthop.Field.Nexthop);
        string gateway = "", family = "", device = "";
        int? weight = null;
        var isOnLink = false;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "via": Gateway(ref line, RouteNexthop.Field.Gateway, ref family, ref gateway); break;
                case "dev": device = line.Value(RouteNexthop.Field.Interface) ?? device; break;
                case "weight": weight = line.Number(RouteNexthop.Field.Weight) ?? weight; break;
                case "onlink": isOnLink |= line.Take(RouteNexthop.Field.OnLink); break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new() { GatewayFamily = family, Gateway = gateway, Interface = device, Weight = weight, OnLink = isOnLink, Words = words, Form = form, Source = source };
    }

    // a gateway of another family is printed with its family: via inet6 fe80::1
    private static void Gateway<TField>(ref LineReader line, TField field, ref string family, ref string gateway) where TField : struct, Enum
    {
        if (line.Value(field) is not { } via) return;
        (family, gateway) = via is "inet" or "inet6" && line.More() is { } address ? (via, address) : ("", via);
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

        string gateway = "", family = "", device = "", table = "main", protocol = "", scope = "", preferred = "";
        int? metric = null;
        var isOnLink = false;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "via": Gateway(ref line, Field.Gateway, ref family, ref gateway); break;
                case "dev": device = line.Value(Field.Interface) ?? device; break;
                case "table": table = line.Value(Field.Table) ?? table; break;
                case "proto": protocol = line.Value(Field.Protocol) ?? protocol; break;
                case "scope": scope = line.Value(Field.Scope) ?? scope; break;
                case "src": preferred = line.Value(Field.PreferredSource) ?? preferred; break;
                case "metric": metric = line.Number(Field.Metric) ?? metric; break;
                case "onlink": isOnLink |= line.Take(Field.OnLink); break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new()
        {
            Node = node,
            Type = type,
            Destination = destination,
            GatewayFamily = family,
            Gateway = gateway,
            Interface = device,
            Table = table,
            Protocol = protocol,
            Scope = scope,
            PreferredSource = preferred,
            Metric = metric,
            OnLink = isOnLink,
            Words = words,
            Form = form,
            Source = source,
        };
    }
}
