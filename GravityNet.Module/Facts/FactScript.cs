using System.Globalization;
using System.Text;

namespace GravityNet.Facts;

/// <summary>
/// One shell script for all facts of a node, and the reading of what it prints. Each fact stands between two marker lines on standard output and after one on
/// standard error, so that nothing is written to the node's disk and nothing needs a second session.
/// </summary>
internal sealed class FactScript
{
    // the fact that tells whether the pods' namespaces can be seen
    private const string Namespaces = "namespaces";
    private const string Planet = "planet";
    private const string Legacy = "iptables-legacy";
    private const char WaySign = '%';

    // in every marker: a line of a fact can look like anything but this
    private readonly string _mark;
    private readonly FactRequest _request;

    public FactScript(FactRequest request)
        : this(request, $"@@gravitynet-{Guid.NewGuid():N}")
    {
    }

    internal FactScript(FactRequest request, string mark)
    {
        _request = request;
        _mark = mark;
    }

    /// <summary>The script, for a POSIX shell.</summary>
    public string Text
    {
        get
        {
            var script = new StringBuilder();
            script.Append(FactFunction).Append("""
                another() {
                  this=$(command -v "$1") || return
                  this=$(readlink -f "$this" 2>/dev/null)
                  that=$(command -v "$2"); that=$(readlink -f "$that" 2>/dev/null)
                  [ -z "$this" ] || [ "$this" != "$that" ]
                }
                lost() { case $lacking in *" $1 "*) missing="$missing $1" ;; esac; }

                """);
            foreach (var fact in _request.NodeFacts.Select(FactCatalog.Get))
            {
                if (fact.Beside is { } other) script.Append(CultureInfo.InvariantCulture, $"another {fact.Tool} {other} && ");
                script.AppendJoin(" || ", fact.Ways.Select((command, way) => $"fact {Key(fact.Name, way)} {command}"));
                script.Append(fact.Beside is not null ? "" : fact.IsFile ? $" || missing=\"$missing {fact.Name}\"" : $" || lost {fact.Name}").Append('\n');
            }

            AppendPlanet(script);

            if (_request.PodFacts.Count > 0)
            {
                // Who may not look at the first process' namespaces may not look at the pods' either. Then one process of each network namespace that is not this one:
                // 'ls -l' prints "... /proc/123/ns/net -> net:[4026532001]".
                script.Append(CultureInfo.InvariantCulture, $$"""
                    fact {{Namespaces}} ls -l /proc/1/ns/net
                    own=$(ls -l /proc/self/ns/net 2>/dev/null); own=${own##*\[}; own=${own%\]*}
                    ls -l /proc/[0-9]*/ns/net 2>/dev/null | while read -r line; do
                      case $line in *'net:['*) ;; *) continue ;; esac
                      net=${line##*\[}; net=${net%\]*}
                      pid=${line#*/proc/}; pid=${pid%%/*}
                      case " $own $seen " in *" $net "*) continue ;; esac
                      seen="$seen $net"

                    """);
                foreach (var fact in _request.PodFacts.Select(FactCatalog.Get))
                {
                    script.Append("  ").AppendJoin(" || ", fact.Ways.Select((command, way) => $"fact \"netns/$net/$pid/{Key(fact.Name, way)}\" nsenter -t \"$pid\" -n -- {command}")).Append('\n');
                }

                script.Append("done\n");
            }

            // the script's own exit code says nothing: each fact has its own
            script.Append("exit 0\n");
            return script.ToString();
        }
    }

    // $1 is the fact's key; the rest is its command. /proc/uptime counts hundredths of a second and needs no program.
    private string FactFunction => $$"""
        fact() {
          key=$1; shift
          read t0 _ </proc/uptime
          printf '%s begin %s\n' '{{_mark}}' "$key"; printf '%s %s\n' '{{_mark}}' "$key" >&2
          "$@" </dev/null; rc=$?
          read t1 _ </proc/uptime
          printf '\n%s end %s %s %s\n' '{{_mark}}' "$rc" "$t0" "$t1"
          case $rc in 126 | 127) lacking="$lacking $key " ;; esac
          return $rc
        }

        """;

    // What the host lacks is asked inside Planet, where there is one. Its iptables are of the legacy flavour: where the host's tool is of the other, and the kernel says
    // that it has legacy tables, only Planet's shows their rules.
    private void AppendPlanet(StringBuilder script)
    {
        var facts = _request.NodeFacts.Select(FactCatalog.Get).ToList();
        if (facts.Exists(f => f.Name == Legacy))
        {
            script.Append(CultureInfo.InvariantCulture, $$"""
                if command -v gravity >/dev/null 2>&1 && ! command -v iptables-legacy-save >/dev/null 2>&1; then
                  case $(iptables-save -V 2>&1) in *nf_tables*)
                    { read -r tables </proc/net/ip_tables_names; } 2>/dev/null
                    [ -z "$tables" ] || missing="$missing {{Legacy}}" ;;
                  esac
                fi

                """);
        }

        var inside = new StringBuilder(FactFunction).Append("for name in $1; do case $name in\n");
        foreach (var fact in facts) inside.Append(CultureInfo.InvariantCulture, $"{fact.Name}) fact {Planet}/{fact.Name} {PlanetCommand(fact.Name)} ;;\n");
        inside.Append("esac; done; exit 0");
        script.Append(CultureInfo.InvariantCulture, $$"""
            if [ "$missing" ] && command -v gravity >/dev/null 2>&1; then
              {{PlanetScript.Function}}  printf '%s {{Planet}}\n' '{{_mark}}' >&2
              planet {{ShellText.Quote(inside.ToString())}} "$missing"
            fi

            """);
    }

