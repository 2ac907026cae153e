using System.Runtime.Loader;
using Google.Protobuf;
using GravityNet.Cmdlets.Loading;
using GravityNet.Sources;

// The other modules were first: their libraries are in the default context, and at work, before ours are asked for.
UseOlder();
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

// the older SSH.NET logs in to the same server, beside ours
using (var older = new Renci.SshNet.SshClient("127.0.0.1", target.Port, target.User, new Renci.SshNet.PrivateKeyFile(args[1])))
{
    older.Connect();
    using var command = older.RunCommand("echo hello from another module");
    Console.WriteLine($"older ssh: {command.Result.Trim()}");
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
    factory.OpenKubernetes(new() { ConfigFiles = ["/nowhere/config"] }, _ => { });
}
catch (SourceException e)
{
    Console.WriteLine($"kubernetes: {e.Failure}");
}

// a kubeconfig that is read, so that YAML is read on the private side
var config = Path.GetTempFileName();
try
{
    File.WriteAllText(config, "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\n");
    factory.OpenKubernetes(new() { ConfigFiles = [config] }, _ => { });
    Console.WriteLine("kubernetes: read");
}
finally
{
    File.Delete(config);
}

UseOlder();

string[] shared = ["Google.Protobuf", "Renci.SshNet", "YamlDotNet"];
foreach (var assembly in AssemblyLoadContext.All.SelectMany(c => c.Assemblies)
    .Where(a => shared.Contains(a.GetName().Name))
    .OrderBy(a => a.GetName().Name, StringComparer.Ordinal).ThenBy(a => a.GetName().Version))
{
    Console.WriteLine($"loaded: {assembly.GetName().Name} {assembly.GetName().Version} in {AssemblyLoadContext.GetLoadContext(assembly)!.Name}");
}

static void UseOlder()
{
    var yaml = new YamlDotNet.Serialization.DeserializerBuilder().Build().Deserialize<Dictionary<string, string>>("a: read");
    var message = new Google.Protobuf.WellKnownTypes.StringValue { Value = "read" };
    using var login = new Renci.SshNet.PasswordConnectionInfo("host", "user", "password");
    Console.WriteLine($"older: {login.Username} {yaml["a"]} {Google.Protobuf.WellKnownTypes.StringValue.Parser.ParseFrom(message.ToByteArray()).Value}");
}

static int PrivateContexts() => AssemblyLoadContext.All.Count(c => c.Name == "GravityNet.Transports");
