using System.Diagnostics;
using GravityNet.Bench;
using GravityNet.Facts;
using GravityNet.Findings;
using GravityNet.Sources;
using GravityNet.Transports;

if (args is [RulesBench.ReadAlone, var rules])
{
    Console.WriteLine(RulesBench.Alone(rules));
    return 0;
}

if (args is [RulesBench.Only, ..])
{
    Console.WriteLine(Machine.Describe());
    Console.WriteLine(Series.Header);
    Console.WriteLine(await RulesBench.RunAsync(10_000, args is [_, var times] ? int.Parse(times, System.Globalization.CultureInfo.InvariantCulture) : 7));
    return 0;
}

if (args is [TablesBench.Only, ..])
{
    Console.WriteLine(Machine.Describe());
    Console.WriteLine(Series.Header);
    await foreach (var table in TablesBench.RunAsync(1, args is [_, var times] ? int.Parse(times, System.Globalization.CultureInfo.InvariantCulture) : 7)) Console.WriteLine(table);
    return 0;
}

var snapshotsAlone = args is [SnapshotBench.Only, ..];
if (snapshotsAlone) args = args[1..];
Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 64;
}

var manifest = Path.Combine(Path.GetFullPath(arguments.Module), "GravityNet.psd1");
if (snapshotsAlone)
{
    Console.WriteLine(Machine.Describe());
    Console.WriteLine(Series.Header);
    Console.WriteLine(await SnapshotBench.RunAsync(arguments.Services / 10, arguments.Rounds, Shell, manifest));
    return 0;
}

await using var nodes = await Nodes.StartAsync(arguments.Clusters.Max());

Console.WriteLine(Machine.Describe());
using (var shell = Shell())
    Console.WriteLine(shell.Ask("\"$($Host.Name), PowerShell $($PSVersionTable.PSVersion)\""));
Console.WriteLine($"{arguments.Rounds} rounds of each; the ratio is that of the medians: below 1 ours is faster");
Console.WriteLine();
Console.WriteLine(Series.Header);

var empty = Path.Combine(AppContext.BaseDirectory, "GravityNet.EmptyModule.dll");
Console.WriteLine(await new Series("import", "Import-Module GravityNet in a new session", "Import-Module of a binary module with one empty command in a new session")
    .RunAsync(arguments.Rounds, () => Task.FromResult(TimeInNew($"Import-Module '{manifest}'")), () => Task.FromResult(TimeInNew($"Import-Module '{empty}'"))));
Console.WriteLine("    " + LoadedByImport());

Console.WriteLine(await new Series($"first connect of a session, {arguments.Clusters[0]} nodes", "Connect-GravityCluster, with SSH.NET loaded for the first time", "ssh NODE true, side by side")
    .RunAsync(arguments.Rounds, () => Task.FromResult(FirstConnect(arguments.Clusters[0])), () => PeerConnectAsync(arguments.Clusters[0])));

using (var shell = Shell())
{
    shell.Ask($"Import-Module '{manifest}'");
    Connect(shell, arguments.Clusters[0]);
    foreach (var count in arguments.Clusters)
    {
        Console.WriteLine(await new Series($"connect, {count} nodes", "Connect-GravityCluster: login, names, addresses, overlay", "ssh NODE true, side by side")
            .RunAsync(arguments.Rounds, () => Task.FromResult(Connect(shell, count)), () => PeerConnectAsync(count)));
    }
}

await CollectAsync();
await foreach (var table in TablesBench.RunAsync(arguments.Services / 10_000.0, arguments.Rounds)) Console.WriteLine(table);
Console.WriteLine(await RulesBench.RunAsync(arguments.Services, arguments.Rounds));
Console.WriteLine(await SnapshotBench.RunAsync(arguments.Services / 10, arguments.Rounds, Shell, manifest));
Console.WriteLine();
Console.WriteLine($"load at the end: {Machine.Load()}");
return 0;

ShellProcess Shell() => new(arguments.Shell);

TimeSpan TimeInNew(string command)
{
    using var shell = Shell();
    return shell.Time(command);
}

