using System.Buffers;
using System.Globalization;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// The messages of flanneld that are known, and what they name. The words are those of its source: main.go, subnet/, backend/vxlan and network/ of 0.7 to 0.28.
/// </summary>
internal static class FlannelMessages
{
    private static readonly SearchValues<char> Decimals = SearchValues.Create("0123456789.");

    // whatever begins so says so; the longer ones stand before those that they begin with
    private static readonly (string Words, string Kind)[] Beginnings =
    [
        ("Searching for interface using ", FlannelEventKind.SearchingInterface),
        ("Determining IP address of default interface", FlannelEventKind.SearchingInterface),
        ("Could not find valid interface", FlannelEventKind.InterfaceNotFound),
        ("Failed to find any valid interface", FlannelEventKind.InterfaceNotFound),
        ("Failed to find interface to use", FlannelEventKind.InterfaceNotFound),
        ("Created subnet manager: ", FlannelEventKind.SubnetManagerCreated),
        ("Picking subnet in range ", FlannelEventKind.PickingSubnet),
        ("Picking ipv6 subnet in range ", FlannelEventKind.PickingSubnet),
        ("Error renewing lease", FlannelEventKind.LeaseRenewalFailed),
        ("Lease has been revoked", FlannelEventKind.LeaseExpired),
        ("Wrote subnet file to ", FlannelEventKind.WroteSubnetFile),
        ("Wrote flannel subnet file to ", FlannelEventKind.WroteSubnetFile),
        ("Failed to write subnet file", FlannelEventKind.SubnetFileFailed),
        ("error writing subnet file", FlannelEventKind.SubnetFileFailed),
        ("Running backend", FlannelEventKind.BackendRunning),
        ("Running flannel backend", FlannelEventKind.BackendRunning),
        ("watching for new subnet leases", FlannelEventKind.Watching),
        ("Watching for new subnet leases", FlannelEventKind.Watching),
        ("Watching for L3 misses", FlannelEventKind.Watching),
        ("Watch of subnet ", FlannelEventKind.WatchFailed),
        ("Watch subnets: ", FlannelEventKind.WatchFailed),
        ("Subnet watch failed", FlannelEventKind.WatchFailed),
        ("could not watch leases", FlannelEventKind.WatchFailed),
        ("etcd watch channel for ", FlannelEventKind.WatchFailed),
        ("error resetting etcd watch", FlannelEventKind.WatchFailed),
        ("Failed to establish etcd watch channel", FlannelEventKind.WatchFailed),
        ("Some iptables rules are missing", FlannelEventKind.IptablesRepaired),
        ("Adding iptables rule: ", FlannelEventKind.IptablesRuleAdded),
        ("Deleting iptables rule: ", FlannelEventKind.IptablesRuleDeleted),
        ("Failed to ensure iptables rules", FlannelEventKind.IptablesFailed),
        ("Failed to bootstrap IPTables", FlannelEventKind.IptablesFailed),
        ("Failed to setup IPTables", FlannelEventKind.IptablesFailed),
        ("Failed to setup IP6Tables", FlannelEventKind.IptablesFailed),
        ("Failed to setup iptables-restore", FlannelEventKind.IptablesFailed),
        ("Failed to setup masq rules", FlannelEventKind.IptablesFailed),
        ("AddARP failed", FlannelEventKind.ProgrammingFailed),
        ("AddFDB failed", FlannelEventKind.ProgrammingFailed),
        ("DelARP failed", FlannelEventKind.ProgrammingFailed),
        ("DelFDB failed", FlannelEventKind.ProgrammingFailed),
        ("AddV6ARP failed", FlannelEventKind.ProgrammingFailed),
        ("AddV6FDB failed", FlannelEventKind.ProgrammingFailed),
        ("DelV6ARP failed", FlannelEventKind.ProgrammingFailed),
        ("DelV6FDB failed", FlannelEventKind.ProgrammingFailed),
        ("AddL3 failed", FlannelEventKind.ProgrammingFailed),
        ("Add L2 failed", FlannelEventKind.ProgrammingFailed),
        ("Delete L2 failed", FlannelEventKind.ProgrammingFailed),
        ("L2 miss", FlannelEventKind.L2Miss),
        ("Couldn't find network config", FlannelEventKind.ConfigMissing),
        ("Exiting cleanly", FlannelEventKind.Stopping),
        ("shutdownHandler sent cancel signal", FlannelEventKind.Stopping),
    ];

