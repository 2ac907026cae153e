using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>Connections by their names.</summary>
public sealed class ClusterNameTests
{
    [Fact]
    public void A_snapshot_is_called_as_its_file_and_keeps_its_path()
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing");
        Assert.Equal(["b-fdb-missing", ModuleShell.RecordingPath("b-fdb-missing")], shell.Lines("$c = Get-GravityCluster b-fdb*; $c.Name; $c.Path"));
    }

    [Theory]
    [InlineData("Case-7.TGZ", "Case-7")]
    [InlineData("report-2026.11.tar", "report-2026.11")]
    [InlineData("2026.11", "2026.11")]
    public void An_ending_that_is_no_archive_s_stays(string file, string name)
    {
        using var shell = new ModuleShell();
        var folder = Directory.CreateTempSubdirectory("gravitynet-name-");
        try
        {
            var path = Path.Combine(folder.FullName, file);
            if (file == name) System.Formats.Tar.TarFile.ExtractToDirectory(Unzipped(), Directory.CreateDirectory(path).FullName, overwriteFiles: false);
            else if (file.EndsWith("tar", StringComparison.Ordinal)) File.WriteAllBytes(path, Unzipped().ToArray());
            else File.Copy(ModuleShell.RecordingPath("healthy"), path);
            Assert.Equal([name], shell.Lines("(Connect-GravityCluster -Snapshot $args[0]).Name", path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_name_takes_the_place_of_a_connection()
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing");
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", ModuleShell.RecordingPath("healthy"));
        Assert.Equal(["1"], shell.Lines("@(Get-VxlanFdb -Cluster B-FDB-missing | Where-Object Status -ne ok).Count"));
        Assert.Equal(["0"], shell.Lines("@(Get-VxlanFdb -Cluster (Get-GravityCluster healthy) | Where-Object Status -ne ok).Count"));
        Assert.Equal(["b-fdb-missing", "healthy"], shell.Lines("(TabExpansion2 'Get-VxlanFdb -Cluster ' 22).CompletionMatches.CompletionText"));
        Assert.Equal(["node-1", "node-2", "node-3"], shell.Lines("(TabExpansion2 'Get-VxlanFdb -Cluster b-fdb-missing -Node n' 42).CompletionMatches.CompletionText"));
        shell.Run("Disconnect-GravityCluster b-fdb-missing");
        Assert.Equal(["healthy"], shell.Lines("(Get-GravityCluster).Name"));
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]; Disconnect-GravityCluster b-fdb-missing, healthy", ModuleShell.RecordingPath("b-fdb-missing"));
        Assert.Empty(shell.Run("Get-GravityCluster"));
    }

    [Fact]
    public void A_name_that_no_connection_has_is_an_error_that_lists_those_there_are()
    {
        using var shell = ModuleShell.OnRecording("healthy");
        Assert.Contains("No connection is named 'nosuch'. Open are: healthy.", Told("Get-VxlanFdb -Cluster nosuch"), StringComparison.Ordinal);
        shell.Run("Disconnect-GravityCluster");
        Assert.Contains("run Connect-GravityCluster first", Told("Get-VxlanFdb -Cluster nosuch"), StringComparison.Ordinal);

        string Told(string script) => Assert.Single(shell.Lines($"try {{ {script} }} catch {{ \"$_\" }}"));
    }

    private static MemoryStream Unzipped()
    {
        var tar = new MemoryStream();
        using var file = File.OpenRead(ModuleShell.RecordingPath("healthy"));
        using var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress);
        gzip.CopyTo(tar);
        tar.Position = 0;
        return tar;
    }
}
