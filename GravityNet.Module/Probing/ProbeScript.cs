using System.Globalization;
using System.Net;
using System.Text;

namespace GravityNet.Probing;

/// <summary>
/// One shell script for all probes of a node, and the reading of what it prints. The probes run side by side, in a bounded number of lanes; each prints its whole
/// result with one write, so that results do not mix. Nothing is written to the node's disk.
/// </summary>
internal sealed class ProbeScript
{
    /// <summary>The name that DNS probes ask for: every cluster has it.</summary>
    public const string QueryName = "kubernetes.default.svc.cluster.local";

    /// <summary>Probes that run at the same time on one node.</summary>
    private const int Lanes = 48;
    private readonly IReadOnlyList<Probe> _probes;
    private readonly int _count;
    private readonly int _seconds;

    // in every frame: what a command prints can look like anything but this
    private readonly string _mark;

    /// <param name="probes">Probes of one node.</param>
    /// <param name="count">Echo requests a probe.</param>
    /// <param name="seconds">Seconds to wait for an answer.</param>
    public ProbeScript(IReadOnlyList<Probe> probes, int count, int seconds)
        : this(probes, count, seconds, $"@@gravitynet-{Guid.NewGuid():N}")
    {
    }

    internal ProbeScript(IReadOnlyList<Probe> probes, int count, int seconds, string mark)
    {
        _probes = probes;
        _count = Math.Clamp(count, 1, 20);
        _seconds = Math.Clamp(seconds, 1, 10);
        _mark = mark;
    }

    /// <summary>The time after which the script must have ended, whatever the network does.</summary>
    public TimeSpan Limit
    {
        get
        {
            var rounds = ((_probes.Count - 1) / Lanes) + 1;
            var once = _seconds + 1 + (_count > 1 ? _count * 0.2 : 0) + 0.5;
            return TimeSpan.FromSeconds((rounds * once * 2) + 10);
        }
    }

    /// <summary>The script, for a POSIX shell.</summary>
    public string Text
    {
        get
        {
            var script = new StringBuilder();
            // $1 is the probe's number; the rest is its command. One try more where there was no answer: the first packet may have been waiting for ARP.
            script.Append(CultureInfo.InvariantCulture, $$"""
                LC_ALL=C; export LC_ALL
                {{Tools}}
                probe() {
                  key=$1; shift; tries=1
                  out=$("$@" 2>&1 </dev/null); rc=$?
                  if [ {{(_count == 1 ? 1 : 0)}} -eq 1 ] && [ "$rc" -ne 0 ] && [ "$rc" -ne 126 ] && [ "$rc" -ne 127 ]; then
                    out=$("$@" 2>&1 </dev/null); rc=$?; tries=2
                  fi
                  printf '%s probe %s %s %s\n%s\n%s end\n' '{{_mark}}' "$key" "$rc" "$tries" "$out" '{{_mark}}'
                }

                """);
            for (var lane = 0; lane < Math.Min(Lanes, _probes.Count); lane++)
            {
                script.Append('(');
                for (var i = lane; i < _probes.Count; i += Lanes) script.Append(CultureInfo.InvariantCulture, $" probe {i} {Command(_probes[i], QueryId(i))};");
                script.Append(" ) &\n");
            }

            script.Append("wait\nexit 0\n");
            return script.ToString();
        }
    }

