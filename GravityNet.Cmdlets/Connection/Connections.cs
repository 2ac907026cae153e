using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace GravityNet.Cmdlets;

/// <summary>
/// The connections of one runspace. They belong to the runspace, not to the process: two runspaces at work do not change each other's current cluster.
/// </summary>
internal sealed class Connections
{
    private static readonly ConditionalWeakTable<Runspace, Connections> ByRunspace = [];
    private static readonly Connections None = new();
    private readonly List<GravityCluster> _all = [];

    /// <summary>The connection that commands use unless told otherwise: the newest.</summary>
    public GravityCluster? Current => _all.Count > 0 ? _all[^1] : null;

    /// <summary>What is meant by the value of a parameter -Cluster: a connection, the newest of that name, or the current one for none. Null where there is none of that name.</summary>
    public GravityCluster? Named(object? value) => value switch
    {
        null => Current,
        PSObject wrapped => Named(wrapped.BaseObject),
        GravityCluster cluster => cluster,
        _ => _all.FindLast(c => c.Name.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)),
    };

    /// <summary>All connections, the oldest first.</summary>
    public IReadOnlyList<GravityCluster> All => _all;

    /// <summary>The connections of the runspace that runs the cmdlet. Call it on the pipeline thread.</summary>
    public static Connections Of(PSCmdlet cmdlet)
    {
        ArgumentNullException.ThrowIfNull(cmdlet);
        return OfThisRunspace();
    }

    /// <summary>The connections of the runspace of this thread.</summary>
    public static Connections OfThisRunspace() =>
        Runspace.DefaultRunspace is { } runspace ? ByRunspace.GetValue(runspace, _ => new()) : None;

    /// <summary>All connections, for the module's removal; none of them is known afterwards.</summary>
    public IReadOnlyList<GravityCluster> TakeAll()
    {
        GravityCluster[] all = [.. _all];
        // the assembly stays loaded, so that what is left here would be there again after the next import
        _all.Clear();
        return all;
    }

    public void Add(GravityCluster cluster) => _all.Add(cluster);

    public void Remove(GravityCluster cluster) => _all.Remove(cluster);
}