    private static string PlanetCommand(string name) => name == Legacy ? FactCatalog.Get("iptables").Command : FactCatalog.Get(name).Command;

    // a fact that was asked in several ways has a key for each; the first way's is its name
    private static string Key(string name, int way) => way == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}{WaySign}{way}");

    /// <summary>
    /// Splits what the script printed. A fact that was begun and not ended (the connection died, the time ran out) is an answer cut short: exit code -1.
    /// </summary>
    public NodeFacts Read(string node, string address, string output, string error)
    {
        var errors = ReadErrors(error);
        var facts = new Dictionary<string, FactResult>(StringComparer.Ordinal);
        var namespaces = new Dictionary<string, (int Pid, Dictionary<string, FactResult> Facts)>(StringComparer.Ordinal);
        var begin = _mark + " begin ";
        var end = "\n" + _mark + " end ";
        var at = 0;
        while ((at = output.IndexOf(begin, at, StringComparison.Ordinal)) >= 0)
        {
            var keyAt = at + begin.Length;
            var textAt = output.IndexOf('\n', keyAt) + 1;
            if (textAt == 0) break;
            var key = output[keyAt..(textAt - 1)];

            // the end mark's own line end goes before it, so that the text is the command's to the last byte, whether that was a line end or not
            var endAt = output.IndexOf(end, textAt, StringComparison.Ordinal);
            var text = endAt < 0 ? output[textAt..] : output[textAt..endAt];
            var (code, elapsed) = (-1, (TimeSpan?)null);
            if (endAt >= 0)
            {
                var lineEnd = output.IndexOf('\n', endAt + end.Length);
                var words = output[(endAt + end.Length)..(lineEnd < 0 ? output.Length : lineEnd)].Split(' ');
                if (words.Length > 1 && int.TryParse(words[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var ended)) code = ended;
                if (words.Length == 3 && lineEnd >= 0) elapsed = Between(words[1], words[2]);
                at = lineEnd < 0 ? output.Length : lineEnd;
            }
            else
            {
                at = output.Length;
            }

            var (name, way) = NameOf(key);
            var result = new FactResult(name, text)
            {
                Command = CommandOf(key, name, way),
                ExitCode = code,
                Error = code == -1 ? "the answer was cut short" : errors.GetValueOrDefault(key, ""),
                Elapsed = elapsed,
            };

            if (key.Split('/') is ["netns", var inode, var pid, _])
            {
                if (!namespaces.TryGetValue(inode, out var entry)) namespaces[inode] = entry = (int.Parse(pid, CultureInfo.InvariantCulture), new(StringComparer.Ordinal));
                Take(entry.Facts, result);
            }
            else if (key.StartsWith(Planet + "/", StringComparison.Ordinal))
            {
                // what the tool said where it is counts more than that it is missing elsewhere
                facts[name] = result.IsMissing && facts.TryGetValue(name, out var outside) ? outside with { Error = FactResult.FirstLine(outside.Error, "command not found") + ", and not in Planet either" } : result;
            }
            else
            {
                Take(facts, result);
            }
        }

        // gravity itself may refuse: then none of the facts that are missing was asked inside
        if (errors.TryGetValue(Planet, out var refusal) && !output.Contains($"{begin}{Planet}/", StringComparison.Ordinal))
        {
            foreach (var fact in facts.Values.Where(f => f.IsMissing).ToList()) facts[fact.Fact] = fact with { Error = $"{FactResult.FirstLine(fact.Error, "")}; {PlanetScript.Command}: {FactResult.FirstLine(refusal, "")}" };
        }

        facts.Remove(Namespaces, out var seen);
        return new NodeFacts(node, address, facts, [.. namespaces.Select(n => new NamespaceFacts(n.Key, n.Value.Facts) { ProcessId = n.Value.Pid })])
        {
            TakenAt = DateTimeOffset.UtcNow,
            PodsUnknown = seen is { Answered: false } ? $"the network namespaces of pods are out of reach: {FactResult.FirstLine(seen.Error, seen.Reason)}" : "",
        };
    }

    // Of several ways the one that answered counts; where none did, the first tells why: it is the one to mend.
    private static void Take(Dictionary<string, FactResult> facts, FactResult result)
    {
        if (result.Answered || result.ExitCode == -1 || !facts.ContainsKey(result.Fact)) facts[result.Fact] = result;
    }

    private static (string Name, int Way) NameOf(string key)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        return name.IndexOf(WaySign, StringComparison.Ordinal) is > 0 and var at && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var way)
            ? (name[..at], way)
            : (name, 0);
    }

    private static string CommandOf(string key, string name, int way)
    {
        if (name == Namespaces) return "ls -l /proc/1/ns/net";
        if (key.StartsWith(Planet + "/", StringComparison.Ordinal)) return $"{PlanetScript.Command} {PlanetCommand(name)}";
        var command = FactCatalog.Get(name).Ways.ElementAt(way);
        return key.Split('/') is ["netns", _, var pid, _] ? $"nsenter -t {pid} -n -- {command}" : command;
    }

    private Dictionary<string, string> ReadErrors(string error)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in error.Split(_mark + " ", StringSplitOptions.RemoveEmptyEntries))
        {
            var lineEnd = part.IndexOf('\n', StringComparison.Ordinal);
            if (lineEnd > 0 && part[(lineEnd + 1)..].Trim() is { Length: > 0 } text) errors[part[..lineEnd]] = text;
        }

        return errors;
    }

    private static TimeSpan? Between(string start, string stop) =>
        double.TryParse(start, NumberStyles.Float, CultureInfo.InvariantCulture, out var t0) && double.TryParse(stop, NumberStyles.Float, CultureInfo.InvariantCulture, out var t1)
            ? TimeSpan.FromSeconds(Math.Max(0, t1 - t0))
            : null;
}
