using System.Reflection;
using System.Runtime.Loader;
using GravityNet.Sources;

namespace GravityNet.Cmdlets.Loading;

/// <summary>
/// The private place of the third-party packages: what stands beside GravityNet.Transports.dll is loaded from there and is seen by nobody
/// else, so another module's Renci.SshNet or Google.Protobuf of another version does not matter, and ours does not matter to it.
/// </summary>
internal sealed class TransportLoadContext(string assemblyPath) : AssemblyLoadContext("GravityNet.Transports", isCollectible: false)
{
    private readonly AssemblyDependencyResolver _resolver = new(assemblyPath);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // The ports and the records must be the same types on both sides. The copy in use is named by itself: the default context was
        // perhaps told of it by path alone and would not find it by name.
        var domain = typeof(INodeSource).Assembly;
        if (assemblyName.Name == domain.GetName().Name) return domain;

        var path = _resolver.ResolveAssemblyToPath(assemblyName);
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        var path = _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? 0 : LoadUnmanagedDllFromPath(path);
    }
}
