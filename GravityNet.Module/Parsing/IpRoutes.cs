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
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            // an indented line is a nexthop of the multipath route above: kept with it
            if (lines.IsIndented && routes.Count > 0) routes[^1] = routes[^1] with { Words = [.. routes[^1].Words, lines.Current.Trim().ToString()] };
            else if (Line(node, ref lines) is { } route) routes.Add(route);
            else unread.Add(lines.Source());
        }

        return new(routes, unread);
    }

    private static Route? Line(string node, ref FactLines lines)
    {
        var words = new Words(lines.Current);
        words.Next();
        var type = "unicast";
        if (words.Current is "unicast" or "local" or "broadcast" or "multicast" or "anycast" or "blackhole" or "unreachable" or "prohibit" or "throw" or "nat")
        {
            type = words.Current.ToString();
            words.Next();
        }

        if (words.Current is not "default" && !words.IsNetwork) return null;
        var route = new Route { Node = node, Type = type, Destination = words.Current.ToString(), Source = lines.Source() };
        var rest = new List<string>();
        while (words.Next())
        {
            switch (words.Current)
            {
                case "via":
                    // a gateway of another family is printed with its family: via inet6 fe80::1
                    var gateway = words.Text();
                    route = route with { Gateway = gateway is "inet" or "inet6" ? words.Text() : gateway };
                    break;
                case "dev": route = route with { Interface = words.Text() }; break;
                case "table": route = route with { Table = words.Text() }; break;
                case "proto": route = route with { Protocol = words.Text() }; break;
                case "scope": route = route with { Scope = words.Text() }; break;
                case "src": route = route with { PreferredSource = words.Text() }; break;
                case "metric": route = route with { Metric = words.Number() }; break;
                case "onlink": route = route with { OnLink = true }; break;
                default: rest.Add(words.Current.ToString()); break;
            }
        }

        return route with { Words = rest };
    }
}
