using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>Closes every connection when the module is removed: nothing stays logged in on a node.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        foreach (var cluster in Connections.Everywhere()) cluster.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(5));
    }
}