    /// <summary>Reads what the script printed: an answer for each probe, in their order.</summary>
    public IReadOnlyList<ProbeAnswer> Read(string output, string error)
    {
        var answers = new ProbeAnswer?[_probes.Count];
        var begin = _mark + " probe ";
        var end = "\n" + _mark + " end";
        var at = 0;
        while ((at = output.IndexOf(begin, at, StringComparison.Ordinal)) >= 0)
        {
            at += begin.Length;
            var lineEnd = output.IndexOf('\n', at);
            if (lineEnd < 0) break;
            var words = output[at..lineEnd].Split(' ');
            var endAt = output.IndexOf(end, lineEnd, StringComparison.Ordinal);
            if (endAt < 0) break;
            if (words.Length == 3 && Number(words[0], out var key) && Number(words[1], out var code) && Number(words[2], out var tries) && key < answers.Length)
            {
                answers[key] = ProbeOutput.Read(_probes[key], code, tries, output[Math.Min(lineEnd + 1, endAt)..endAt], QueryId(key), QueryName);
            }

            at = endAt;
        }

        var reason = error.Trim().Split('\n')[0] is { Length: > 0 } said ? $"the probe gave no result: {said}" : "the probe gave no result";
        return [.. answers.Select(a => a ?? ProbeAnswer.Unknown(reason))];

        static bool Number(string word, out int number) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    // told apart by the id, so that a late answer to another query is not taken for this one's
    private static ushort QueryId(int probe) => (ushort)(0x6700 + (probe % 0x800));

    private string Command(Probe probe, ushort queryId)
    {
        // printed anew from the parsed address: whatever text a store gave, only an address reaches the shell
        if (!IPAddress.TryParse(probe.To.Address, out var parsed)) throw new ArgumentException($"'{probe.To.Address}' is no address.");
        var address = parsed.ToString();
        var inside = probe.From.Pod is null ? "" : string.Create(CultureInfo.InvariantCulture, $"nsenter -t {probe.From.ProcessId} -n -- ");
        return (probe.Protocol switch
        {
            ProbeProtocols.Icmp => string.Create(CultureInfo.InvariantCulture, $"{inside}ping -n -c {_count}{(_count > 1 ? " -i 0.2" : "")} -W {_seconds} {address}"),
            ProbeProtocols.Dns => string.Create(CultureInfo.InvariantCulture, $"dns {address} {probe.Port} '{Octal(DnsMessage.Query(queryId, QueryName))}' {inside}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"tcp {address} {probe.Port} {inside}"),
        }).TrimEnd();
    }

    private static string Octal(byte[] query) => string.Concat(query.Select(b => "\\" + Convert.ToString(b, 8).PadLeft(3, '0')));

    // Shell functions that send TCP and DNS probes with the best that the node has. The words after the address, the port and the query go before the tool.
    // bash is the first: its devices need no other package, and it tells each of the kernel's errors. Its DNS query must leave as one datagram: bash writes line by
    // line, and the length of 'kubernetes' is a line feed, so dd gathers the bytes and writes them once. The reply is waited for by a timeout of its own, because not
    // every timeout(1) ends the children of a shell. No time is taken: starting dd takes longer than the answer.
    // A second more than the wait: the kernel overlooks a firewall's refusal that comes back while it still sends, and hears the one to its second request.
    private string Tools => $$"""
        has() { command -v "$1" >/dev/null 2>&1; }
        bounded() {
          if has timeout; then timeout {{_seconds + 1}} "$@"; return; fi
          "$@" & p=$!
          { sleep {{_seconds + 1}}; kill $p; } >/dev/null 2>&1 & w=$!
          wait $p; c=$?
          kill $w 2>/dev/null
          return $c
        }
        nc= nslookup=
        if ! has bash; then
          has nc && case $(nc -h 2>&1 </dev/null) in *BusyBox*) nc=busybox ;; *) nc=nc ;; esac
          has nslookup && case $(nslookup --help 2>&1 </dev/null) in *BusyBox*) nslookup=busybox ;; *) nslookup=bind ;; esac
        fi
        tcp() {
          a=$1 p=$2; shift 2
          if has bash; then
            bounded "$@" bash -c 's=$EPOCHREALTIME; exec 3<>/dev/tcp/$0/$1 || exit 1; echo "clock $s $EPOCHREALTIME"' "$a" "$p"
          elif [ "$nc" = busybox ]; then bounded "$@" nc -w {{_seconds}} "$a" "$p" -e true
          elif [ "$nc" ]; then bounded "$@" nc -v -z -w {{_seconds}} "$a" "$p"
          else return 127
          fi
        }
        dns() {
          a=$1 p=$2 query=$3; shift 3
          if has bash && has timeout; then
            bounded "$@" bash -c 'exec 3<>/dev/udp/$0/$1 || exit 1
              printf "$2" | dd obs=512 2>/dev/null >&3
              timeout {{_seconds}} dd bs=4096 count=1 <&3 | od -An -v -tx1; exit ${PIPESTATUS[0]}' "$a" "$p" "$query"
          elif has dig; then bounded "$@" dig +tries=1 +time={{_seconds}} -p "$p" "@$a" {{QueryName}} A
          elif [ "$nslookup" = busybox ]; then bounded "$@" nslookup -type=a {{QueryName}} "$a:$p"
          elif [ "$nslookup" ]; then bounded "$@" nslookup -type=a -retry=1 -timeout={{_seconds}} -port="$p" {{QueryName}} "$a"
          else return 127
          fi
        }
        """;
}
