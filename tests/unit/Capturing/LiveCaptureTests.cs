using System.Collections.Concurrent;
using System.Diagnostics;
using GravityNet.Capturing;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

/// <summary>Captures with the real tcpdump on a real kernel, in network namespaces of their own.</summary>
public sealed class LiveCaptureTests : IDisposable
{
    private readonly NetworkPair _network = new();
    private readonly ConcurrentQueue<CapturedPacket> _packets = new();

    public void Dispose() => _network.Dispose();

    [Fact]
    public async Task Two_nodes_capture_the_ping_that_is_sent_once_both_listen()
    {
        var session = new CaptureSession([Left(new() { Interface = "left0", Filter = "icmp", Count = 4 }), Right(new() { Interface = "right0", Filter = "icmp", Count = 4 })])
        {
            Trigger = _ => _network.Ping(2),
        };

        var summaries = await session.RunAsync(_packets.Enqueue, TestContext.Current.CancellationToken);

        Assert.Equal([("left", "left0", "count", 4), ("right", "right0", "count", 4)], summaries.Select(s => (s.Node, s.Interface, s.EndedBy, s.Packets)));
        Assert.All(summaries, s => Assert.Null(s.Problem));
        Assert.All(summaries, s => Assert.InRange(s.ReceivedByFilter ?? -1, 4, 4));
        Assert.All(summaries, s => Assert.Equal(0, s.DroppedByKernel));
        var joined = Sightings.Join(_packets);
        Assert.Equal(4, joined.Count);
        string[] request = ["left left0 (ttl 64)", "right right0 (ttl 64)"];
        AssertWay(request, joined[0]);
        AssertWay([.. request.Reverse()], joined[1]);
        Assert.StartsWith("ICMP echo request, id ", joined[0].Info, StringComparison.Ordinal);
        Assert.StartsWith("icmp echo reply id ", joined[1].Key, StringComparison.Ordinal);
        Assert.Equal("", _network.Processes);
    }

    [Fact]
    public async Task A_capture_ends_after_its_seconds_and_still_tells_its_counts()
    {
        var session = new CaptureSession([Left(new() { Interface = "left0", Filter = "icmp", Seconds = 1 })]) { Trigger = _ => _network.Ping(1) };

        var summary = Assert.Single(await session.RunAsync(_packets.Enqueue, TestContext.Current.CancellationToken));

        Assert.Equal(("seconds", 2, (string?)null), (summary.EndedBy, summary.Packets, summary.Problem));
        Assert.Equal((2L, 0L), (summary.ReceivedByFilter, summary.DroppedByKernel));
        Assert.InRange(summary.Seconds, 0.9, 5);
        Assert.Equal("left left0: 2 packets captured, 2 received by filter, 0 dropped by kernel", summary.ToString());
    }

    [Fact]
    public async Task An_interface_that_is_not_there_is_one_problem_and_the_other_capture_goes_on()
    {
        var session = new CaptureSession([Left(new() { Interface = "cni9" }), Right(new() { Interface = "right0", Filter = "icmp", Count = 2 })]) { Trigger = _ => _network.Ping(1) };

        var summaries = await session.RunAsync(_packets.Enqueue, TestContext.Current.CancellationToken);

        Assert.Equal("error", summaries[0].EndedBy);
        Assert.StartsWith("left has no interface cni9 (tcpdump: cni9: No such device exists", summaries[0].Problem, StringComparison.Ordinal);
        Assert.Contains("ip link", summaries[0].Remedy, StringComparison.Ordinal);
        Assert.Equal(("count", 2), (summaries[1].EndedBy, summaries[1].Packets));
    }

    [Fact]
    public async Task A_filter_that_tcpdump_does_not_understand_is_said_and_runs_nothing_else()
    {
        var file = Path.Combine(Path.GetTempPath(), $"gravitynet-{Guid.NewGuid():N}");
        var summary = Assert.Single(await new CaptureSession([Left(new() { Interface = "left0", Filter = $"icmp'; touch {file}; '" })])
            .RunAsync(_packets.Enqueue, TestContext.Current.CancellationToken));

        Assert.StartsWith("tcpdump on left does not understand the filter 'icmp'; touch", summary.Problem, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Cancelling_ends_every_tcpdump_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var session = new CaptureSession([Left(new() { Interface = "left0", Seconds = 60 }), Right(new() { Interface = "right0", Seconds = 60 })])
        {
            Trigger = async _ =>
            {
                Assert.Equal(4, _network.Processes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
                await cancel.CancelAsync();
            },
        };
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.RunAsync(_packets.Enqueue, cancel.Token));

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        Assert.Equal("", _network.Processes);
    }

    [Fact]
    public async Task A_capture_can_end_when_what_it_waits_for_has_happened()
    {
        var session = new CaptureSession([Left(new() { Interface = "left0", Filter = "icmp", Seconds = 60 })])
        {
            Trigger = _ => _network.Ping(1),
            StopAfterTrigger = TimeSpan.FromMilliseconds(300),
        };

        var summary = Assert.Single(await session.RunAsync(_packets.Enqueue, TestContext.Current.CancellationToken));

        Assert.Equal(("stopped", 2), (summary.EndedBy, summary.Packets));
        Assert.Equal("", _network.Processes);
    }

    [Fact]
    public async Task A_consumer_that_throws_ends_all_captures_and_its_exception_is_the_one_that_is_seen()
    {
        var session = new CaptureSession([Left(new() { Interface = "left0", Filter = "icmp", Seconds = 60 }), Right(new() { Interface = "right0", Filter = "udp", Seconds = 60 })])
        {
            Trigger = _ => _network.Ping(1),
        };

        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => session.RunAsync(_ => throw new InvalidDataException("mine"), TestContext.Current.CancellationToken));

        Assert.Equal("mine", thrown.Message);
    }

    private static void AssertWay(string[] expected, PacketSightings packet)
    {
        // both ends of a cable may see a packet in the same microsecond, which has no order
        var where = packet.Where.Select(w => w.ToString());
        if (packet.Where.Select(w => w.Time).Distinct().Count() == 1) Assert.Equal(expected.Order(StringComparer.Ordinal), where.Order(StringComparer.Ordinal));
        else Assert.Equal(expected, where);
    }

    private CaptureTarget Left(CapturePlan plan) => new(new LocalShell("left", _network.Left), plan);

    private CaptureTarget Right(CapturePlan plan) => new(new LocalShell("right", _network.Right), plan);
}
