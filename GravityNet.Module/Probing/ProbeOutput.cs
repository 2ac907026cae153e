using System.Globalization;
using System.Text.RegularExpressions;

namespace GravityNet.Probing;

/// <summary>
/// Reads what ping (iputils and busybox), and bash's TCP and UDP devices print.
/// </summary>
internal static partial class ProbeOutput
{
    /// <summary>timeout(1) ended the command.</summary>
    private const int TimedOut = 124;

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

    // A missing tool, or a pod's process that ended between the question and the probe.
    private static string? CannotRun(Probe probe, int exitCode, string text)
    {
        var (tool, package) = probe.Protocol == ProbeProtocols.Icmp ? ("ping", "iputils-ping") : ("bash", "bash");
        if (exitCode is 126 or 127 || text.Contains("failed to execute", StringComparison.Ordinal))
        {
            // nsenter and timeout name the tool that they could not start; a shell that lacks nsenter or timeout names that
            foreach (var other in (ReadOnlySpan<string>)["nsenter", "timeout"])
            {
                if (text.Contains($"{other}: not found", StringComparison.Ordinal) || text.Contains($"{other}: command not found", StringComparison.Ordinal)) tool = other;
            }

            if (tool == "nsenter") package = "util-linux";
            if (tool == "timeout") package = "coreutils";
            return $"'{tool}' is not there on {probe.From.Node} (Debian package {package})";
        }

        return text.StartsWith("nsenter: ", StringComparison.Ordinal)
            ? $"the network namespace of {probe.From.Name} could not be entered on {probe.From.Node}: {FirstLine(text)}"
            : null;
    }

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
        if (exitCode == TimedOut) return new(ProbeVerdict.Lost, 1, 0, null, "no answer to the connection request");
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
            var detail = answer.Addresses.Count > 0
                ? $"{queryName} has address {string.Join(", ", answer.Addresses)}"
                : $"answered {answer.ResponseWord} for {queryName}";
            return new(ProbeVerdict.Ok, 1, 1, null, detail);
        }

        if (Meaning(text) is { } meaning) return new(meaning, 1, 0, null, LastWords(text));
        if (exitCode == TimedOut) return new(ProbeVerdict.Lost, 1, 0, null, "no answer to the query");
        return ProbeAnswer.Unknown(text.Length > 0 ? LastWords(text) : $"the query ended with exit code {exitCode}");
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

    [GeneratedRegex(@"min/avg/max(?:/mdev)? = [\d.]+/([\d.]+)/")]
    private static partial Regex TimesLine();

    [GeneratedRegex(@"^From \S+ |^(ping: |connect: )")]
    private static partial Regex ComplaintLine();

    [GeneratedRegex(@"^( ?[0-9a-f]{2})+ *$")]
    private static partial Regex HexLine();

    [GeneratedRegex(@"^clock (\d+\.\d+) (\d+\.\d+)$", RegexOptions.Multiline)]
    private static partial Regex ClockLine();
}
