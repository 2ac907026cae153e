using System.Globalization;

namespace GravityNet.Facts;

/// <summary>
/// Shell text that finds flanneld's log on a node: in its journal (Gravity keeps flanneld as a service inside Planet), in the log of its pod (kubeadm and others),
/// or among the lines of k3s and RKE2, which run flannel themselves.
/// </summary>
internal static class FlannelLogScript
{
    /// <summary>How many lines are read at most.</summary>
    public const int Lines = 5000;

    private const string Units = "-u flanneld -u flannel";
    private const string RancherUnits = "-u k3s -u k3s-agent -u rke2-server -u rke2-agent";

    // of all that they say, what their flannel says: its source files' names, and its own name
    private const string RancherLines = "flannel|vxlan|[ /]kube[.]go:|subnet[.]go:|Error registering network";

    // the newest file, and the one before it: a container that was started again has a new one
    private const string PodFiles = "/var/log/pods/*flannel*/kube-flannel/*.log";

    // the journal's own exit code tells nothing of whether there are lines
    private static readonly string Check = "command -v journalctl >/dev/null || { echo \"journalctl: not found\" >&2; exit 127; }; ";

    /// <summary>flanneld's own journal. With dates that have a year and a zone.</summary>
    public static string Journal { get; } =
        $"sh -c '{Check}log=$({Journalctl(Units, Lines)}) || exit; [ -n \"$log\" ] || {{ echo \"the journal has no unit flanneld\" >&2; exit 1; }}; printf \"%s\\n\" \"$log\"'";

    /// <summary>The log of flannel's pod.</summary>
    public static string Pod { get; } =
        string.Create(CultureInfo.InvariantCulture, $"sh -c 'set -- $(ls -tr {PodFiles} 2>/dev/null | tail -n 2); [ $# -gt 0 ] || {{ echo \"no pod of flannel has a log here\" >&2; exit 1; }}; cat \"$@\" | tail -n {Lines}'");

    /// <summary>What k3s and RKE2 say of flannel.</summary>
    public static string Rancher { get; } =
        string.Create(CultureInfo.InvariantCulture, $"sh -c '{Check}log=$({Journalctl(RancherUnits, 4 * Lines)} | grep -E \"{RancherLines}\" | tail -n {Lines}); [ -n \"$log\" ] || {{ echo \"the journal has nothing of flannel\" >&2; exit 1; }}; printf \"%s\\n\" \"$log\"'");

    /// <summary>In which of its places a log was found, from the command that read it.</summary>
    public static string PlaceOf(string command) =>
        command.EndsWith(Pod, StringComparison.Ordinal) ? "the log of flannel's pod"
        : command.EndsWith(Rancher, StringComparison.Ordinal) ? "the journal of k3s or RKE2"
        : command.StartsWith(PlanetScript.Command, StringComparison.Ordinal) ? "flanneld's journal in Planet"
        : command.EndsWith(Journal, StringComparison.Ordinal) ? "flanneld's journal"
        : command.Length > 0 ? command : "the snapshot";

    /// <summary>A script that prints the last lines and then each new one, until it is ended.</summary>
    /// <param name="lines">How many of the last lines.</param>
    public static string Follow(int lines) => $$"""
        PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
        has() { [ -n "$(journalctl -q "$@" -n 1 --no-pager 2>/dev/null)" ]; }
        if has {{Units}}; then exec {{Journalctl(Units, lines)}} -f; fi
        set -- $(ls -tr {{PodFiles}} 2>/dev/null | tail -n 1)
        if [ $# -gt 0 ]; then exec tail -n {{lines.ToString(CultureInfo.InvariantCulture)}} -F "$1"; fi
        if has {{RancherUnits}}; then {{Journalctl(RancherUnits, lines)}} -f | grep --line-buffered -E {{ShellText.Quote(RancherLines)}}; exit; fi
        if command -v gravity >/dev/null 2>&1; then
          {{PlanetScript.Function}}  planet {{ShellText.Quote($"exec {Journalctl(Units, lines)} -f")}}
          exit
        fi
        echo "neither a journal of flanneld nor a log of its pod is here" >&2
        exit {{FactResult.NotServed}}
        """;

    private static string Journalctl(string units, int lines) => string.Create(CultureInfo.InvariantCulture, $"journalctl -q {units} -o short-iso --no-pager -n {lines}");
}