    private delegate FlannelEvent? Reader(FlannelEvent said, ReadOnlySpan<char> text);

    // those that name something
    private static readonly Reader[] Readers = [Subnets, Leases, Interface, Backend, Device, Routes, Misses];

    /// <summary>The event with its kind and what its message names.</summary>
    public static FlannelEvent Classify(FlannelEvent said)
    {
        var text = said.Message.AsSpan().Trim();
        if (said.Identifier == "systemd") return Service(said, text);
        foreach (var (words, kind) in Beginnings)
        {
            if (text.StartsWith(words, StringComparison.Ordinal)) return said with { Kind = kind };
        }

        foreach (var reader in Readers)
        {
            if (reader(said, text) is { } known) return known;
        }

        // what its etcd client says is of many wordings
        return said.Level is "error" or "warning" or "fatal" && (text.Contains("etcd", StringComparison.Ordinal) || text.StartsWith("Couldn't fetch network config", StringComparison.Ordinal))
            ? said with { Kind = FlannelEventKind.EtcdError }
            : said;
    }

    private static FlannelEvent? Subnets(FlannelEvent said, ReadOnlySpan<char> text)
    {
        foreach (var (words, kind) in (ReadOnlySpan<(string, string)>)
            [
                ("adding subnet: ", FlannelEventKind.SubnetAdded), ("Adding subnet: ", FlannelEventKind.SubnetAdded), ("adding v6 subnet: ", FlannelEventKind.SubnetAdded),
                ("Adding direct route to subnet: ", FlannelEventKind.SubnetAdded), ("Adding v6 direct route to v6 subnet: ", FlannelEventKind.SubnetAdded),
                ("Subnet added: ", FlannelEventKind.SubnetAdded), ("removing subnet: ", FlannelEventKind.SubnetRemoved), ("removing v6subnet: ", FlannelEventKind.SubnetRemoved),
                ("Removing direct route to subnet: ", FlannelEventKind.SubnetRemoved), ("Removing v6 direct route to subnet: ", FlannelEventKind.SubnetRemoved),
                ("Subnet removed: ", FlannelEventKind.SubnetRemoved),
            ])
        {
            if (!text.StartsWith(words, StringComparison.Ordinal)) continue;
            var rest = text[words.Length..];
            var publicIP = After(rest, " PublicIP: ") is { Length: > 0 } v4 ? v4 : After(rest, " PublicIPv6: ") is { Length: > 0 } v6 ? v6 : After(rest, " via ");
            return said with { Kind = kind, Subnet = Word(rest), PublicIP = publicIP, VtepMAC = After(rest, " VtepMAC: ") };
        }

        return text.StartsWith("ignoring non-vxlan subnet(", StringComparison.OrdinalIgnoreCase) ? said with { Kind = FlannelEventKind.SubnetIgnored, Subnet = Parenthesis(text), BackendType = After(text, "type=") } : null;
    }

