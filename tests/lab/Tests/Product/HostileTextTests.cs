using System.Management.Automation;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Text that is more than a name to some shell, everywhere where text can be given: an answer or a clear error, and nothing of it runs.</summary>
public sealed class HostileTextTests(LabFixture fixture) : IDisposable
{
    private readonly string _canary = $"/tmp/gravitynet-canary-{Guid.NewGuid():N}";
    private readonly ModuleShell _shell = new();

    // what a remote or a local shell, ssh, tcpdump, ping, a format string or a path would make more of than a name
    private IReadOnlyList<string> Texts =>
    [
        $"$(touch {_canary})", $"`touch {_canary}`", $"; touch {_canary}", $"| touch {_canary}", $"&& touch {_canary} &", $"x'; touch {_canary}; '",
        $"x\"; touch {_canary}; \"", $"\ntouch {_canary}\n", $"'\ntouch {_canary}\n'", $"$(touch${{IFS}}{_canary})", $">{_canary}", $"-w {_canary}", $"-w{_canary}", $"-z touch{_canary}",
        $"-oProxyCommand=touch {_canary}", $"--output={_canary}", "-F", "--", "%h%n%p", "%x0Atouch", "*[a-z]?", "~root", "../../../etc/shadow", "$HOME", "\\", "\\'", "'", "\"", "a\0b", "ünï\u202Ecode", "!!", "{0}", "#", " ",
    ];

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Hosts_users_and_files_of_a_connection()
    {
        _ = fixture.Lab;
        var hosts = Texts.Concat(Texts.Select(t => t + "@192.168.33.11")).ToArray();
        Try($"Connect-GravityCluster -Node $args[0] {fixture.Options()} -SshConfigFile none -TimeoutSeconds 3 -ErrorAction SilentlyContinue -ErrorVariable e", hosts);
        foreach (var text in Texts)
        {
            Try($"Connect-GravityCluster 192.168.33.11 -User $args[0] {fixture.Options()} -TimeoutSeconds 5", text);
            Try("Connect-GravityCluster 192.168.33.11 -KeyFile $args[0] -SshConfigFile none -TimeoutSeconds 5", text);
            Try($"Connect-GravityCluster 192.168.33.11 -KeyFile '{fixture.Status.KeyFile}' -KnownHostsFile $args[0] -SshConfigFile none -TimeoutSeconds 5", text);
            Try($"Connect-GravityCluster 192.168.33.11 -JumpHost $args[0] {fixture.Options()} -TimeoutSeconds 3", text);
        }

        await AssertNothingRanAsync();
    }

    [Fact]
    public async Task Names_filters_and_interfaces_of_questions()
    {
        _shell.Run($"$null = Connect-GravityCluster {fixture.Addresses()} {fixture.Options()}");
        foreach (var text in Texts)
        {
            Try("Get-NodeBridge $args[0]", text);
            Try("Get-NodeBridge node-1 -Interface $args[0]", text);
            Try("Get-VxlanFdb -Node $args[0]", text);
            Try("Get-OverlayLease $args[0]", text);
            Try("Get-ServiceNatChain $args[0] node-1", text);
            Try("Get-ServiceNatChain web node-1 -Namespace $args[0]", text);
            Try("Invoke-NodeCapture node-1 $args[0] -Seconds 1 -Count 1", text);
            Try("Invoke-NodeCapture node-1 eth0 -Filter $args[0] -Seconds 1 -Count 1", text);
        }

        // one question for all: each asks every node
        foreach (var kind in new[] { "pod:", "pod:default/", "service:", "node:", "" })
            Try("Test-PodReachability -From node:node-1 -To $args[0] -NoIsolation", Texts.Select(t => kind + t).ToArray());
        await AssertNothingRanAsync();
    }

    // an argument, or several as one array
    private void Try(string script, object argument)
    {
        _shell.Try(script, argument);
        foreach (var error in _shell.Errors)
        {
            Assert.True(error.CategoryInfo.Category != ErrorCategory.NotSpecified, $"{error.FullyQualifiedErrorId}: {error} from {script} with '{Shown(argument)}'");
            Assert.False(string.IsNullOrWhiteSpace(error.ToString()));
        }

        Assert.False(File.Exists(_canary), $"{script} ran '{Shown(argument)}' here");
    }

    private static string Shown(object argument) => argument as string ?? string.Join(", ", (string[])argument);

    private async Task AssertNothingRanAsync()
    {
        foreach (var node in fixture.Status.Nodes)
            Assert.Equal("", (await fixture.OnNodeAsync(node.Name, $"ls -d {_canary} /root/touch* 2>/dev/null || true")).Output);
    }
}
