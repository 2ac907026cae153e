using GravityNet.Facts;
using GravityNet.Probing;
using GravityNet.Snapshots;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests.Probing;

public sealed class SilentNodeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_does_not_answer_is_one_problem_and_the_others_are_tested(bool fromTheStart)
    {
        var problems = new List<SourceException>();
        var listener = new ReachabilityListener { Problem = e => { lock (problems) problems.Add(e); } };
        var snapshot = Snapshot.Open(Path.Combine(AppContext.BaseDirectory, "recordings", "healthy.tar.gz"));
        await using var cluster = new GravityCluster("test", [.. snapshot.Nodes.Select(n => new Node(n, isDown: n.Name == "node-3", fromTheStart))], [snapshot], snapshot, 4);

        var results = await Clusters.RunAsync(cluster, listener: listener);

        Assert.Equal("node-3", Assert.Single(problems).SourceName);
        Assert.All(results.Where(r => r.From == "node:node-3"), r => Assert.Equal(("unknown", "not probed: node-3 is down"), (r.Verdict, r.Detail)));
        Assert.Contains(results, r => r is { From: "node:node-1", ToNode: "node-2", Verdict: "ok" });
        // the way to the dead node is lost, from its underlay address on
        var lost = results.First(r => r is { From: "node:node-1", ToNode: "node-3", Target: "cni0" });
        Assert.Equal(("lost", "underlay between node-1 and node-3", ""), (lost.Verdict, lost.FirstBrokenHop, lost.Cause));
    }

    // answers questions as the recording does, and every ping as if all but node-3's addresses answered
    private sealed class Node(INodeSource recorded, bool isDown, bool fromTheStart) : INodeSource, INodeShell
    {
        public string Name => recorded.Name;

        public string Address => recorded.Address;

        public INodeShell? Shell => this;

        string INodeShell.Node
        {
            get => recorded.Name;
            set => throw new NotSupportedException($"a recorded node is always {value}");
        }

        public Task<NodeFacts> CollectAsync(FactRequest request, CancellationToken cancel) => isDown && fromTheStart ? throw Down() : recorded.CollectAsync(request, cancel);

        public Task<ShellResult> RunAsync(string script, TimeSpan timeout, CancellationToken cancel)
        {
            if (isDown) throw Down();
            var mark = script.Split("printf '%s probe")[1].Split('\'')[2];
            var output = string.Concat(from part in script.Split(" probe ")[1..]
                                       let words = part.Split(' ')
                                       where int.TryParse(words[0], out _) && part.Contains("ping -n", StringComparison.Ordinal)
                                       let address = part.Split(';')[0].Split(' ')[^1]
                                       let received = address.StartsWith("10.244.92.", StringComparison.Ordinal) || address == "192.168.33.13" ? 0 : 1
                                       select $"{mark} probe {words[0]} {1 - received} 1\n1 packets transmitted, {received} received\n{mark} end\n");
            return Task.FromResult(new ShellResult(0, output, "", TimeSpan.Zero));
        }

        public Task<ShellResult> StreamAsync(string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput, CancellationToken cancel) =>
            throw new NotSupportedException("Probes are not streamed.");

        public Task<Stream> OpenStreamAsync(string host, int port, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static SourceException Down() => new(SourceFailure.Unreachable, "node-3", "node-3 is down", "Start it.");
    }
}
