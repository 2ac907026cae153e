using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>
/// A cmdlet that asks nodes. Names from the pipeline are gathered first: each node is asked once, all of them side by side.
/// </summary>
public abstract class NodeCmdlet : ClusterCmdlet
{
    private readonly List<string> _nodes = [];

    /// <summary>The nodes to ask; wildcards work. All nodes unless given.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "Names of nodes; wildcards work.")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[]? Node { get; set; }

    /// <summary>The names gathered so far; none means all.</summary>
    private protected IReadOnlyCollection<string> NodeNames => _nodes;

    /// <summary>Whether anything was bound: an object from the pipeline without a node's name selects nothing.</summary>
    private bool _bound;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Node is null) return;
        _bound = true;
        _nodes.AddRange(Node.Where(n => n.Length > 0));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_bound && _nodes.Count == 0) return;
        // 'nothing | Get-...' asks nothing: ProcessRecord was never called, and -Node was not given
        if (MyInvocation.ExpectingInput && !_bound) return;
        var cluster = Connection;
        Run((writer, cancel) => AnswerAsync(cluster, writer, cancel));
    }

    private protected abstract Task AnswerAsync(GravityCluster cluster, PipelineWriter writer, CancellationToken cancel);
}
