using System.Collections;
using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>Takes a connection's name where a connection is wanted. Of two connections of one name the newer is meant.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClusterNameAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentTransformationMetadataException">No connection has the name.</exception>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        string name => Find(name),
        IList values => values.Cast<object?>().Select(v => Transform(engineIntrinsics, v)).ToArray(),
        _ => inputData,
    };

    private static GravityCluster Find(string name)
    {
        var connections = Connections.OfThisRunspace();
        if (connections.Named(name) is { } cluster) return cluster;
        var known = string.Join(", ", connections.All.Select(c => c.Name));
        throw new ArgumentTransformationMetadataException($"No connection is named '{name}'. {(known.Length > 0 ? $"Open are: {known}." : "None is open: run Connect-GravityCluster first.")}");
    }
}