    private static FlannelEvent? Leases(FlannelEvent said, ReadOnlySpan<char> text)
    {
        if (text.StartsWith("Allocated lease (", StringComparison.Ordinal))
            return said with { Kind = FlannelEventKind.LeaseAllocated, Subnet = LeaseOf(text), PublicIP = Parenthesis(From(text, " to current node ")) };
        if (text.StartsWith("Found lease (", StringComparison.Ordinal) || text.StartsWith("Found previously leased subnet (", StringComparison.Ordinal))
        {
            var kind = text.Contains("not compatible", StringComparison.Ordinal) ? FlannelEventKind.LeaseIncompatible : FlannelEventKind.LeaseReused;
            return said with { Kind = kind, Subnet = LeaseOf(text), PublicIP = Parenthesis(From(text, " for current IP ")) };
        }

        if (text.StartsWith("Waiting for ", StringComparison.Ordinal) && text["Waiting for ".Length..] is var wait && wait.EndsWith(" to renew lease", StringComparison.Ordinal))
            return said with { Kind = FlannelEventKind.LeaseRenewalDue, RenewSeconds = Duration(wait[..^" to renew lease".Length]) };
        return text.StartsWith("Lease renewed, new expiration: ", StringComparison.Ordinal)
            ? said with { Kind = FlannelEventKind.LeaseRenewed, Expiration = GoTime(text["Lease renewed, new expiration: ".Length..]) }
            : null;
    }

    private static FlannelEvent? Interface(FlannelEvent said, ReadOnlySpan<char> text)
    {
        if (text.StartsWith("Using interface with name ", StringComparison.Ordinal))
            return said with { Kind = FlannelEventKind.InterfaceChosen, Interface = After(text, "with name "), PublicIP = After(text, " address ") };
        if (text.StartsWith("The interface ", StringComparison.Ordinal) && text.Contains(" will be used by flannel", StringComparison.Ordinal))
            return said with { Kind = FlannelEventKind.InterfaceChosen, Interface = Word(text["The interface ".Length..]), PublicIP = After(text, " address ") };
        if (text.StartsWith("Defaulting external ", StringComparison.Ordinal)) return said with { Kind = FlannelEventKind.ExternalAddress, PublicIP = Parenthesis(text) };
        return text.StartsWith("Using ", StringComparison.Ordinal) && text.EndsWith(" as external address", StringComparison.Ordinal)
            ? said with { Kind = FlannelEventKind.ExternalAddress, PublicIP = Word(text["Using ".Length..]) }
            : null;
    }

    private static FlannelEvent? Backend(FlannelEvent said, ReadOnlySpan<char> text)
    {
        if (text.StartsWith("Found network config - Backend type: ", StringComparison.Ordinal))
            return said with { Kind = FlannelEventKind.BackendConfig, BackendType = Word(text["Found network config - Backend type: ".Length..]) };
        if (text.StartsWith("Starting flannel with backend ", StringComparison.Ordinal))
            return said with { Kind = FlannelEventKind.BackendConfig, BackendType = Word(text["Starting flannel with backend ".Length..]) };
        if (!text.StartsWith("VXLAN config: ", StringComparison.Ordinal)) return null;
        return said with
        {
            Kind = FlannelEventKind.BackendConfig,
            BackendType = "vxlan",
            Interface = After(text, " Name="),
            Vni = Number(After(text, " VNI=")),
            Port = Number(After(text, " Port=")),
            DirectRouting = After(text, " DirectRouting=") switch { "true" => true, "false" => false, _ => null },
        };
    }

    private static FlannelEvent? Device(FlannelEvent said, ReadOnlySpan<char> text)
    {
        if (text is ['"', ..] && text.EndsWith("recreating device", StringComparison.Ordinal) && text[1..].IndexOf('"') is > 0 and var end)
            return said with { Kind = FlannelEventKind.DeviceRecreated, Interface = text[1..(end + 1)].ToString() };
        return null;
    }

