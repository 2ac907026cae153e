using System.Diagnostics;

namespace GravityNet.LabTests.Product;

/// <summary>What runs on the nodes, so that a test can tell what a command started there and whether it is gone.</summary>
internal sealed class NodeProcesses
{
    private readonly LabStatus _status;
    private readonly HashSet<string> _before;

    private NodeProcesses(LabStatus status)
    {
        _status = status;
        _before = [.. All()];
    }

    /// <summary>Remembers what runs now.</summary>
    public static NodeProcesses Remember(LabFixture fixture) => new(fixture.Status);

    /// <summary>Remembers what runs now in a lab of its own; in Planet too, where a node has it.</summary>
    public static NodeProcesses Remember(LabStatus status) => new(status);

    /// <summary>What runs now and did not run before: node, process id as the machine numbers it, command line.</summary>
    public IReadOnlyList<string> New => [.. All().Except(_before)];

    /// <summary>Waits until something new with these words in its command line runs on a node.</summary>
    public async Task WaitForAsync(string node, string words)
    {
        var clock = Stopwatch.StartNew();
        while (!New.Any(p => p.StartsWith(node, StringComparison.Ordinal) && p.Contains(words, StringComparison.Ordinal)))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"'{words}' did not start on {node}; new are: {string.Join('\n', New)}");
            await Task.Delay(30, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sees that all that was started is gone within a time.</summary>
    public async Task AssertNothingNewAsync(TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        var left = New;
        while (left.Count > 0 && clock.Elapsed < limit)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            left = New;
        }

        Assert.Empty(left);
    }

    private IEnumerable<string> All()
    {
        var homes = _status.Nodes.SelectMany(n => new[] { (n.Pid, n.Name), (Pid: n.LoginPid, n.Name) }).Distinct()
            .ToDictionary(n => Link($"/proc/{n.Pid}/ns/pid")!, n => n.Name);
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            if (Link(folder + "/ns/pid") is { } home && homes.TryGetValue(home, out var node))
                yield return $"{node} {Path.GetFileName(folder)} {CommandLine(folder)}";
        }
    }

    // a process may end between the listing and the look at it
    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(folder + "/cmdline").Replace('\0', ' ').Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
