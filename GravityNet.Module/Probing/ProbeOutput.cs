using System.Globalization;
using System.Text.RegularExpressions;

namespace GravityNet.Probing;

/// <summary>
/// Reads what ping (iputils and busybox), bash's TCP and UDP devices, and what stands in for them (nc, dig, nslookup) print.
/// </summary>
internal static partial class ProbeOutput
{
    // timeout(1) ended the command: coreutils says 124, busybox and a shell that did it itself what a TERM leaves
    private static bool IsTimedOut(int exitCode) => exitCode is 124 or 143;

    /// <summary>Reads one probe's output.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="exitCode">Of the last try.</param>
    /// <param name="tries">How often it was tried.</param>
    /// <param name="text">Standard output and error of the last try.</param>
    /// <param name="queryId">The id of the DNS query.</param>
    /// <param name="queryName">The name that was asked for.</param>
    public static ProbeAnswer Read(Probe probe, int exitCode, int tries, string text, ushort queryId, string queryName)
    {
        if (CannotRun(probe, exitCode, text) is { } reason) return ProbeAnswer.Unknown(reason);
        var answer = probe.Protocol switch
        {
            ProbeProtocols.Icmp => Ping(text),
            ProbeProtocols.Dns => Dns(exitCode, text, queryId, queryName),
            _ => Tcp(exitCode, text),
        };
        return answer.Verdict == ProbeVerdict.Unknown ? answer : answer with { Sent = answer.Sent + tries - 1 };
    }

    // A missing tool, a login that may not send, or a pod's process that ended between the question and the probe.
    private static string? CannotRun(Probe probe, int exitCode, string text)
    {
        if (exitCode is 126 or 127 || text.Contains("failed to execute", StringComparison.Ordinal))
        {
            // nsenter names the tool that it could not start; a shell that lacks nsenter names that
            var tools = IsNotFound(text, "nsenter") ? "'nsenter' is not there on {0} (Debian package util-linux)" : probe.Protocol switch
            {
                ProbeProtocols.Icmp => "'ping' is not there on {0} (Debian package iputils-ping)",
                ProbeProtocols.Dns => "none of 'bash' with 'timeout', 'dig' and 'nslookup' is there on {0} (Debian packages bash, bind9-dnsutils)",
                _ => "neither 'bash' nor 'nc' is there on {0} (Debian packages bash, netcat-openbsd)",
            };
            return string.Format(CultureInfo.InvariantCulture, tools, probe.From.Node);
        }

        if (MayNotPing().Match(text) is { Success: true } said) return $"the login may not ping from {probe.From.Name}: {said.Value.Trim()}; connect as root, or with -Sudo";
        if (!text.StartsWith("nsenter: ", StringComparison.Ordinal)) return null;
        var remedy = text.Contains("denied", StringComparison.Ordinal) || text.Contains("not permitted", StringComparison.Ordinal) ? "; connect as root, or with -Sudo" : "";
        return $"the network namespace of {probe.From.Name} could not be entered on {probe.From.Node}: {FirstLine(text)}{remedy}";
    }

    private static bool IsNotFound(string text, string tool) =>
        text.Contains($"{tool}: not found", StringComparison.Ordinal) || text.Contains($"{tool}: command not found", StringComparison.Ordinal) || text.Contains($"'{tool}'", StringComparison.Ordinal);

    /// <summary>Reads ping's output.</summary>
    public static ProbeAnswer Ping(string text)
    {
        // "From 10.244.65.0 icmp_seq=1 Destination Host Unreachable", "ping: local error: message too long, mtu=1450"
        var complaint = text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => ComplaintLine().IsMatch(l)) ?? "";
        var totals = TotalsLine().Match(text);
        if (!totals.Success)
        {
            if (Meaning(text) is { } meaning) return new(meaning, 1, 0, null, complaint.Length > 0 ? complaint : FirstLine(text));
            return ProbeAnswer.Unknown($"ping said: {FirstLine(text)}");
        }

