using System.Formats.Tar;
using System.IO.Compression;
using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>Leases in more than one home, and the parameters that say where they are.</summary>
public sealed class LeaseHomeTests : IDisposable
{
    // one lease, of node-2, with another MAC than the v2 store has
    private const string V3 = """{"header":{"revision":7},"kvs":[{"key":"KEY","value":"VALUE"}],"count":1}""";
    private readonly ModuleShell _shell = new(width: 160);
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-homes-").FullName;

    [Fact]
    public void Two_homes_that_do_not_agree_are_told_and_shown()
    {
        Connect("");
        var leases = _shell.Run("Get-OverlayLease");
        Assert.Equal(4, leases.Count);
        var warning = Assert.Single(_shell.Streams.Warning).Message;
        Assert.StartsWith("etcd-v2 and etcd-v3 both hold leases and do not agree: 10.244.65.0/24 not the same in both; 10.244.19.0/24, 10.244.92.0/24 only in etcd-v2.", warning, StringComparison.Ordinal);

        var table = _shell.Render("Get-OverlayLease node-1, node-2 3>$null");
        Assert.Contains("etcd-v2 ! not in etcd-v3", table, StringComparison.Ordinal);
        Assert.Contains("etcd-v2 ! etcd-v3 has VtepMAC 02:00:00:00:00:99", table, StringComparison.Ordinal);
        Assert.Contains("etcd-v3 ! etcd-v2 has VtepMAC", table, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("EtcdV2", 3, "etcd-v2")]
    [InlineData("EtcdV3", 1, "etcd-v3")]
    public void One_home_by_choice_is_read_alone(string source, int count, string home)
    {
        Connect($"-LeaseSource {source}");
        Assert.Equal([source, home], _shell.Lines("Get-GravityCluster | ForEach-Object LeaseSource; (Get-GravityCluster).LeaseHome"));
        Assert.Equal(Enumerable.Repeat($"{home} ", count), _shell.Lines("Get-OverlayLease | ForEach-Object { \"$($_.Home) $($_.Split)\" }"));
        Assert.Empty(_shell.Streams.Warning);
    }

    [Fact]
    public void A_home_by_choice_that_holds_none_is_an_error_that_names_it()
    {
        Connect("-LeaseSource Kubernetes");
        _shell.Try("Get-OverlayLease");
        var error = Assert.Single(_shell.Errors);
        Assert.StartsWith("LeaseNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-LeaseSource Kubernetes", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Etcd https://127.0.0.1:1 -EtcdKeyFile key.pem", "EtcdFilesIncomplete", "without -EtcdCertFile")]
    [InlineData("-Etcd https://127.0.0.1:1 -EtcdCaFile /nowhere/ca.pem", "BadAnswer", "'/nowhere/ca.pem' cannot be used")]
    [InlineData("-Etcd http://127.0.0.1:1 -EtcdCaFile /nowhere/ca.pem", "BadAnswer", "without TLS")]
    public void Certificate_files_of_no_use_end_the_command_before_a_node_is_asked(string arguments, string id, string message)
    {
        _shell.Try($"Connect-GravityCluster 127.0.0.1:1 {arguments}");
        var error = Assert.Single(_shell.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _shell.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Connect(string arguments)
    {
        using (var archive = new GZipStream(File.OpenRead(ModuleShell.RecordingPath("healthy")), CompressionMode.Decompress)) TarFile.ExtractToDirectory(archive, _folder, overwriteFiles: true);
        var v2 = Directory.EnumerateFiles(_folder, "etcd-v2.json", SearchOption.AllDirectories).Single();
        File.WriteAllText(
            Path.Combine(Path.GetDirectoryName(v2)!, "etcd-v3.json"),
            V3.Replace("KEY", Base64("/coreos.com/network/subnets/10.244.65.0-24"), StringComparison.Ordinal)
                .Replace("VALUE", Base64("""{"PublicIP":"192.168.33.12","BackendType":"vxlan","BackendData":{"VNI":1,"VtepMAC":"02:00:00:00:00:99"}}"""), StringComparison.Ordinal));
        _shell.Run($"$null = Connect-GravityCluster -Snapshot $args[0] {arguments}", Path.GetDirectoryName(Path.GetDirectoryName(v2)!));
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}
