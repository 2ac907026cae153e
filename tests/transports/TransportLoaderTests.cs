using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using GravityNet.TransportTests.Bench;

namespace GravityNet.TransportTests;

public sealed class TransportLoaderTests(SshServer server) : IClassFixture<SshServer>
{
    private static readonly string Probe = typeof(TransportLoaderTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "LoaderProbe").Value!;

    [Fact]
    public void Other_modules_older_libraries_do_not_matter()
    {
        server.Need();
        var output = Processes.Run("dotnet", Probe, server.Port.ToString(CultureInfo.InvariantCulture), server.KeyFile, server.KnownHosts);
        Assert.Equal(
            [
                "older: user read read",
                "before: 0",
                "after: 1",
                "once: True",
                "older ssh: hello from another module",
                "ssh: hello 7",
                "etcd: Unreachable",
                "kubernetes: BadAnswer",
                "kubernetes: read",
                "older: user read read",
                "loaded: Google.Protobuf 3.25.1.0 in Default",
                "loaded: Renci.SshNet 2024.2.0.1 in Default",
                $"loaded: {NameOf(typeof(Renci.SshNet.SshClient))} in GravityNet.Transports",
                "loaded: YamlDotNet 13.0.0.0 in Default",
                $"loaded: {NameOf(typeof(YamlDotNet.Serialization.IDeserializer))} in GravityNet.Transports",
            ],
            output.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("-KILL", 4)]
    [InlineData("-STOP", 10)]
    public async Task A_client_that_dies_or_stops_leaves_nothing_on_the_node(string signal, int seconds)
    {
        server.Need();
        var word = Processes.NextSleep();
        using var client = Process.Start("dotnet", [Probe, server.Port.ToString(CultureInfo.InvariantCulture), server.KeyFile, server.KnownHosts, $"sleep {word}"]);
        try
        {
            Assert.Equal(1, await Processes.WaitForAsync(word, 1, TimeSpan.FromSeconds(20)));
            Processes.Run("kill", signal, client.Id.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(0, await Processes.WaitForAsync(word, 0, TimeSpan.FromSeconds(seconds)));
        }
        finally
        {
            client.Kill();
            await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        // the same program with its folder of transports taken away
        var copy = Directory.CreateTempSubdirectory("gravitynet-loader-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Probe)!)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            var e = Assert.Throws<InvalidOperationException>(() => Processes.Run("dotnet", Path.Combine(copy, Path.GetFileName(Probe)), "1", "key", "hosts"));
            Assert.Contains(Path.Combine(copy, "transports", "GravityNet.Transports.dll") + "' is missing", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static string NameOf(Type type) => type.Assembly.GetName() is { Name: var name, Version: var version } ? $"{name} {version}" : "";
}
