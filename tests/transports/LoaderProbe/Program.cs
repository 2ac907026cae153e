using System.Runtime.Loader;
using GravityNet.Cmdlets.Loading;
using GravityNet.Sources;

// The other module was first: its library is in the default context before ours is asked for.
Console.WriteLine($"default: {Renci.SshNet.SshClient.Origin}");
Console.WriteLine($"before: {PrivateContexts()}");

var factory = TransportLoader.Get();
Console.WriteLine($"after: {PrivateContexts()}");
Console.WriteLine($"once: {ReferenceEquals(factory, TransportLoader.Get())}");

var target = new SshTarget("bench", "127.0.0.1", int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture), Environment.UserName);
var options = new SshOptions { KeyFile = args[1], KnownHostsFile = args[2] };
await using var shell = await factory.ConnectAsync(target, options, CancellationToken.None);
if (args.Length > 3)
{
    // a client that is in the middle of something, to be killed or stopped by the test
    await shell.RunAsync(args[3], TimeSpan.FromMinutes(5), CancellationToken.None);
    return;
}

var result = await shell.RunAsync("echo hello; exit 7", TimeSpan.FromSeconds(10), CancellationToken.None);
Console.WriteLine($"ssh: {result.Output.Trim()} {result.ExitCode}");

// The exception of the private side is the one that this side catches.
try
{
    await factory.OpenEtcd([new Uri("http://127.0.0.1:1")]).CollectAsync(CancellationToken.None);
}
catch (SourceException e)
{
    Console.WriteLine($"etcd: {e.Failure}");
}

try
{
    factory.OpenKubernetes("/nowhere/config", null);
}
catch (SourceException e)
{
    Console.WriteLine($"kubernetes: {e.Failure}");
}

foreach (var assembly in AssemblyLoadContext.All.SelectMany(c => c.Assemblies).Where(a => a.GetName().Name == "Renci.SshNet").OrderBy(a => a.GetName().Version))
{
    Console.WriteLine($"loaded: {assembly.GetName().Version} in {AssemblyLoadContext.GetLoadContext(assembly)!.Name}");
}

static int PrivateContexts() => AssemblyLoadContext.All.Count(c => c.Name == "GravityNet.Transports");