        var sent = int.Parse(totals.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var received = int.Parse(totals.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        var times = TimesLine().Match(text);
        double? rtt = times.Success ? double.Parse(times.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;
        var verdict = received == 0 ? Meaning(complaint) ?? ProbeVerdict.Lost : received < sent ? ProbeVerdict.Partial : ProbeVerdict.Ok;
        return new(verdict, sent, received, rtt, received < sent ? complaint : "");
    }

    private static ProbeAnswer Tcp(int exitCode, string text)
    {
        if (exitCode == 0) return new(ProbeVerdict.Ok, 1, 1, Elapsed(text), "connected");
        // nc has a limit of its own
        if (IsTimedOut(exitCode) || text.Contains("timed out", StringComparison.Ordinal)) return new(ProbeVerdict.Lost, 1, 0, null, "no answer to the connection request");
        return Meaning(text) is { } meaning ? new(meaning, 1, 0, null, LastWords(text)) : ProbeAnswer.Unknown(LastWords(text));
    }

    private static ProbeAnswer Dns(int exitCode, string text, ushort queryId, string queryName)
    {
        var bytes = new List<byte>();
        foreach (var line in text.Split('\n').Where(l => HexLine().IsMatch(l)))
        {
            foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) bytes.Add(byte.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        if (bytes.Count > 0)
        {
            if (DnsMessage.Read([.. bytes]) is not { } answer || answer.Id != queryId) return ProbeAnswer.Unknown($"{bytes.Count} bytes came back that are no answer to the query");
            return new(ProbeVerdict.Ok, 1, 1, null, Words(answer.ResponseWord, answer.Addresses));
        }

        // dig's and nslookup's words for what came back, before those for what did not: a server may answer REFUSED
        if (AnswerCode().Match(text) is { Success: true } said) return new(ProbeVerdict.Ok, 1, 1, null, Answer(said.Groups[1].Value, AddressLine().Matches(text)));
        if (NamedLine().Match(text) is { Success: true } named) return new(ProbeVerdict.Ok, 1, 1, null, Answer("NOERROR", AddressLine().Matches(text[named.Index..])));
        if (Meaning(text) is { } meaning) return new(meaning, 1, 0, null, LastWords(text));
        if (IsTimedOut(exitCode) || text.Contains("no servers could be reached", StringComparison.Ordinal)) return new(ProbeVerdict.Lost, 1, 0, null, "no answer to the query");
        return ProbeAnswer.Unknown(text.Length > 0 ? LastWords(text) : $"the query ended with exit code {exitCode}");

        string Answer(string code, MatchCollection addresses) => Words(code, [.. addresses.Select(a => a.Groups[1].Value)]);
        string Words(string code, IReadOnlyList<string> addresses) =>
            addresses.Count > 0 ? $"{queryName} has address {string.Join(", ", addresses)}" : $"answered {code} for {queryName}";
    }

    // The words of the C library for ECONNREFUSED, EPERM (a firewall of the sender's own), EHOSTUNREACH, ENETUNREACH, and ping's for the ICMP errors.
    private static ProbeVerdict? Meaning(string text)
    {
        if (Says("refused") || Says("Operation not permitted") || Says("Prohibited") || Says("Packet filtered") || Says("Port Unreachable")) return ProbeVerdict.Refused;
        if (Says("Unreachable") || Says("No route to host") || Says("Time to live exceeded")) return ProbeVerdict.Unreachable;
        return null;

        bool Says(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
    }

    private static double? Elapsed(string text)
    {
        var match = ClockLine().Match(text);
        if (!match.Success) return null;
        var start = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var stop = double.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        return Math.Max(0, Math.Round((stop - start) * 1000, 3));
    }

    private static string FirstLine(string text) => text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "nothing";

    // "bash: connect: Connection refused" and "bash: line 1: /dev/tcp/10.0.0.1/80: Connection refused": the cause is the last part
    private static string LastWords(string text)
    {
        var line = text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => Meaning(l) is not null) ?? FirstLine(text);
        return line[(line.LastIndexOf(": ", StringComparison.Ordinal) is >= 0 and var at ? at + 2 : 0)..];
    }

    [GeneratedRegex(@"(\d+) packets transmitted, (\d+) (?:packets )?received")]
    private static partial Regex TotalsLine();

    // iputils, older iputils and busybox, of a socket that only root may open; "sendmsg: Operation not permitted" is a firewall's no
    [GeneratedRegex(@"^ping: (socktype: .*|socket: Operation not permitted|icmp open socket: .*|lacking privilege.*|permission denied \(are you root\?\))", RegexOptions.Multiline)]
    private static partial Regex MayNotPing();

    // ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1", "** server can't find NAME: NXDOMAIN"
    [GeneratedRegex(@"(?:HEADER<<-.* status: |^\*\* server can't find \S+: )([A-Z]+)", RegexOptions.Multiline)]
    private static partial Regex AnswerCode();

    // what nslookup prints before the addresses of a name
    [GeneratedRegex(@"^Name:", RegexOptions.Multiline)]
    private static partial Regex NamedLine();

    // "NAME. 5 IN A 10.100.0.1", "Address: 10.100.0.1"
    [GeneratedRegex(@"^(?:[^;\s]\S*\s+\d+\s+IN\s+A\s+|Address: )([\d.]+)", RegexOptions.Multiline)]
    private static partial Regex AddressLine();

    [GeneratedRegex(@"min/avg/max(?:/mdev)? = [\d.]+/([\d.]+)/")]
    private static partial Regex TimesLine();

    [GeneratedRegex(@"^From \S+ |^(ping: |connect: )")]
    private static partial Regex ComplaintLine();

    [GeneratedRegex(@"^( ?[0-9a-f]{2})+ *$")]
    private static partial Regex HexLine();

    [GeneratedRegex(@"^clock (\d+\.\d+) (\d+\.\d+)$", RegexOptions.Multiline)]
    private static partial Regex ClockLine();
}
