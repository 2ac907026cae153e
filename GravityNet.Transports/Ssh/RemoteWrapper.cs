using System.Globalization;

namespace GravityNet.Transports.Ssh;

/// <summary>
/// The shell text that runs a script on a node and sees to its end there, whatever becomes of the client.
/// </summary>
/// <remarks>
/// An SSH server leaves a command running when its client is gone, so the node itself must watch. The wrapper reads the script from its
/// standard input up to a marker line (an argument could hold 128 KiB at most, and would need quoting), runs it in a session of its own
/// with an empty standard input, and gives the rest of its standard input to a watcher: the client sends a line each second, and when none
/// comes for three seconds, or the input closes, the watcher ends the script. <c>bash</c> can wait for a line with a time limit by itself;
/// elsewhere <c>timeout</c> and <c>dd</c> do; a node without either notices the closed input alone. <c>timeout</c> around the script is
/// the last resort. The wrapper then sweeps the whole session, because a tool such as <c>timeout</c> makes a process group of its own,
/// and leaves with the script's exit code. A sweep ends when two looks in a row found nothing: one look at /proc is a list of names, read one
/// after the other, and misses the child of a process that ended in between. It reads with <c>cat</c>, which goes on behind a process that
/// ended while it was read; GNU <c>sed</c> would stop there, and what comes behind it would live on.
/// </remarks>
internal static class RemoteWrapper
{
    /// <summary>The interval of the client's beats; the node gives up after three without one.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>One beat: a line that is not empty.</summary>
    public static readonly byte[] Beat = ".\n"u8.ToArray();

    /// <summary>The exit code of a wrapper that ended its script because the client fell silent; <see cref="LostLine"/> then ends its standard error.</summary>
    public const int LostExitCode = 254;

    private const string Surroundings = """
        export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        """;

    // No single quote may stand in these texts: each is one single-quoted argument of sh.
    private const string Text = $$"""
        {{Surroundings}}
        [ $# = 2 ] && { export SSH_CONNECTION="$2"; echo "$0 ready" >&2; }
        exec 3<&0 </dev/null
        s= l=
        while IFS= read -r l <&3 && [ "$l" != "$0" ]; do s="$s$l
        "; done
        [ "$l" = "$0" ] || exit 125
        t=
        timeout -k 2 9 true 2>/dev/null && t="timeout -k 2 $1"
        printf %s "$s" | setsid $t sh -c "s=\$(cat; echo x); exec </dev/null; eval \"\${s%x}\"" 3<&- &
        p=$! n=
        exec 4>&2 >/dev/null 2>&1
        trap n=1 USR1
        h=sh
        if command -v bash; then h=bash g="read -r -t 3 l"
        elif [ "$t" ]; then g="[ -n \"\$(timeout 3 dd bs=64 count=1)\" ]"
        else g="read -r l"
        fi
        $h -c "while $g; do :; done; kill -USR1 \$1; kill -TERM -\$0 \$0; sleep 1; kill -KILL -\$0 \$0" $p $$ <&3 3<&- 4>&- &
        w=$!
        exec 3<&-
        left() { cat /proc/[0-9]*/stat | sed -n "s/^\([0-9]*\) (.*) [^Z] -*[0-9]* -*[0-9]* $p .*/\1/p"; }
        sweep() {
          trap "" TERM HUP INT
          kill $w
          k=TERM e=
          for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            set -- $(left)
            if [ $# = 0 ]; then
              [ "$e" ] && return
              e=1
              continue
            fi
            e=
            [ $i -gt 10 ] && k=KILL
            kill -$k "$@"
            sleep 0.1 || sleep 1
          done
        }
        trap "kill $p; sweep; exit 143" TERM HUP INT
        wait $p
        c=$?
        [ "$n" ] && wait $p
        sweep
        [ "$n" ] && { echo "$0 lost" >&4; exit 254; }
        exit $c
        """;

    // Runs the wrapper as root. A login that is root already needs no sudo. sudo takes SSH_CONNECTION away: it goes along as an argument.
    private const string SudoText = $$"""
        {{Surroundings}}
        [ "$(id -u)" = 0 ] && exec sh -c "$0" "$1" "$2" "$SSH_CONNECTION"
        command -v sudo >/dev/null || { echo "$1 nosudo" >&2; exit 127; }
        exec sudo $3 -u root -p "$1 password" -- sh -c "$0" "$1" "$2" "$SSH_CONNECTION"
        """;

    /// <summary>The command line for the SSH server.</summary>
    /// <param name="marker">The line that ends the script; letters and digits that do not occur in it as a line.</param>
    /// <param name="timeout">The script's time; the node's own limit lies a little above it, so that the client's comes first.</param>
    /// <param name="sudo">How the wrapper becomes root's; null for the login's own rights. It then says <see cref="ReadyLine"/> before it reads.</param>
    public static string CommandLine(string marker, TimeSpan timeout, Sudo? sudo)
    {
        // zero is "no limit" to timeout(1)
        var limit = timeout == Timeout.InfiniteTimeSpan ? 0 : (long)Math.Ceiling(timeout.TotalSeconds) + 5;
        return sudo is null
            ? string.Create(CultureInfo.InvariantCulture, $"exec sh -c '{Text}' {marker} {limit}")
            : string.Create(CultureInfo.InvariantCulture, $"exec sh -c '{SudoText}' '{Text}' {marker} {limit} {(sudo.Password is null ? "-n" : "-S")}");
    }

    /// <summary>The line of standard error that tells a script ended by the wrapper from one that left with the same exit code.</summary>
    public static string LostLine(string marker) => marker + " lost\n";

    /// <summary>The line of standard error with which a wrapper under sudo tells that it runs: what came before was sudo's.</summary>
    public static string ReadyLine(string marker) => marker + " ready\n";

    /// <summary>What sudo asks with on standard error.</summary>
    public static string Prompt(string marker) => marker + " password";

    /// <summary>The line of standard error for a node without sudo.</summary>
    public static string NoSudoLine(string marker) => marker + " nosudo\n";

    /// <summary>What is sent first on standard input.</summary>
    public static string Input(string marker, string script) =>
        script.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n') + "\n" + marker + "\n";
}
