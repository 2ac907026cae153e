using System.Management.Automation;
using GravityNet.Facts;
using GravityNet.Overlay;
using GravityNet.Snapshots;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Export-ClusterSnapshot</c>: asks a whole cluster once and writes what it answers as a snapshot, which the other commands read as they read the cluster.
/// </summary>
[Cmdlet(VerbsData.Export, "ClusterSnapshot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(ClusterSnapshotFile))]
public sealed class ExportClusterSnapshotCommand : ClusterCmdlet
{
    private readonly List<string> _nodes = [];

    /// <summary>Where it is written to: <c>.tar.gz</c>, <c>.tgz</c>, <c>.tar</c> or <c>.zip</c>; any other name is that of a folder.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "A path that ends with .tar.gz, .tgz, .tar or .zip, or that of a folder.")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The nodes to ask; wildcards work. All nodes unless given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string[]? Node { get; set; }

    /// <summary>Replaces what is at the path: a file, or a folder that is a snapshot's.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _nodes.AddRange((Node ?? []).Where(n => n.Length > 0));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (MyInvocation.ExpectingInput && _nodes.Count == 0) return;
        var cluster = Connection;
        var path = Paths.Resolve(this, Path);
        var isThere = File.Exists(path) || Directory.Exists(path);
        if (SnapshotSink.Refusal(path, Force) is { } refusal) ThrowTerminatingError(Refused(path, refusal, isThere && !Force));
        if (!ShouldProcess(path, $"Write a snapshot of {cluster.Name}")) return;
        try
        {
            Run((writer, cancel) => WriteAsync(cluster, path, writer, cancel));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(Refused(path, e.Message.TrimEnd('.'), false));
        }
    }

    private async Task WriteAsync(GravityCluster cluster, string path, PipelineWriter writer, CancellationToken cancel)
    {
        var wanted = SelectNodes(cluster, _nodes, writer);
        if (wanted.Count == 0) return;
        // a copy of a snapshot is as old as the snapshot
        var at = cluster.IsLive ? DateTimeOffset.UtcNow : cluster.At;
        using var sink = SnapshotSink.Create(path, Force, at);
        var snapshot = new SnapshotWriter(sink, at);
        snapshot.AddHeader(cluster.Sources.Where(s => wanted.Contains(s.Name)));
        foreach (var failed in cluster.NotConnected) snapshot.NoteMissing($"{failed.Target.Name}: it was not connected to: {failed.Why.Message}");

        var (objects, leases) = await cluster.CollectStoresAsync(LeaseSource.Auto, writer.Error, cancel).ConfigureAwait(false);
        snapshot.AddStores([.. objects, .. leases]);
        var kube = KubeObjects.From(objects);
        await foreach (var answer in AskEachAsync(cluster, wanted, SnapshotWriter.Request, writer, cancel).ConfigureAwait(false))
        {
            if (answer.Problem is { } problem) snapshot.AddMissing(answer.Node, problem.Message);
            else if (answer.State is { } state) snapshot.AddNode(state, kube);
        }

        cancel.ThrowIfCancellationRequested();
        var written = snapshot.Complete();
        foreach (var missing in written.Missing) writer.Verbose($"not in the snapshot: {missing}");
        writer.Write(written);
    }

    private static ErrorRecord Refused(string path, string why, bool isThere) => Errors.Create(
        new IOException(why),
        isThere ? "SnapshotExists" : "SnapshotNotWritten",
        isThere ? ErrorCategory.ResourceExists : ErrorCategory.WriteError,
        path,
        $"The snapshot is not written: {why}.",
        isThere ? "Give another path, or -Force to replace it." : "Give a path that can be written to, with the ending .tar.gz, .tgz, .tar or .zip, or none for a folder.");
}
