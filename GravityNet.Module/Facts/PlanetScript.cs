namespace GravityNet.Facts;

/// <summary>
/// Shell text that runs a script inside Planet, the container in which Gravity keeps Kubernetes and its tools. Planet has the host's network.
/// </summary>
/// <remarks>
/// <c>gravity exec -i</c> keeps input, output and exit code (planet, lib/box/enter.go), and is slow to start: what is missing on the host is asked in one run. What it
/// starts is in another session and, as the host sees it, nobody's child that the end of <c>gravity</c> would reach; only the input then closes. So the input is held open
/// by a process of the caller's session, and a guard inside waits for its end: it ends the script's whole session there, as a node's SSH wrapper ends that of the host,
/// and the script's first process by its number, because the end may come before that has its session.
/// </remarks>
internal static class PlanetScript
{
    /// <summary>The command that leads inside.</summary>
    public const string Command = "gravity exec";

    // longer than the longest capture, and than anybody follows a log
    private const int HoldSeconds = 2_000_000;

    // the environment inside is the container's own, with a locale of its own
    private const string Guard = """
        export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
        exec 3<&0 </dev/null
        setsid sh -c "$@" 3<&- &
        p=$!
        left() { cat /proc/[0-9]*/stat | sed -n "s/^\([0-9]*\) (.*) [^Z] -*[0-9]* -*[0-9]* $p .*/\1/p"; }
        {
          trap "" TERM HUP INT
          while read -r l <&3; do :; done
          k=TERM e=
          for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            set -- $(left)
            if [ $# = 0 ] && ! kill -0 $p; then
              [ "$e" ] && exit
              e=1
              continue
            fi
            e=
            [ $i -gt 10 ] && k=KILL
            kill -$k $p "$@"
            sleep 0.1 || sleep 1
          done
        } >/dev/null 2>&1 &
        w=$!
        exec 3<&-
        wait $p
        c=$?
        kill -KILL $w 2>/dev/null
        exit $c
        """;

    /// <summary>
    /// Defines <c>planet SCRIPT [ARGUMENT...]</c>: runs a script's text under <c>sh</c> inside Planet, with the arguments from <c>$1</c> on, and leaves with its exit code.
    /// </summary>
    public static string Function { get; } = $$"""
        guard={{ShellText.Quote(Guard)}}
        planet() {
          script=$1; shift
          sh -c 'echo $$; exec sleep {{HoldSeconds}}' | {
            read -r holder
            {{Command}} -i sh -c "$guard" sh "$script" sh "$@"; c=$?
            kill "$holder" 2>/dev/null
            exit $c
          }
        }

        """;
}
