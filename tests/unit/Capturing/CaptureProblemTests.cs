using GravityNet.Capturing;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

public class CaptureProblemTests
{
    [Theory]
    [InlineData(127, "tcpdump: not found", null, SourceFailure.BadAnswer, "There is no tcpdump on node-1.", "apt install tcpdump")]
    [InlineData(1, "tcpdump: cni9: No such device exists\n(No such device exists)", null, SourceFailure.BadAnswer,
        "node-1 has no interface cni0 (tcpdump: cni9: No such device exists).", "ip link")]
    [InlineData(1, "tcpdump: cni0: You don't have permission to capture on that device\n(socket: Operation not permitted)", null, SourceFailure.Denied,
        "The login on node-1 may not capture on cni0 (tcpdump: cni0: You don't have permission to capture on that device).", "sudo")]
    [InlineData(1, "tcpdump: can't parse filter expression: syntax error", "icmpp", SourceFailure.BadAnswer,
        "tcpdump on node-1 does not understand the filter 'icmpp': can't parse filter expression: syntax error.", "pcap-filter")]
    [InlineData(1, "tcpdump: WARNING: something\ntcpdump: cni0: That device is not up\n", null, SourceFailure.BadAnswer,
        "tcpdump on node-1 cni0 ended with exit code 1: cni0: That device is not up.", "by hand")]
    [InlineData(2, "", null, SourceFailure.BadAnswer, "tcpdump on node-1 cni0 ended with exit code 2: it said nothing.", "by hand")]
    public async Task What_tcpdump_says_becomes_one_sentence_and_a_remedy(int exitCode, string error, string? filter, SourceFailure failure, string problem, string remedy)
    {
        var shell = new StubShell(_ => Task.FromResult(new ShellResult(exitCode, "", error, TimeSpan.Zero)));
        var triggered = false;

        var summary = Assert.Single(await new CaptureSession([new(shell, new() { Interface = "cni0", Filter = filter })])
        {
            Trigger = _ => Task.FromResult(triggered = true),
        }.RunAsync(_ => { }, TestContext.Current.CancellationToken));

        Assert.Equal(("error", problem), (summary.EndedBy, summary.Problem));
        Assert.Contains(remedy, summary.Remedy, StringComparison.Ordinal);
        Assert.Equal(failure, summary.Failure!.Failure);
        Assert.True(triggered);
    }

    [Fact]
    public async Task A_node_that_cannot_be_reached_is_told_beside_one_that_can()
    {
        var header = Convert.FromHexString("D4C3B2A1020004000000000000000000000004000100000000000000");
        var dead = new StubShell(_ => throw new SourceException(SourceFailure.Unreachable, "node-1", "node-1 does not answer.", "Check it."));
        var alive = new StubShell(onOutput =>
        {
            onOutput(header.AsMemory(0, 24));
            return Task.FromResult(new ShellResult(124, "", "tcpdump: listening on cni0\n0 packets captured\n1 packet received by filter\n7 packets dropped by kernel\n", TimeSpan.Zero));
        });

        var summaries = await new CaptureSession([new(dead, new() { Interface = "cni0" }), new(alive, new() { Interface = "cni0" })])
            .RunAsync(_ => { }, TestContext.Current.CancellationToken);

        Assert.Equal("node-1 does not answer.", summaries[0].Problem);
        Assert.Null(summaries[1].Problem);
        Assert.Equal(("seconds", 1L, 7L), (summaries[1].EndedBy, summaries[1].ReceivedByFilter, summaries[1].DroppedByKernel));
    }

    [Fact]
    public async Task A_capture_that_never_begins_does_not_keep_the_trigger_waiting()
    {
        var end = new TaskCompletionSource<ShellResult>();
        var session = new CaptureSession([new(new StubShell(_ => end.Task), new() { Interface = "cni0" })])
        {
            ReadyTimeout = TimeSpan.FromMilliseconds(50),
            Trigger = _ =>
            {
                end.SetResult(new ShellResult(1, "", "tcpdump: too late", TimeSpan.Zero));
                return Task.CompletedTask;
            },
        };

        Assert.Equal("error", Assert.Single(await session.RunAsync(_ => { }, TestContext.Current.CancellationToken)).EndedBy);
    }

    private sealed class StubShell(Func<Action<ReadOnlyMemory<byte>>, Task<ShellResult>> answer) : INodeShell
    {
        public string Node { get; set; } = "node-1";

        public Task<ShellResult> RunAsync(string script, TimeSpan timeout, CancellationToken cancel) => StreamAsync(script, timeout, _ => { }, cancel);

        public Task<ShellResult> StreamAsync(string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput, CancellationToken cancel) => answer(onOutput);

        public Task<Stream> OpenStreamAsync(string host, int port, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
