using GravityNet.Sources;

namespace GravityNet.Cmdlets.Loading;

/// <summary>
/// Brings the transports in on the first connection that needs them. A session on a snapshot never does.
/// </summary>
public static class TransportLoader
{
    private const string AssemblyFile = "GravityNet.Transports.dll";
    private const string FactoryType = "GravityNet.Transports.TransportFactory";

    private static readonly Lazy<ITransportFactory> Factory = new(() => Load(DefaultFolder));

    /// <summary>Where the transports stand: the folder <c>transports</c> beside this assembly.</summary>
    public static string DefaultFolder => Path.Combine(Path.GetDirectoryName(typeof(TransportLoader).Assembly.Location)!, "transports");

    /// <summary>The factory of live sources, loaded on the first call.</summary>
    /// <exception cref="FileNotFoundException">The folder or the assembly is missing: the module is not whole.</exception>
    public static ITransportFactory Get() => Factory.Value;

    /// <summary>Loads the transports from a folder into a context of their own.</summary>
    /// <param name="folder">The folder that holds GravityNet.Transports.dll and its packages.</param>
    /// <exception cref="FileNotFoundException">The folder or the assembly is missing.</exception>
    internal static ITransportFactory Load(string folder)
    {
        var path = Path.Combine(Path.GetFullPath(folder), AssemblyFile);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"'{path}' is missing, so no live node, etcd or Kubernetes API can be asked (a snapshot can). Install the whole module again.", path);
        }

        var context = new TransportLoadContext(path);
        var type = context.LoadFromAssemblyPath(path).GetType(FactoryType, throwOnError: true)!;
        return (ITransportFactory)Activator.CreateInstance(type)!;
    }
}
