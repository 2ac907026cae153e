using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>A node whose logins have another language: its tools are asked in English, with a decimal point.</summary>
public sealed class LocaleTests(LabFixture fixture)
{
    [Fact]
    public async Task Numbers_and_messages_of_a_German_login_are_read()
    {
        var keys = Path.GetTempFileName();
        await using (await fixture.SpeakGermanAsync("node-2"))
        using (var shell = new ModuleShell())
        {
            var address = fixture.Status.Node("node-2").Address;
            File.Copy(fixture.Status.KnownHosts, keys, overwrite: true);
            // what the tools say there when nobody asks them otherwise
            var german = await fixture.Lab.OutsideAsync(
                [
                    "ssh", "-F", "none", "-p", "2023", "-i", fixture.Status.KeyFile, "-o", $"UserKnownHostsFile={keys}", "-o", "StrictHostKeyChecking=accept-new", "-o", "BatchMode=yes",
                    $"root@{address}", "ping -n -c 1 127.0.0.1; bash -c 'echo $EPOCHREALTIME'",
                ],
                cancellationToken: TestContext.Current.CancellationToken);
            Assert.Matches(@"^\d+,\d+$", german.Output.Trim().Split('\n')[^1]);

            shell.Run($"$null = Connect-GravityCluster '{address}:2023', {fixture.Status.Nodes[0].Address} {fixture.Options().Replace(fixture.Status.KnownHosts, keys, StringComparison.Ordinal)}");
            Assert.Equal(["ok"], shell.Lines("Get-VxlanFdb node-2 | ForEach-Object Status | Sort-Object -Unique"));
            Assert.Equal(["ok"], shell.Lines("Get-ServiceNatChain web node-2 | ForEach-Object Status"));
            var probes = shell.Run("Test-PodReachability node:node-2 node:node-1; Test-PodReachability node:node-2 service:default/web -Protocol Tcp");
            Assert.All(probes, p => Assert.Equal("ok", p.Properties["Verdict"].Value));
            Assert.All(probes, p => Assert.InRange((double)p.Properties["RttMs"].Value, 0.001, 1000));
            shell.Run("Disconnect-GravityCluster");
        }

        File.Delete(keys);
    }
}
