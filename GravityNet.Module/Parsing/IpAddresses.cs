using System.Globalization;
using GravityNet.Text;
using static GravityNet.InterfaceAddress;

namespace GravityNet.Parsing;

/// <summary>
/// Reads an address under a link, and the line of its lifetimes.
/// </summary>
internal static class IpAddresses
{
    /// <summary>Reads <c>inet 10.244.19.1/24 brd 10.244.19.255 scope global cni0</c>; null where the line is none.</summary>
    public static InterfaceAddress? Read(ReadOnlySpan<char> text, SourceLine source, LinkPool pool)
    {
        var line = pool.Read(text);
        line.Next();
        if (line.Current is not ("inet" or "inet6")) return null;
        var family = line.Text();
        line.Take(Field.Family);
        line.Next();
        // a point-to-point one reads 10.0.0.1 peer 10.0.0.2/32
        string address, peer = "";
        int prefix;
        if (line.Peek() is "peer")
        {
            if (!line.IsAddress) return null;
            address = line.Text();
            line.Take(Field.Address);
            line.Next();
            if (!IsNetwork(line.Peek(), out var length)) return null;
            var network = line.Value(Field.Peer)!;
            (peer, prefix) = (network[..length], Prefix(network, length));
        }
        else
        {
            if (!IsNetwork(line.Current, out var length)) return null;
            var network = line.Text();
            line.Take(Field.Address);
            (address, prefix) = (network[..length], Prefix(network, length));
        }

        if (prefix > (family is "inet" ? 32 : 128)) return null;
        string scope = "", broadcast = "", anycast = "", protocol = "", label = "";
        long? metric = null;
        List<string>? flags = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "metric": metric = line.LongNumber(Field.Metric) ?? metric; break;
                case "brd": broadcast = line.Value(Field.Broadcast) ?? broadcast; break;
                case "any": anycast = line.Value(Field.Anycast) ?? anycast; break;
                case "scope": scope = line.Value(Field.Scope) ?? scope; break;
                case "proto": protocol = line.Value(Field.Protocol) ?? protocol; break;
                case var flag when IsFlag(flag):
                    flags ??= Flags(ref line);
                    break;
                // the label is the last word
                case var last when line.Rest.IsEmpty && scope.Length > 0:
                    label = pool.Lines.Text(last);
                    if (!line.Take(Field.Label)) label = "";
                    break;
                default: break;
            }
        }

        var (words, form) = line.End();
        return new(family, address, prefix, scope)
        {
            Peer = peer,
            Metric = metric,
            Broadcast = broadcast,
            Anycast = anycast,
            Flags = flags ?? [],
            Protocol = protocol,
            Label = label,
            Words = words,
            Form = form,
            Source = source,
        };
    }

    /// <summary>The address with what <c>valid_lft forever preferred_lft 3600sec</c> tells of it; null where the line is something else.</summary>
    public static InterfaceAddress? WithLifetime(InterfaceAddress address, ReadOnlySpan<char> text, LinkPool pool)
    {
        var line = pool.Read(text);
        long? valid = null, preferred = null;
        while (line.Next())
        {
            switch (line.Current)
            {
                case "valid_lft" when Seconds(ref line, LifetimeField.Valid) is { } seconds: valid = seconds; break;
                case "preferred_lft" when Seconds(ref line, LifetimeField.Preferred) is { } seconds: preferred = seconds; break;
                default: return null;
            }
        }

        return address with { ValidLifetime = valid, PreferredLifetime = preferred, LifetimeForm = line.End().Form };
    }

    private static List<string> Flags(ref LineReader line)
    {
        var flags = new List<string> { line.Text() };
        line.Take(Field.Flags);
        while (IsFlag(line.Peek())) flags.Add(line.More()!);
        return flags;
    }

    // iproute2's ifa_flag_data, and 'dynamic' for an address that is not permanent
    private static bool IsFlag(ReadOnlySpan<char> word) =>
        word is "secondary" or "temporary" or "nodad" or "optimistic" or "dadfailed" or "home" or "deprecated" or "tentative" or "permanent" or "mngtmpaddr"
            or "noprefixroute" or "autojoin" or "stable-privacy" or "dynamic";

    // a deprecated address's preferred lifetime counts on below 0
    private static long? Seconds(ref LineReader line, LifetimeField field)
    {
        if (line.Peek() is "forever") return line.Value(field) is null ? null : Forever;
        return line.Peek() is "4294967295sec" ? null : line.Signed(field, "sec");
    }

    private static bool IsNetwork(ReadOnlySpan<char> word, out int address)
    {
        address = word.IndexOf('/');
        return address > 0 && LineReader.IsAddressText(word[..address]) && LineReader.IsNumber(word[(address + 1)..], out _) && word.Length - address <= "/128".Length;
    }

    private static int Prefix(string network, int slash) => int.Parse(network.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture);
}
