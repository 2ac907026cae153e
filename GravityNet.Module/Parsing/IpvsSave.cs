namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>ipvsadm -Sn</c>.
/// </summary>
public static class IpvsSave
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<IpvsService> Parse(string node, string fact, string text)
    {
        var services = new List<IpvsService>();
        var servers = new List<List<IpvsServer>>();
        var byAddress = new Dictionary<(string Protocol, string Address, bool IsMarkOfIPv6), int>();
        var unread = new List<SourceLine>();
        var parts = new OptionLine();
        var lines = new FactLines(node, fact, text);
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            if (!Line(ref lines)) unread.Add(lines.Source());
        }

        return new([.. services.Select((service, i) => service with { Servers = servers[i] })], unread);

        // -A -t 10.96.0.10:53 -s rr
        // -a -t 10.96.0.10:53 -r 10.244.19.3:53 -m -w 1
        bool Line(ref FactLines lines)
        {
            parts.Read(lines.Current, 4);
            var isMarkOfIPv6 = parts[1] == "-f" && parts[3] == "-6";
            var protocol = parts[1] switch { "-t" => "tcp", "-u" => "udp", "--sctp-service" => "sctp", "-f" => "fwmark", _ => "" };
            if (parts.Count < 3 || protocol.Length == 0 || parts[0] is not ("-A" or "-a")) return false;
            var key = (protocol, parts[2], isMarkOfIPv6);
            if (parts[0] == "-A")
            {
                // all that follows is one part
                parts.Read(lines.Current, isMarkOfIPv6 ? 4 : 3);
                Add(new()
                {
                    Node = node,
                    Protocol = protocol,
                    ServiceAddress = parts[2],
                    IsMarkOfIPv6 = isMarkOfIPv6,
                    Options = parts[isMarkOfIPv6 ? 4 : 3],
                    Form = parts.Form,
                    Source = lines.Source(),
                });
                return true;
            }

            var at = isMarkOfIPv6 ? 4 : 3;
            parts.Read(lines.Current, at + 2);
            if (parts[at] != "-r" || parts.Count < at + 2) return false;
            if (!byAddress.TryGetValue(key, out var place))
                place = Add(new() { Node = node, Protocol = protocol, ServiceAddress = parts[2], IsMarkOfIPv6 = isMarkOfIPv6, IsAdded = false, Source = lines.Source() });
            servers[place].Add(new()
            {
                Protocol = protocol,
                ServiceAddress = parts[2],
                IsMarkOfIPv6 = isMarkOfIPv6,
                ServerAddress = parts[at + 1],
                Options = parts[at + 2],
                Form = parts.Form,
                Source = lines.Source(),
            });
            return true;
        }

        int Add(IpvsService service)
        {
            byAddress[(service.Protocol, service.ServiceAddress, service.IsMarkOfIPv6)] = services.Count;
            services.Add(service);
            servers.Add([]);
            return services.Count - 1;
        }
    }
}
