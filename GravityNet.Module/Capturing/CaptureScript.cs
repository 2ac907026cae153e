using System.Globalization;
using GravityNet.Facts;

namespace GravityNet.Capturing;

/// <summary>Writes the shell script that captures on a node.</summary>
internal static class CaptureScript
{
    /// <summary>The exit code of a shell, and of this script, for a command that is not there.</summary>
    public const int CommandMissing = 127;

    /// <summary>
    /// A POSIX script whose standard output is the capture. It ends by itself on the plan's count or after its seconds; then tcpdump is interrupted as by
    /// Ctrl+C, so that it still tells its counts. It ends as well, and tcpdump with it, when its process group or its output is gone.
    /// </summary>
    /// <remarks>
    /// <c>-U</c> writes each packet as it comes and the file header as soon as tcpdump listens. <c>--immediate-mode</c> hands over packets at once,
    /// where the kernel would else keep the last ones for up to a second, and lose them at the end. <c>--foreground</c> (where timeout knows it) keeps tcpdump
    /// in the script's own process group, which is what the transport ends. The packets go home over the very interface that may be captured: the session's
    /// own connection (sshd names it in <c>SSH_CONNECTION</c>: client, its port, server, its port) is left out, or a capture would feed itself.
    /// Where Gravity keeps tcpdump in Planet, it captures there: the network is the same.
    /// </remarks>
    public static string For(CapturePlan plan)
    {
        var here = Here(plan);
        return $$"""
            PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
            if ! command -v tcpdump >/dev/null 2>&1 && command -v gravity >/dev/null 2>&1; then
              {{PlanetScript.Function}}  planet {{ShellText.Quote("SSH_CONNECTION=$1\n" + here)}} "$SSH_CONNECTION"
              exit
            fi

            """ + here;
    }

    private static string Here(CapturePlan plan)
    {
        var count = plan.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $" -c {plan.Count}") : "";
        var filter = string.IsNullOrWhiteSpace(plan.Filter) ? "''" : ShellText.Quote(plan.Filter);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            command -v tcpdump >/dev/null 2>&1 || { echo "tcpdump: not found" >&2; exit {{CommandMissing}}; }
            group=
            timeout --foreground 1 true 2>/dev/null && group=--foreground
            filter={{filter}}
            set -- $SSH_CONNECTION
            if [ $# -eq 4 ]; then filter="${filter:+($filter) and }not (host $1 and tcp port $2)"; fi
            set -- tcpdump -U -n --immediate-mode -i {{ShellText.Quote(plan.Interface)}} -s {{Math.Max(64, plan.SnapLength)}} -B 4096{{count}} -w - ${filter:+-- "$filter"}
            command -v timeout >/dev/null 2>&1 && exec timeout $group -s INT {{Math.Max(1, plan.Seconds)}} "$@"
            # a shell starts what runs beside it with SIGINT ignored, and tcpdump leaves in the same way at SIGTERM
            "$@" & capture=$!
            { sleep {{Math.Max(1, plan.Seconds)}}; kill $capture; } >/dev/null 2>&1 & limit=$!
            wait $capture; code=$?
            kill $limit 2>/dev/null
            exit $code

            """);
    }
}