// what the import loaded, and whether anything of it is a third party's
string LoadedByImport()
{
    const string Loaded = "[Runtime.Loader.AssemblyLoadContext]::All | ForEach-Object { $_.Assemblies } | ForEach-Object { $_.GetName().Name }";
    using var shell = Shell();
    shell.Ask($"$before = @({Loaded}); $global:before = $before");
    var loaded = shell.Ask($"Import-Module '{manifest}'; @({Loaded} | Where-Object {{ $_ -notin $before }} | Sort-Object) -join ' '").Split(' ');
    var own = Directory.GetFiles(arguments.Module, "*.dll").Select(Path.GetFileNameWithoutExtension).ToHashSet();
    var foreign = loaded.Where(name => !own.Contains(name) && File.Exists(Path.Combine(arguments.Module, "transports", name + ".dll"))).ToList();
    var all = Directory.GetFiles(Path.Combine(arguments.Module, "transports"), "*.dll").Length;
    return foreign.Count == 0
        ? $"import loads {string.Join(", ", loaded.Where(own.Contains))}, and none of the {all} assemblies in transports"
        : throw new InvalidOperationException($"Importing the module loads {string.Join(", ", foreign)}.");
}

string ConnectCommand(int count) =>
    $"Connect-GravityCluster {string.Join(", ", nodes.Ports.Take(count).Select(port => $"127.0.0.1:{port}"))} -KeyFile '{nodes.KeyFile}' -KnownHostsFile '{nodes.KnownHosts}' -SshConfigFile none";

TimeSpan Connect(ShellProcess shell, int count)
{
    var time = shell.Time(ConnectCommand(count));
    var connected = shell.Ask("@((Get-GravityCluster).Nodes).Count");
    shell.Ask("Disconnect-GravityCluster");
    return connected == $"{count}" ? time : throw new InvalidOperationException($"{connected} nodes are connected instead of {count}.");
}

TimeSpan FirstConnect(int count)
{
    using var shell = Shell();
    shell.Ask($"Import-Module '{manifest}'");
    return Connect(shell, count);
}

async Task<TimeSpan> PeerConnectAsync(int count)
{
    var clock = Stopwatch.StartNew();
    await Task.WhenAll(nodes.Ports.Take(count).Select(port => Task.Run(() => Programs.RunAsync("ssh", nodes.Ssh(port).Append("true")))));
    return clock.Elapsed;
}

async Task CollectAsync()
{
    var request = Detectors.Request;
    var port = nodes.Ports[0];
    var target = new SshTarget("bench", "127.0.0.1", port, "root");
    var options = new SshOptions { KeyFile = nodes.KeyFile, KnownHostsFile = nodes.KnownHosts, ConfigFile = SshOptions.NoConfigFile };
    await using var open = new ConnectedNode(target, options);
    // the same commands as ours: not every tool is there, and not each is asked
    var commands = (await open.CollectAsync(request)).Facts.Values.Select(f => f.Command).ToList();

    var name = $"collect, {commands.Count} facts of a node";
    Console.WriteLine(await new Series(name, "connect, one exec, disconnect", "ssh NODE COMMAND, one after the other").RunAsync(
        arguments.Rounds,
        async () =>
        {
            var clock = Stopwatch.StartNew();
            await using var node = new ConnectedNode(target, options);
            await node.CollectAsync(request);
            return clock.Elapsed;
        },
        () => PeerCollectAsync(commands, port)));

    var socket = $"ControlPath={nodes.Socket(port)}";
    using var master = Process.Start("ssh", nodes.Ssh(port, socket, "ControlMaster=yes").Prepend("-N"));
    try
    {
        while (!File.Exists(nodes.Socket(port)) && !master.HasExited)
            await Task.Delay(20);
        Console.WriteLine(await new Series(name + ", open", "one exec on an open connection", "ssh -o ControlPath=OPEN NODE COMMAND, one after the other").RunAsync(
            arguments.Rounds,
            async () =>
            {
                var clock = Stopwatch.StartNew();
                await open.CollectAsync(request);
                return clock.Elapsed;
            },
            () => PeerCollectAsync(commands, port, socket)));
    }
    finally
    {
        master.Kill();
        await master.WaitForExitAsync();
    }
}

async Task<TimeSpan> PeerCollectAsync(IEnumerable<string> commands, int port, params string[] options)
{
    var clock = Stopwatch.StartNew();
    foreach (var command in commands)
        await Programs.RunAsync("ssh", nodes.Ssh(port, options).Append(command), mayFail: true);
    return clock.Elapsed;
}
