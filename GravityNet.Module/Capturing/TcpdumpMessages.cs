using System.Globalization;
using GravityNet.Sources;

namespace GravityNet.Capturing;

/// <summary>Reads what tcpdump says on its standard error.</summary>
internal static class TcpdumpMessages
{
    private const string Prefix = "tcpdump: ";

    /// <summary>The number before <c>packets received by filter</c> and its kin; null where the line is not there.</summary>
    public static long? Count(string error, string words)
    {
        foreach (var line in error.AsSpan().EnumerateLines())
        {
            // "1 packet received by filter", "2 packets received by filter"
            if (line.TrimEnd().EndsWith(words, StringComparison.Ordinal)
                && line.IndexOf(' ') is var end and > 0
                && long.TryParse(line[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                return count;
        }

        return null;
    }

    /// <summary>Why tcpdump did not capture.</summary>
    public static SourceException Failure(string node, CapturePlan plan, ShellResult result)
    {
        var said = FirstMessage(result.Error);
        if (result.ExitCode == CaptureScript.CommandMissing)
        {
            return new SourceException(
                SourceFailure.BadAnswer, node, $"There is no tcpdump on {node}.",
                $"Install it on {node}: apt install tcpdump (Debian, Ubuntu) or yum install tcpdump (RHEL, CentOS).");
        }

        if (Says("No such device"))
        {
            return new SourceException(
                SourceFailure.BadAnswer, node, $"{node} has no interface {plan.Interface} (tcpdump: {said}).",
                $"'ip link' on {node} lists its interfaces; Get-NodeBridge shows its bridges with their ports.");
        }

        if (Says("permission") || Says("not permitted"))
        {
            return new SourceException(
                SourceFailure.Denied, node, $"The login on {node} may not capture on {plan.Interface} (tcpdump: {said}).",
                "Connect as root, or with -Sudo as somebody who may use sudo there.");
        }

        if (plan.Filter is { } filter && (Says("syntax error") || Says("filter") || Says("expression") || Says("unknown host") || Says("parse")))
        {
            return new SourceException(
                SourceFailure.BadAnswer, node, $"tcpdump on {node} does not understand the filter '{filter}': {said}.",
                "See 'man pcap-filter' for the language, for example: icmp, or: udp port 53 and host 10.244.19.3.");
        }

        return new SourceException(
            SourceFailure.BadAnswer, node, $"tcpdump on {node} {plan.Interface} ended with exit code {result.ExitCode}: {(said.Length == 0 ? "it said nothing" : said)}.",
            $"Run it by hand on {node}: tcpdump -n -c 1 -i {plan.Interface}.");

        bool Says(string words) => result.Error.Contains(words, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The first line that is a complaint: neither "listening on" nor a warning.</summary>
    private static string FirstMessage(string error)
    {
        foreach (var raw in error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var line = raw.StartsWith(Prefix, StringComparison.Ordinal) ? raw[Prefix.Length..] : raw;
            if (!line.StartsWith("listening on", StringComparison.Ordinal) && !line.Contains("WARNING", StringComparison.OrdinalIgnoreCase)
                && !line.StartsWith("data link type", StringComparison.Ordinal))
                return line.TrimEnd('.');
        }

        return "";
    }
}
