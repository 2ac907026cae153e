using System.Diagnostics;
using GravityNet.Connecting;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests.Connecting;

/// <summary>What a node's kubectl may say when it has no answer; a real one is asked in the lab.</summary>
public sealed class NodeKubectlTests : IDisposable
{
    private static readonly string[] All = ["kube-nodes", "kube-pods", "kube-endpointslices"];
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-kubectl-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refused_list_says_so_for_itself_and_older_slices_stand_in()
    {
        var facts = await AskAsync("""
            case "$*" in
              *'get --raw /api/v1/nodes') echo '{"kind":"NodeList","items":[{"metadata":{"name":"node-1"}}]}' ;;
              */v1beta1/endpointslices) echo '{"kind":"EndpointSliceList","items":[]}' ;;
              */v1/endpointslices) echo 'Error from server (NotFound): the server could not find the requested resource' >&2; exit 1 ;;
              *) echo 'Error from server (Forbidden): pods is forbidden: User "joe" cannot list resource "pods" in API group "" at the cluster scope' >&2; exit 1 ;;
            esac
            """);
        var objects = KubeObjects.From(facts);
        Assert.Equal("node-1", Assert.Single(objects.Nodes!).Name);
        Assert.Contains("User \"joe\" cannot list resource \"pods\"", objects.Unknown["kube-pods"], StringComparison.Ordinal);
        Assert.Empty(objects.Endpoints!);
    }

    [Theory]
    [InlineData("The connection to the server localhost:8080 was refused - did you specify the right host or port?", SourceFailure.Unreachable)]
    [InlineData("error: You must be logged in to the server (Unauthorized)", SourceFailure.AuthenticationFailed)]
    public async Task Where_no_list_is_answered_the_API_as_a_whole_is_not(string words, SourceFailure failure)
    {
        var e = await Assert.ThrowsAsync<SourceException>(() => AskAsync($"echo 'W1123 a warning' >&2; echo '{words}' >&2; exit 1"));
        Assert.Equal(failure, e.Failure);
        Assert.Contains(words.TrimEnd('.'), e.Message, StringComparison.Ordinal);
        Assert.Contains(" on node-1 ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_and_a_file_reach_the_tool_as_they_are()
    {
        var file = Path.Combine(_folder, "it's $(id)");
        var facts = await AskAsync("printf '%s|%s|%s' \"$KUBECONFIG\" \"$1\" \"$2\"", file, "a 'b' $(id)");
        Assert.Equal($"{file}|--context|a 'b' $(id)", facts[0].Text);
    }

    [Fact]
    public async Task A_tool_that_has_gone_is_no_answer()
    {
        var e = await Assert.ThrowsAsync<SourceException>(() => new NodeKubectl(Node(), Path.Combine(_folder, "gone"), null, new()).CollectAsync(All, Cancel));
        Assert.Equal(SourceFailure.Unreachable, e.Failure);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<IReadOnlyList<GravityNet.Facts.FactResult>> AskAsync(string script, string? file = null, string? context = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a node is a POSIX system");
        var tool = Path.Combine(_folder, "tool");
        await File.WriteAllTextAsync(tool, "#!/bin/sh\n" + script + "\n", Cancel);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return await new NodeKubectl(Node(), tool, file, new() { Context = context }).CollectAsync(All, Cancel);
    }

    private static LiveNode Node() => new("node-1", "192.0.2.1", new Shell(), TimeSpan.FromSeconds(20));

    private sealed class Shell : INodeShell
    {
        public string Node { get; set; } = "node-1";

        public async Task<ShellResult> RunAsync(string script, TimeSpan timeout, CancellationToken cancel)
        {
            using var process = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync(cancel);
            var output = await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return new(process.ExitCode, output, await error, TimeSpan.Zero);
        }

        public Task<ShellResult> StreamAsync(string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput, CancellationToken cancel) => throw new NotSupportedException();

        public Task<Stream> OpenStreamAsync(string host, int port, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