    private static FlannelEvent? Routes(FlannelEvent said, ReadOnlySpan<char> text)
    {
        if (text.StartsWith("Route recovered ", StringComparison.Ordinal)) return said with { Kind = FlannelEventKind.RouteRecovered, Subnet = Word(text["Route recovered ".Length..]) };
        if (text.StartsWith("Error adding route to ", StringComparison.Ordinal) || text.StartsWith("Error deleting route to ", StringComparison.Ordinal))
            return said with { Kind = FlannelEventKind.ProgrammingFailed, Subnet = After(text, " route to ").TrimEnd(':') };
        return text.StartsWith("failed to ", StringComparison.Ordinal) && text.Contains("vxlanRoute (", StringComparison.OrdinalIgnoreCase)
            ? said with { Kind = FlannelEventKind.ProgrammingFailed, Subnet = Word(Parenthesis(text)) }
            : null;
    }

    private static FlannelEvent? Misses(FlannelEvent said, ReadOnlySpan<char> text) =>
        text.StartsWith("L3 miss", StringComparison.Ordinal) ? said with { Kind = FlannelEventKind.L3Miss, PublicIP = "", Subnet = After(text, " for ") } : null;

    private static FlannelEvent Service(FlannelEvent said, ReadOnlySpan<char> text)
    {
        var kind = text.StartsWith("Starting ", StringComparison.Ordinal) ? FlannelEventKind.ServiceStarting
            : text.StartsWith("Started ", StringComparison.Ordinal) ? FlannelEventKind.ServiceStarted
            : text.StartsWith("Stopped ", StringComparison.Ordinal) ? FlannelEventKind.ServiceStopped
            : text.Contains("ain process exited", StringComparison.Ordinal) || text.Contains("Failed with result", StringComparison.Ordinal) || text.StartsWith("Failed to start ", StringComparison.Ordinal) ? FlannelEventKind.ServiceFailed
            : "";
        return said with { Kind = kind };
    }

    // "(10.244.19.0/24)", and of a dual stack "(ip: 10.244.19.0/24 ipv6: ...)"
    private static string LeaseOf(ReadOnlySpan<char> text) => Parenthesis(text) is var inside && inside.StartsWith("ip: ", StringComparison.Ordinal) ? Word(inside.AsSpan(4)) : inside;

    private static ReadOnlySpan<char> From(ReadOnlySpan<char> text, string words) => text.IndexOf(words, StringComparison.Ordinal) is >= 0 and var at ? text[at..] : default;

    private static string Parenthesis(ReadOnlySpan<char> text)
    {
        var start = text.IndexOf('(');
        var end = start < 0 ? -1 : text[start..].IndexOf(')');
        return end < 0 ? "" : text[(start + 1)..(start + end)].ToString();
    }

    private static string Word(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny(' ', ',');
        return (end < 0 ? text : text[..end]).ToString();
    }

    private static string After(ReadOnlySpan<char> text, string words) => text.IndexOf(words, StringComparison.Ordinal) is >= 0 and var at ? Word(text[(at + words.Length)..]) : "";

    private static int? Number(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // Go's durations: 22h59m59.600169973s
    private static double? Duration(ReadOnlySpan<char> text)
    {
        var seconds = 0d;
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAnyExcept(Decimals);
            if (end <= 0 || !double.TryParse(text[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return null;
            var unit = text[end..];
            var length = unit.IndexOfAnyInRange('0', '9');
            if (length < 0) length = unit.Length;
            double? factor = unit[..length] switch { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, "µs" or "us" => 1e-6, "ns" => 1e-9, _ => null };
            if (factor is null) return null;
            seconds += value * factor.Value;
            text = unit[length..];
        }

        return seconds;
    }

    // Go's times: 2020-01-24 16:55:12.275 +0000 UTC
    private static DateTimeOffset? GoTime(ReadOnlySpan<char> text)
    {
        if (text.Length < 25 || text[10] != ' ') return null;
        var blank = text[11..].IndexOf(' ') + 11;
        if (blank < 19 || text.Length < blank + 6) return null;
        return LogPrefix.TimeOf($"{text[..10]}T{text[11..blank]}{text.Slice(blank + 1, 5)}", default);
    }
}
