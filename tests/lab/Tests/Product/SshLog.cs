namespace GravityNet.LabTests.Product;

/// <summary>What the nodes' SSH servers wrote down: each command that a client ran is a line.</summary>
internal static class SshLog
{
    private const string CommandStarted = "Starting session: command for root";

    /// <summary>How many commands each node was asked to run since it started.</summary>
    public static IReadOnlyList<int> CommandsRun(this LabFixture fixture) =>
        [.. fixture.Status.Nodes.Select(n => File.ReadLines($"/proc/{n.Pid}/root/var/log/sshd.log").Count(l => l.Contains(CommandStarted, StringComparison.Ordinal)))];
}
