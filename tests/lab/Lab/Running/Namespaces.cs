using System.Globalization;

namespace GravityNet.Labs.Running;

/// <summary>The commands that enter the namespaces of a process.</summary>
internal static class Namespaces
{
    /// <summary>All namespaces of a node: network, mounts, host name and processes.</summary>
    public static string[] Node(int pid, params ReadOnlySpan<string> command) =>
        ["nsenter", "-t", pid.ToString(CultureInfo.InvariantCulture), "-n", "-m", "-u", "-p", "--", .. command];

    /// <summary>Network, host name and processes of a node, but the machine's files: for programs that the node's private folders would hide.</summary>
    public static string[] NodeWithMachineFiles(int pid, params ReadOnlySpan<string> command) =>
        ["nsenter", "-t", pid.ToString(CultureInfo.InvariantCulture), "-n", "-u", "-p", "--", .. command];

    /// <summary>The network namespace only.</summary>
    public static string[] Network(int pid, params ReadOnlySpan<string> command) =>
        ["nsenter", "-t", pid.ToString(CultureInfo.InvariantCulture), "-n", "--", .. command];

    /// <summary>Network, files and host name of a pod.</summary>
    public static string[] Pod(int hostPid, params ReadOnlySpan<string> command) =>
        ["nsenter", "-t", hostPid.ToString(CultureInfo.InvariantCulture), "-n", "-m", "-u", "-p", "--", .. command];
}
