using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>Closes the connections of the runspace that removes the module: nothing stays logged in on a node, and a later import starts with none.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        foreach (var cluster in Connections.OfThisRunspace().TakeAll()) cluster.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(5));
    }
}
