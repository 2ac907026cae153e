using System.Diagnostics;
using System.Text;
using GravityNet.Labs.Plan;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Passwords, passphrases and tokens are in no stream, no error, no command line, no environment and no log, here and on the nodes.</summary>
public sealed class SecretTests(LabFixture fixture)
{
    private const string Sudo = "sudo runs";
    private static readonly LabOptions Options = new() { SudoNode = "node-2" };

    [Theory]
    [InlineData("")]
    [InlineData("-not-this-one")]
    public async Task Passwords_are_seen_nowhere(string wrong)
    {
        var lab = await fixture.VariantAsync(Options);
        var node = lab.Status.Node("node-2");
        var secret = node.Logins.Single(l => l.User == "opspw").Password + wrong;
        using var shell = new ModuleShell();
        var said = new List<string>();
        var seen = await LookWhileAsync([secret], () =>
        {
            Ask(shell, said, $"$p = [pscredential]::new('opspw', [Net.NetworkCredential]::new('', $args[0]).SecurePassword)", secret);
            Ask(shell, said, $"Connect-GravityCluster opspw@{node.Address} {lab.Status.ConnectOptions()} -SudoCredential $p -Verbose -Debug");
            Ask(shell, said, $"Connect-GravityCluster {node.Address} -KnownHostsFile '{lab.Status.KnownHosts}' -SshConfigFile none -Credential $p -Sudo -Verbose -Debug");
            Ask(shell, said, "Get-GravityCluster | Format-List * | Out-String; Get-NodeBridge -Verbose -Debug; Test-PodReachability -From node:node-2 -To node:node-2 -Verbose -Debug; Invoke-NodeCapture node-2 lo -Seconds 1 -Verbose -Debug");
            Ask(shell, said, "$Error | ForEach-Object { \"$_\"; $_.Exception.ToString(); $_.ErrorDetails.RecommendedAction; $_ | Format-List * -Force | Out-String }; Get-Variable c* | Out-String");
        });

        var all = string.Join('\n', said);
        Assert.Contains(wrong.Length == 0 ? "connected to opspw@" : "refused", all, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, all, StringComparison.Ordinal);

        // the look was at the right processes: it has seen sudo
        Assert.Equal([Sudo], seen.Distinct());
        var logs = await lab.OnNodeAsync("node-2", ["sh", "-c", "cat /run/sshd/*log* /var/log/* 2>/dev/null; true"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("Accepted", logs.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, logs.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-not-this-one")]
    public async Task Passphrases_and_tokens_are_seen_nowhere(string wrong)
    {
        var cancel = TestContext.Current.CancellationToken;
        var passphrase = $"passphrase-{Guid.NewGuid():N}";
        var token = (await File.ReadAllLinesAsync(fixture.Status.KubeConfig, cancel)).Select(l => l.Split("token:")).Single(w => w.Length == 2)[1].Trim(' ', '"', '\'', '}');
        var folder = Directory.CreateTempSubdirectory("gravitynet-secrets");
        try
        {
            var key = Path.Combine(folder.FullName, "key");
            File.Copy(fixture.Status.KeyFile, key);
            using (var locking = Process.Start(new ProcessStartInfo("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", key]) { RedirectStandardOutput = true })!)
            {
                await locking.WaitForExitAsync(cancel);
                Assert.Equal(0, locking.ExitCode);
            }

            var config = Path.Combine(folder.FullName, "kubeconfig");
            await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(fixture.Status.KubeConfig, cancel)).Replace(token, token + wrong, StringComparison.Ordinal), cancel);

            using var shell = new ModuleShell();
            var said = new List<string>();
            var seen = await LookWhileAsync([passphrase, token], () =>
            {
                Ask(shell, said, "$p = [pscredential]::new('root', [Net.NetworkCredential]::new('', $args[0]).SecurePassword)", passphrase + wrong);
                Ask(shell, said, $"Connect-GravityCluster {fixture.Addresses()} -KnownHostsFile '{fixture.Status.KnownHosts}' -SshConfigFile none -KeyFile '{key}' -Credential $p -Etcd {fixture.Status.Etcd} -KubeConfig '{config}' -Verbose -Debug");
                Ask(shell, said, $"Connect-GravityCluster 192.168.33.11 {fixture.Options().Replace(fixture.Status.KubeConfig, config, StringComparison.Ordinal)} -Verbose -Debug");
                Ask(shell, said, "Get-GravityCluster | Format-List * | Out-String; Get-NodeBridge -Verbose -Debug; Get-ServiceNatChain -Verbose -Debug");
                Ask(shell, said, "$Error | ForEach-Object { \"$_\"; $_.Exception.ToString(); $_ | Format-List * -Force | Out-String }");
            });

            var all = string.Join('\n', said);
            Assert.Contains(wrong.Length == 0 ? "node-3: connected to root@" : "cannot be used", all, StringComparison.Ordinal);
            Assert.DoesNotContain(passphrase, all, StringComparison.Ordinal);
            Assert.DoesNotContain(token, all, StringComparison.Ordinal);
            Assert.DoesNotContain(seen, s => s != Sudo);
            foreach (var node in fixture.Status.Nodes)
            {
                var logs = await fixture.OnNodeAsync(node.Name, "cat /run/sshd/*log* /var/log/* 2>/dev/null || true");
                Assert.DoesNotContain(passphrase, logs.Output, StringComparison.Ordinal);
                Assert.DoesNotContain(token, logs.Output, StringComparison.Ordinal);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Ask(ModuleShell shell, List<string> said, string script, params object[] arguments)
    {
        foreach (var value in shell.Try(script, arguments)) said.Add($"{value}");
        var streams = shell.Streams;
        foreach (var error in shell.Errors) said.Add($"{error}\n{error.Exception}\n{error.ErrorDetails}\n{error.TargetObject}\n{error.ScriptStackTrace}");
        foreach (var line in streams.Verbose.Concat<object>(streams.Debug).Concat(streams.Warning).Concat(streams.Information).Concat(streams.Progress)) said.Add($"{line}");
    }

    // what is seen of the secrets on command lines and in environments while the work is done
    private static async Task<IReadOnlyList<string>> LookWhileAsync(string[] secrets, Action work)
    {
        var seen = new List<string>();
        using var done = new CancellationTokenSource();
        var looking = Task.Run(() => Look(secrets, seen, done.Token), CancellationToken.None);
        try
        {
            work();
        }
        finally
        {
            await done.CancelAsync();
            await looking;
        }

        return seen;
    }

    // the nodes' processes are processes of this machine, too
    private static void Look(string[] secrets, List<string> seen, CancellationToken cancel)
    {
        var bytes = secrets.Select(Encoding.UTF8.GetBytes).ToList();
        while (!cancel.IsCancellationRequested)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
            {
                foreach (var name in new[] { "cmdline", "environ" })
                {
                    try
                    {
                        var text = File.ReadAllBytes($"{folder}/{name}");
                        if (text.AsSpan().StartsWith("sudo\0"u8)) seen.Add(Sudo);
                        if (bytes.Exists(secret => text.AsSpan().IndexOf(secret) >= 0)) seen.Add($"{folder}/{name} of {Encoding.UTF8.GetString(text).Replace('\0', ' ')}");
                    }
                    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                    {
                        // it ended in between
                    }
                }
            }
        }
    }
}
