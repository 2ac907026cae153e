using System.Globalization;

namespace GravityNet.Labs.Running;

/// <summary>Starts processes that outlive the one that starts them.</summary>
internal static class Daemon
{
    /// <summary>The variable that marks every process of a lab with its state folder, so that `down` finds them without any file.</summary>
    public const string OwnerVariable = "GRAVITYNET_LAB_OWNER";

    /// <summary>Starts a command in its own session, with its output in a file.</summary>
    /// <param name="owner">The state folder of the lab that it belongs to.</param>
    /// <param name="log">The file that gets its output.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="cancellationToken">Gives up starting it.</param>
    /// <returns>The process id, which is also the id of its session.</returns>
    public static async Task<int> StartAsync(string owner, string log, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        // env -i: nothing of the caller's environment should leak into nodes, where `/proc/*/environ` is looked at
        string[] argv =
        [
            "sh", "-c", """log=$1; shift; setsid "$@" </dev/null >"$log" 2>&1 & echo $!""", "sh", log,
            "env", "-i", $"PATH={Command.SystemPath}", "HOME=/root", "LC_ALL=C.UTF-8", $"{OwnerVariable}={owner}",
            .. command,
        ];
        var output = await Command.RunAsync(argv, cancellationToken: cancellationToken);
        return int.Parse(output.AsSpan().Trim(), CultureInfo.InvariantCulture);
    }
}
