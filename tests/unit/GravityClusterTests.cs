using System.Diagnostics;
using GravityNet.Facts;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class GravityClusterTests
{
    private static readonly FactRequest Request = new("uname");

    [Fact]
    public async Task No_more_nodes_are_asked_at_once_than_allowed()
    {
        var (running, most) = (0, 0);
        await using var cluster = Cluster(2, [.. Enumerable.Range(1, 6).Select(n => new Node($"node-{n}", async cancel =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Delay(50, cancel);
            Interlocked.Decrement(ref running);
        }))]);

        Assert.Equal(6, (await AskAsync(cluster)).Count);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task An_answer_comes_before_the_slower_nodes_have_answered_even_when_one_blocks()
    {
        var slow = new TaskCompletionSource();
        await using var cluster = Cluster(4, new Node("blocks", _ => { slow.Task.Wait(CancellationToken.None); return Task.CompletedTask; }), new Node("slow", _ => slow.Task), new Node("fast", _ => Task.CompletedTask));

        await using var answers = cluster.AskAsync(cluster.Nodes.ToList(), Request, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await answers.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal("fast", answers.Current.Node);
        slow.SetResult();
        Assert.True(await answers.MoveNextAsync());
        Assert.True(await answers.MoveNextAsync());
        Assert.False(await answers.MoveNextAsync());
    }

    [Fact]
    public async Task One_failing_node_is_one_problem_and_the_others_answer()
    {
        var problem = new SourceException(SourceFailure.Unreachable, "down", "down does not answer.", "Switch it on.");
        await using var cluster = Cluster(4, new Node("up", _ => Task.CompletedTask), new Node("down", _ => throw problem), new Node("gives-up", _ => throw new OperationCanceledException("its own time-out")), new Node("not-asked", _ => throw problem));

        var answers = new Dictionary<string, NodeAnswer>();
        await foreach (var answer in cluster.AskAsync(["up", "down", "gives-up"], Request, TestContext.Current.CancellationToken)) answers.Add(answer.Node, answer);

        Assert.Equal(3, answers.Count);
        Assert.Equal(("up", "up", null), (answers["up"].Node, answers["up"].State!.Node, answers["up"].Problem));
        Assert.Same(problem, answers["down"].Problem);
        Assert.Equal((SourceFailure.TimedOut, "gives-up"), (answers["gives-up"].Problem!.Failure, answers["gives-up"].Problem!.SourceName));
    }

    [Fact]
    public async Task Cancelling_ends_the_running_and_the_waiting_nodes_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var asked = 0;
        await using var cluster = Cluster(2, [.. Enumerable.Range(1, 4).Select(n => new Node($"node-{n}", stop =>
        {
            if (Interlocked.Increment(ref asked) == 2) cancel.CancelAfter(20);
            return Task.Delay(Timeout.Infinite, stop);
        }))]);

        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(cluster, cancel.Token));

        Assert.Equal(2, asked);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Who_has_had_enough_leaves_nothing_running()
    {
        var ended = false;
        await using var cluster = Cluster(4, new Node("fast", _ => Task.CompletedTask), new Node("endless", async stop =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
            finally
            {
                ended = true;
            }
        }));

        await foreach (var answer in cluster.AskAsync(cluster.Nodes.ToList(), Request, TestContext.Current.CancellationToken))
        {
            Assert.Equal("fast", answer.Node);
            break;
        }

        Assert.True(ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_fails_is_a_problem_and_what_it_holds_is_unknown(bool atOnce)
    {
        var store = new FailingStore(atOnce);
        await using var cluster = new GravityCluster("test", [], [store], store, 4);

        var problems = new List<SourceException>();
        var (leases, objects) = await cluster.ReadStoresAsync(problems.Add, TestContext.Current.CancellationToken);

        Assert.Equal(2, problems.Count);
        Assert.All(problems, p => Assert.Equal("The store does not answer.", p.Message));
        Assert.False(leases.IsKnown);
        Assert.Contains(leases.Problems, p => p == "etcd: The store does not answer.");
        Assert.Null(objects.Pods);
        Assert.NotEmpty(objects.Unknown);
    }

    [Fact]
    public async Task A_failing_etcd_does_not_hide_leases_kept_by_kubernetes()
    {
        var snapshot = Snapshots.Snapshot.Open(Path.Combine(AppContext.BaseDirectory, "recordings", "healthy-kubesubnet.tar.gz"));
        await using var cluster = new GravityCluster("test", snapshot.Nodes, [new FailingStore(false)], snapshot, 4);

        var problems = new List<SourceException>();
        var (leases, _) = await cluster.ReadStoresAsync(problems.Add, TestContext.Current.CancellationToken);

        Assert.Single(problems);
        Assert.Equal((true, 3), (leases.IsKnown, leases.Leases.Count));
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); seen < now; seen = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, now, seen);
    }

    private static GravityCluster Cluster(int throttle, params Node[] nodes) => new("test", nodes, [], null, throttle);

    private static async Task<List<NodeAnswer>> AskAsync(GravityCluster cluster, CancellationToken? cancel = null)
    {
        var answers = new List<NodeAnswer>();
        await foreach (var answer in cluster.AskAsync(cluster.Nodes.ToList(), Request, cancel ?? TestContext.Current.CancellationToken)) answers.Add(answer);
        return answers;
    }

    private sealed class Node(string name, Func<CancellationToken, Task> answer) : INodeSource
    {
        public string Name => name;

        public string Address => "";

        public INodeShell? Shell => null;

        public async Task<NodeFacts> CollectAsync(FactRequest request, CancellationToken cancel)
        {
            await answer(cancel);
            return new NodeFacts(name, "", new Dictionary<string, FactResult>(), []);
        }
    }

    private sealed class FailingStore(bool atOnce) : ILeaseSource, IClusterSource
    {
        public string Place => "nowhere";

        public Task<IReadOnlyList<FactResult>> CollectAsync(CancellationToken cancel) => Fail();

        public Task<IReadOnlyList<FactResult>> CollectAsync(IReadOnlyCollection<string> facts, CancellationToken cancel) => Fail();

        private Task<IReadOnlyList<FactResult>> Fail()
        {
            var problem = new SourceException(SourceFailure.Unreachable, Place, "The store does not answer.", "Look at it.");
            return atOnce ? throw problem : Task.FromException<IReadOnlyList<FactResult>>(problem);
        }
    }
}
