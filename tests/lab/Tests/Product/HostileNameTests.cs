using System.Diagnostics;
using System.Management.Automation;
using System.Text.Json.Nodes;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>No text of a user or of a cluster is run by a shell, on a node or here, whatever stands in it.</summary>
public sealed class HostileNameTests(LabFixture fixture)
{
    [Fact]
    public async Task Each_of_a_hundred_names_is_run_by_a_shell_that_gets_it_unquoted()
    {
        await using var names = await HostileNames.MakeAsync(fixture);
        Assert.True(names.All.Distinct().Count() >= 100);
        foreach (var name in names.All)
        {
            foreach (var script in new[] { $"echo {name}\nwait", $"echo '{name}'\nwait", $"echo \"{name}\"\nwait" })
            {
                var start = new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
                using var shell = Process.Start(start)!;
                await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            var made = Directory.GetFiles(names.Folder);
            Assert.True(made.Length > 0, $"no shell runs <{name}>: it tests nothing");
            foreach (var file in made) File.Delete(file);
        }
    }

    [Fact]
    public async Task Names_of_hosts_and_users()
    {
        await using var names = await HostileNames.MakeAsync(fixture);
        using var shell = new ModuleShell();
        IReadOnlyList<string> hosts = [.. names.All, .. names.Others];
        foreach (var tried in new[] { hosts, [.. hosts.Select(h => $"{h}@192.168.33.11")], [.. hosts.Select(h => $"root@{h}:22")] })
        {
            foreach (var some in tried.Chunk(20))
            {
                shell.Try($"Connect-GravityCluster $args[0] {fixture.Options()} -ThrottleLimit 6 -TimeoutSeconds 5", [some]);
                Assert.NotEmpty(shell.Errors);
                Assert.Empty(shell.Run("Get-GravityCluster"));
            }
        }

        foreach (var name in names.Few.Concat(names.Others))
        {
            foreach (var option in new[] { "-User", "-JumpHost" })
            {
                shell.Try($"Connect-GravityCluster 192.168.33.11 {fixture.Options()} {option} $args[0] -TimeoutSeconds 5", name);
                Assert.True(shell.Errors.Count > 0, $"{option} <{name}> is no error");
            }
        }

        Assert.Equal([], await names.MadeAsync());
    }

    [Fact]
    public async Task Names_of_files()
    {
        await using var names = await HostileNames.MakeAsync(fixture);
        using var shell = new ModuleShell();
        var folder = Directory.CreateTempSubdirectory("gravitynet-files");
        try
        {
            foreach (var (name, i) in names.Few.Select((n, i) => (n, i)))
            {
                string Copy(string file)
                {
                    var path = $"{folder.FullName}/{i}/{name}/{Path.GetFileName(file)} {name}";
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    File.Copy(file, path);
                    if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                    return path;
                }

                var config = Path.Combine(folder.FullName, $"config{i}");
                await File.WriteAllTextAsync(config, "Host *\n  User root\n", TestContext.Current.CancellationToken);
                shell.Run(
                    "$null = Connect-GravityCluster 192.168.33.11 -KeyFile $args[0] -KnownHostsFile $args[1] -KubeConfig $args[2] -SshConfigFile $args[3]; Disconnect-GravityCluster",
                    Copy(fixture.Status.KeyFile), Copy(fixture.Status.KnownHosts), Copy(fixture.Status.KubeConfig), Copy(config));
            }

            foreach (var name in names.All.Concat(names.Others))
            {
                foreach (var option in new[] { "-KeyFile", "-KnownHostsFile", "-SshConfigFile", "-KubeConfig" })
                {
                    shell.Try($"Connect-GravityCluster 192.168.33.99 {option} $args[0] -TimeoutSeconds 1 -Etcd http://127.0.0.1:1", name + ".not-there");
                    Assert.NotEmpty(shell.Errors);
                }

                shell.Try("Connect-GravityCluster -Snapshot $args[0]", name);
                Assert.NotEmpty(shell.Errors);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.Equal([], await names.MadeAsync());
    }

    [Fact]
    public async Task Names_in_questions_and_probes()
    {
        await using var names = await HostileNames.MakeAsync(fixture);
        using var shell = fixture.Connect();
        string[] main = ["Get-NodeBridge $args[0]", "Get-ServiceNatChain $args[0] node-1", "Test-PodReachability node-1 \"pod:$($args[0])\""];
        string[] others =
        [
            "Get-OverlayLease $args[0]", "Get-NodeBridge node-1 $args[0]", "Get-VxlanFdb $args[0]", "Get-ServiceNatChain web $args[0]", "Get-ServiceNatChain web node-1 -Namespace $args[0]",
            "Test-PodReachability $args[0] 10.244.19.3", "Test-PodReachability node-1 $args[0]", "Test-PodReachability \"pod:default/$($args[0])\" node-1",
            "Test-PodReachability -Node $args[0]", "Invoke-NodeCapture $args[0]", "Watch-OverlayLease $args[0] -Seconds 1",
        ];
        foreach (var name in names.All.Concat(names.Others)) Ask(shell, main, name);
        foreach (var name in names.Few.Concat(names.Others)) Ask(shell, others, name);
        Assert.Equal([], await names.MadeAsync());
    }

    [Fact]
    public async Task Interfaces_and_filters_of_captures()
    {
        await using var names = await HostileNames.MakeAsync(fixture);
        using var shell = fixture.Connect();
        foreach (var name in names.Few.Concat(names.Others))
        {
            shell.Try("Invoke-NodeCapture node-1 $args[0] -Seconds 1 -Count 1", name);
            if (!string.IsNullOrWhiteSpace(name)) Assert.NotEmpty(shell.Errors);
            shell.Try("Invoke-NodeCapture node-1 cni0 -Filter $args[0] -Seconds 1 -Count 1", name);
            if (!string.IsNullOrWhiteSpace(name)) Assert.NotEmpty(shell.Errors);
        }

        Assert.Equal([], await names.MadeAsync());
    }

    [Fact]
    public async Task Names_that_the_cluster_tells()
    {
        await using var names = await HostileNames.MakeAsync(fixture);
        var cancel = TestContext.Current.CancellationToken;
        var file = Path.Combine(fixture.Status.StateDirectory, "objects.json");
        var original = await File.ReadAllTextAsync(file, cancel);
        // a name of the kernel's has 15 characters and no slash: these would leave a file where the shell is
        string[] links = ["x;>canary1;", "$(>canary2)", "`>canary3`", "';>canary4;'", "\";>canary5;\"", "x&>canary6&"];
        try
        {
            await File.WriteAllTextAsync(file, Hostile(original, names.Few), cancel);
            foreach (var link in links)
            {
                await fixture.Lab.OnNodeAsync("node-1", ["ip", "link", "add", link, "type", "veth"], "", cancellationToken: cancel);
                await fixture.Lab.OnNodeAsync("node-1", ["ip", "link", "set", link, "master", "cni0", "up"], "", cancellationToken: cancel);
                await fixture.Lab.OnNodeAsync("node-1", ["ip", "netns", "add", link], "", cancellationToken: cancel);
            }

            using var shell = fixture.Connect();
            var ports = shell.Lines("(Get-NodeBridge node-1 cni0).Ports | ForEach-Object Interface");
            Assert.All(links, link => Assert.Contains(link, ports));
            shell.Try("Get-NodeBridge");
            shell.Try("Get-OverlayLease; Get-VxlanFdb; Get-ServiceNatChain");
            Assert.NotEmpty(shell.Try("Test-PodReachability node-1 pod:*/hostile* -NoIsolation"));
            Assert.NotEmpty(shell.Try("Test-PodReachability node-2 pod:*/hostile*"));
            shell.Try("Test-PodReachability pod:*/hostile* node-1 -NoIsolation");
            shell.Try("Test-PodReachability node-1 pod:*/hostile* -NoIsolation | Select-Object -First 3 | Invoke-NodeCapture -Seconds 1");
            foreach (var link in links) shell.Try("Invoke-NodeCapture node-1 $args[0] -Seconds 1 -Count 1", link);
        }
        finally
        {
            await File.WriteAllTextAsync(file, original, CancellationToken.None);
            foreach (var link in links)
            {
                await fixture.Lab.OnNodeAsync("node-1", ["ip", "link", "delete", link], "", cancellationToken: CancellationToken.None);
                await fixture.Lab.OnNodeAsync("node-1", ["ip", "netns", "delete", link], "", cancellationToken: CancellationToken.None);
            }
        }

        Assert.Equal([], await names.MadeAsync());
    }

    private static void Ask(ModuleShell shell, IEnumerable<string> questions, string name)
    {
        foreach (var question in questions)
        {
            var clock = Stopwatch.StartNew();
            shell.Try(question, name);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{question} {name} took {clock.Elapsed}");
            Assert.All(shell.Errors, e => Assert.True(e.CategoryInfo.Category != ErrorCategory.NotSpecified, $"{question} {name}: {e}"));
        }
    }

    // pods, services and nodes that a real API server would refuse; half of the pods have an address, the others' is as bad as their name
    private static string Hostile(string objects, IReadOnlyList<string> names)
    {
        var all = JsonNode.Parse(objects)!.AsObject();
        foreach (var kind in new[] { "pods", "services", "nodes" })
        {
            var list = all[kind]!.AsArray();
            var model = list.First(o => kind != "pods" || (string?)o!["metadata"]!["name"] == "shell-node-1")!;
            foreach (var (name, i) in names.Select((n, i) => (n, i)))
            {
                var copy = model.DeepClone();
                copy["metadata"]!["name"] = $"hostile{name}";
                copy["metadata"]!["uid"] = $"{Guid.NewGuid()}";
                if (kind != "nodes") copy["metadata"]!["namespace"] = name;
                if (kind == "pods")
                {
                    var address = i % 2 == 0 ? $"10.244.19.{100 + i}" : name;
                    copy["status"]!["podIP"] = address;
                    copy["status"]!["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address });
                    if (i % 3 == 0) copy["spec"]!["nodeName"] = name;
                }

                if (kind == "services" && i % 2 == 1) copy["spec"]!["clusterIP"] = name;
                list.Add(copy);
            }
        }

        return all.ToJsonString();
    }
}
