using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>
/// <c>Disconnect-GravityCluster</c>: closes a connection; the one before it becomes the current one.
/// </summary>
[Cmdlet(VerbsCommunications.Disconnect, "GravityCluster")]
public sealed class DisconnectGravityClusterCommand : PSCmdlet
{
    /// <summary>The connections to close, or their names; the current one unless given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ClusterName]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public GravityCluster[]? Cluster { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connections = Connections.Of(this);
        if (Cluster is null && MyInvocation.ExpectingInput) return;
        foreach (var cluster in Cluster ?? (connections.Current is { } current ? [current] : []))
        {
            connections.Remove(cluster);
            // closing is a courtesy to the servers: one that hangs must not hold the prompt
            if (!cluster.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(3))) WriteVerbose($"{cluster.Name}: not every server said goodbye in time");
        }
    }
}
