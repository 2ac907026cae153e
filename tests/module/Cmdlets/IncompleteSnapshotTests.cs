using System.Formats.Tar;
using System.IO.Compression;
using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>What the commands say of snapshots of which a part is missing or damaged: never that there is nothing wrong, or that something is gone.</summary>
public sealed class IncompleteSnapshotTests : IDisposable
{
    // each by a name, so that a difference tells which it is
    private static readonly (string Name, string Command)[] Questions =
    [
        ("fdb", "Get-VxlanFdb node-2"),
        ("bridge", "Get-NodeBridge node-2"),
        ("forwarding", "Get-NodeForwarding node-2"),
        ("route", "Get-NodeRoute node-2"),
        ("lookup", "Get-NodeRoute node-2 -To 10.244.19.3"),
        ("pod", "Get-PodNetwork -Node node-2"),
        ("log", "Get-FlannelLog node-2"),
        ("lease", "Get-OverlayLease"),
        ("reach", "Test-PodReachability -Node node-2"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-incomplete-").FullName;

    public IncompleteSnapshotTests()
    {
        using var packed = new GZipStream(File.OpenRead(ModuleShell.RecordingPath("b-fdb-missing")), CompressionMode.Decompress);
        TarFile.ExtractToDirectory(packed, _folder, overwriteFiles: false);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_fact_each_command_answers_the_same_or_names_the_fact()
    {
        using var shell = new ModuleShell();
        var whole = Answers(shell);
        Assert.All(Questions.Where(q => q.Name != "log"), q => Assert.NotEmpty(whole[q.Name]));
        var node = Path.Combine(_folder, "nodes", "node-2");
        var pod = Directory.GetDirectories(Path.Combine(node, "pods")).Order(StringComparer.Ordinal).First();
        var files = Directory.GetFiles(node, "*.txt").Concat(Directory.GetFiles(pod, "*.txt")).Concat(Directory.GetFiles(Path.Combine(_folder, "cluster"), "kube-*")).ToList();
        Assert.True(files.Count > 30);
        var silent = new List<string>();
        foreach (var file in files)
        {
            var fact = Path.GetFileNameWithoutExtension(file);
            var aside = Path.Combine(_folder, "aside");
            File.Move(file, aside);
            var now = Answers(shell);
            File.Move(aside, file);
            silent.AddRange(from question in Questions
                            let said = now[question.Name]
                            where !said.SequenceEqual(whole[question.Name]) && !said.Any(l => l.Contains(fact, StringComparison.Ordinal) && !whole[question.Name].Contains(l))
                            select $"{question.Command} without {Path.GetRelativePath(_folder, file)}: {string.Join(" | ", said.Except(whole[question.Name]).Take(3))}");
        }

        Assert.True(silent.Count == 0, string.Join("\n", silent));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_fact_proves_nothing_missing(bool isEmpty)
    {
        using var shell = new ModuleShell();
        string[] asked = ["fdb", "bridge", "forwarding", "route", "lookup"];
        var whole = Answers(shell, asked);
        foreach (var fact in (string[])["ip-addr", "ip-route", "ip-neighbor", "bridge-fdb", "ip-netconf", "sysctl", "ip-rule"])
        {
            // a node may have no neighbor
            if (isEmpty && fact == "ip-neighbor") continue;
            var file = Path.Combine(_folder, "nodes", "node-2", fact + ".txt");
            var text = File.ReadAllText(file);
            File.WriteAllText(file, isEmpty ? "" : text[..(text.IndexOf('\n', text.Length / 3) - 7)]);
            var now = Answers(shell, asked);
            File.WriteAllText(file, text);
            foreach (var name in asked.Where(n => !now[n].SequenceEqual(whole[n])))
                Assert.True(now[name].Any(l => l.Contains($"'{fact}' is {(isEmpty ? "empty" : "cut short")}", StringComparison.Ordinal)), $"{name} says nothing of {fact}");
            Assert.All(now["fdb"].Except(whole["fdb"]).Where(l => l.StartsWith('{')), l => Assert.Contains("\"Status\":\"unknown\"", l, StringComparison.Ordinal));
            Assert.DoesNotContain(now["forwarding"].Except(whole["forwarding"]), l => l.Contains("\"Status\":\"fault\"", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("node-3", "bridge-fdb", 0, "FdbEntry")]
    [InlineData("node-1", "ip-addr", 300, "Address")]
    [InlineData("node-2", "iptables", 4000, "Rule")]
    public void What_a_damaged_fact_does_not_have_is_not_removed(string node, string fact, int bytes, string kind)
    {
        var file = Path.Combine(_folder, "nodes", node, fact + ".txt");
        File.WriteAllText(file, File.ReadAllText(file)[..bytes]);
        using var shell = new ModuleShell();
        Assert.Empty(shell.Lines("Compare-ClusterSnapshot $args[0] $args[1] -WarningVariable warned -WarningAction SilentlyContinue", ModuleShell.RecordingPath("b-fdb-missing"), _folder));
        Assert.Contains(shell.Lines("$warned"), w => w.StartsWith($"{kind} is not compared of {node}: unknown in the difference: {node}: '{fact}' is ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_device_that_a_cut_text_lacks_is_no_cause()
    {
        var file = Path.Combine(_folder, "nodes", "node-1", "ip-addr.txt");
        File.WriteAllText(file, File.ReadAllText(file)[..300]);
        using var shell = new ModuleShell();
        shell.Try("$null = Connect-GravityCluster -Snapshot $args[0]; $rows = Test-PodReachability", _folder);
        Assert.DoesNotContain(shell.Lines("$rows.Cause"), c => c.Contains("no flannel VXLAN device", StringComparison.Ordinal));
        Assert.Contains("node-1: 'ip-addr' is cut short", string.Join('\n', shell.Lines("Test-PodReachability -WarningVariable warned -WarningAction SilentlyContinue | Out-Null; $warned")), StringComparison.Ordinal);
        Assert.Equal(["unknown"], shell.Try("(Get-VxlanFdb node-1 | Where-Object IsOwn).Status").Select(s => s.ToString()));
        Assert.Equal("FactDamaged,GravityNet.Cmdlets.GetVxlanFdbCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void A_node_without_rules_is_no_node_without_services()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "nodes", "node-1"), "ip*tables*")) File.Delete(file);
        using var shell = new ModuleShell();
        shell.Try("$null = Connect-GravityCluster -Snapshot $args[0]; $rows = Get-ServiceNatChain kube-dns", _folder);
        var error = Assert.Single(shell.Errors);
        Assert.Equal(("FactNotCollected,GravityNet.Cmdlets.GetServiceNatChainCommand", "node-1"), (error.FullyQualifiedErrorId, error.TargetObject));
        Assert.Equal(["node-2", "node-3"], shell.Lines("$rows.Node | Sort-Object -Unique"));
    }

    // rows as JSON, and what was warned of and reported
    private Dictionary<string, List<string>> Answers(ModuleShell shell, params string[] names)
    {
        shell.Try("Get-GravityCluster | Disconnect-GravityCluster; $null = Connect-GravityCluster -Snapshot $args[0]", _folder);
        return Questions.Where(q => names.Length == 0 || names.Contains(q.Name)).ToDictionary(q => q.Name, q =>
        {
            var rows = shell.Try($"{q.Command} | ForEach-Object {{ ConvertTo-Json $_ -Depth 3 -Compress }}").Select(r => r.ToString()!);
            return rows.Concat(shell.Errors.Select(e => $"error {e}")).Concat(shell.Streams.Warning.Select(w => $"warning {w}")).ToList();
        });
    }
}
