using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary><c>Get-FlannelLog</c> on a snapshot that has the training's journal, and a pod's log.</summary>
public sealed class FlannelLogTests : IDisposable
{
    private const string Journal = """
        -- Logs begin at Thu 2020-01-23 16:55:06 UTC, end at Thu 2020-01-23 17:26:05 UTC. --
        Jan 23 16:55:06 node-1 systemd[1]: Starting Flannel...
        Jan 23 16:55:10 node-1 flanneld[692]: I0123 16:55:10.488237     692 main.go:516] Using interface with name ens4 and address 10.162.0.7
        Jan 23 16:55:10 node-1 flanneld[692]: I0123 16:55:10.807822     692 vxlan.go:120] VXLAN config: VNI=1 Port=8472 GBP=false DirectRouting=false
        Jan 23 17:08:19 node-1 flanneld[692]: I0123 17:08:19.427401     692 vxlan_network.go:138] adding subnet: 10.244.6.0/24 PublicIP: 10.162.0.6 VtepMAC: 62:4f:73:05:24:e1
        Jan 23 17:10:19 node-1 flanneld[692]: E0123 17:10:19.659338     692 vxlan_network.go:140] AddARP failed: no such device

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-flannel-").FullName;

    public FlannelLogTests()
    {
        Write("snapshot.json", """{"format":"gravitynet-snapshot/1","takenAt":"2020-01-23T17:26:05Z","nodes":[{"name":"node-1"},{"name":"node-2"},{"name":"node-3"}]}""");
        Write("nodes/node-1/flanneld-log.txt", Journal);
        Write("nodes/node-2/flanneld-log.txt", "2020-01-23T17:00:00.1Z stderr F I0123 17:00:00.100000       1 main.go:315] Wrote subnet file to /run/flannel/subnet.env\n");
        Write("nodes/node-3/hostname.txt", "node-3\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void The_default_view_is_the_log_itself(int width)
    {
        using var shell = Connect(width);
        var log = Plain(shell.Render("Get-FlannelLog node-1"));
        Assert.Equal(string.Concat(Journal.Split('\n').Skip(1)), log.Replace("\n", "", StringComparison.Ordinal));
        Assert.Equal("node-2 2020-01-23T17:00:00.1Z stderr F I0123 17:00:00.100000       1 main.go:315] Wrote subnet file to /run/flannel/subnet.env", shell.Render("Get-FlannelLog node-2").Replace("\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Its_table_has_what_a_person_scans()
    {
        using var shell = Connect(120);
        Assert.Equal(
            """
            Node         Time                 Level   Kind               Message
            ----         ----                 -----   ----               -------
            node-1       2020-01-23 16:55:06Z         ServiceStarting    Starting Flannel...
            node-1       2020-01-23 16:55:10Z info    InterfaceChosen    Using interface with name ens4 and address 10.162.0.7
            node-1       2020-01-23 16:55:10Z info    BackendConfig      VXLAN config: VNI=1 Port=8472 GBP=false DirectRouting=fal…
            node-1       2020-01-23 17:08:19Z info    SubnetAdded        adding subnet: 10.244.6.0/24 PublicIP: 10.162.0.6 VtepMAC…
            node-1       2020-01-23 17:10:19Z error   ProgrammingFailed  AddARP failed: no such device
            """,
            Plain(shell.Render("Get-FlannelLog node-1 | Format-Table")));
    }

    [Fact]
    public void Its_list_has_the_line_as_the_proof()
    {
        using var shell = Connect(200);
        var list = shell.Render("Get-FlannelLog node-1 | Where-Object Kind -eq SubnetAdded | Format-List");
        Assert.Contains("VtepMAC    : 62:4f:73:05:24:e1", list, StringComparison.Ordinal);
        Assert.Contains("Source     : node-1 flanneld-log:5: Jan 23 17:08:19 node-1 flanneld[692]", list, StringComparison.Ordinal);
        Assert.DoesNotContain("Vni", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'2020-01-23 17:08:19Z'", 2)]
    [InlineData("18m", 2)]
    [InlineData("16m", 1)]
    [InlineData("'00:16:00'", 1)]
    [InlineData("([TimeSpan]::FromMinutes(16))", 1)]
    [InlineData("([DateTime]::Parse('2020-01-23T17:09:00Z'))", 1)]
    [InlineData("1d", 5)]
    [InlineData("960s", 1)]
    [InlineData("'960s'", 1)]
    public void Since_is_a_time_or_how_long_ago_it_was(string since, int count)
    {
        using var shell = Connect();
        Assert.Equal(count, shell.Run($"Get-FlannelLog node-1 -Since {since}").Count);
    }

    [Fact]
    public void Names_come_through_the_pipeline_and_json_is_shallow()
    {
        using var shell = Connect();
        Assert.Equal(6, shell.Run("'{\"Node\":\"node-1\"}', '{\"Node\":\"node-2\"}' | ConvertFrom-Json | Get-FlannelLog").Count);
        var json = shell.Lines("Get-FlannelLog node-1 | Where-Object Kind -eq SubnetAdded | ConvertTo-Json -Depth 2 -Compress");
        Assert.Contains("\"Kind\":\"SubnetAdded\",\"Subnet\":\"10.244.6.0/24\",\"PublicIP\":\"10.162.0.6\",\"VtepMAC\":\"62:4f:73:05:24:e1\"", Assert.Single(json), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-FlannelLog node-3", "LogNotCollected")]
    [InlineData("Get-FlannelLog node-9", "NodeNotFound")]
    [InlineData("Get-FlannelLog -Follow", "NothingToFollow")]
    [InlineData("Get-FlannelLog -Since soon", "ParameterArgumentTransformationError")]
    public void What_cannot_be_told_is_one_error(string command, string id)
    {
        using var shell = Connect();
        shell.Try(command);
        Assert.StartsWith(id + ",", Assert.Single(shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private static string Plain(string text) => text.Replace("\u001b[91m", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal);

    private ModuleShell Connect(int width = 120)
    {
        var shell = new ModuleShell(width);
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", _folder);
        return shell;
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
