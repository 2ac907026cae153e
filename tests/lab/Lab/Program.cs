using System.Runtime.InteropServices;
using GravityNet.Labs;
using GravityNet.Labs.Faults;
using GravityNet.Labs.Plan;
using GravityNet.Labs.Running;

const string Usage = $"""
    lab up [OPTIONS]            start the three-node cluster; leftovers are removed first
    lab down                    remove it without a trace
    lab status                  print what runs as JSON
    lab fault NAME on|off       break or heal something; without a name, list the faults
    lab exec NODE -- COMMAND    run a command in all namespaces of a node
    lab outside -- COMMAND      run a command in the outside network namespace, where the client lives
    lab install                 install the system packages that the lab needs
    lab check-clean             tell what a lab has on the machine; exit code 1 when there is anything
    Each takes --state DIR (default: $GRAVITYNET_LAB_STATE, or /run/gravitynet-lab).

    Options of up:
    {LabOptions.Usage}
    """;

// a command's own options follow the double dash
var split = Array.IndexOf(args, "--");
var own = (split < 0 ? args : args[..split]).ToList();
var command = split < 0 ? [] : args[(split + 1)..];
if (own.IndexOf("--state") is >= 0 and var at && at + 1 < own.Count)
{
    Environment.SetEnvironmentVariable(Lab.StateVariable, Path.GetFullPath(own[at + 1]));
    own.RemoveRange(at, 2);
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

try
{
    switch (own)
    {
        case ["up", .. var switches] when LabOptions.Parse(switches) is { } options:
            using (PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop))
            using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop))
                await Lab.UpAsync(options: options, report: Console.WriteLine, cancellationToken: stop.Token);
            return 0;
        case ["down"]:
            return Report(await Lab.DownAsync());
        case ["check-clean"]:
            return Report(await Lab.FindTracesAsync());
        case ["status"]:
            Console.WriteLine(Lab.Open().StatusJson);
            return 0;
        case ["fault"]:
            Console.WriteLine(FaultTable.List);
            return 0;
        case ["fault", var name, "on" or "off"]:
            await Lab.Open().FaultAsync(name, own[2] == "on");
            Console.WriteLine($"{name} is {own[2]}");
            return 0;
        case ["exec", var node] when command.Length > 0:
            return Replace.With(Lab.Open().NodeCommand(node, command));
        case ["outside"] when command.Length > 0:
            return Replace.With(Namespaces.Network(await Lab.EnsureOutsideAsync(), command));
        case ["install"]:
            await SystemPackages.InstallAsync(Console.WriteLine);
            return 0;
        case ["serve-api"]:
            await Lab.ServeApiAsync();
            return 0;
        case ["help" or "--help" or "-h"]:
            Console.WriteLine(Usage);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (LabException e)
{
    Console.Error.WriteLine("lab: " + e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("lab: stopped; nothing is left of it");
    return 130;
}

static int Report(IReadOnlyList<string> traces)
{
    Console.WriteLine(traces.Count == 0 ? "nothing of the lab is left" : "left of the lab:\n" + string.Join('\n', traces));
    return traces.Count == 0 ? 0 : 1;
}
