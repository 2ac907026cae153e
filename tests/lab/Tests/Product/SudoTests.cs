using System.Diagnostics;
using GravityNet.Labs.Plan;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>A node where only ordinary users log in: everything is asked under sudo, and nothing stays behind.</summary>
public sealed class SudoTests(LabFixture fixture)
{
    private static readonly LabOptions Options = new() { SudoNode = "node-2" };

    [Theory]
    [InlineData(SudoRight.Free)]
    [InlineData(SudoRight.WithPassword)]
    public async Task A_login_with_sudo_answers_every_question_as_root_does(SudoRight right)
    {
        var lab = await fixture.VariantAsync(Options);
        using var shell = new ModuleShell();
        shell.Run(Connect(lab, right, Password(lab, right)));
        Assert.Equal(["node-1 ok", "node-2 ok", "node-3 ok"], shell.Lines("Get-VxlanFdb | ForEach-Object { \"$($_.Node) $($_.Status)\" } | Sort-Object -Unique"));
        Assert.NotEmpty(shell.Lines("(Get-NodeBridge node-2).Ports.Pod | Where-Object { $_ }"));
        Assert.NotEmpty(shell.Run("Get-ServiceNatChain kube-dns node-2"));

        // from inside a pod, too: its namespace is root's to enter
        Assert.Equal(["ok"], shell.Lines("Test-PodReachability -From node:node-2, pod:default/shell-node-2 -To node:node-1, pod:default/shell-node-1 | ForEach-Object Verdict | Sort-Object -Unique"));
        var pings = lab.OnNodeAsync("node-1", ["ping", "-n", "-i", "0.2", "-c", "30", lab.Status.Node("node-2").Address], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(4, shell.Run("Invoke-NodeCapture node-2 eth0 -Filter icmp -Count 4 -Seconds 20").Count);
        await pings;
    }

    [Theory]
    [InlineData(SudoRight.Free)]
    [InlineData(SudoRight.WithPassword)]
    public async Task Ctrl_C_ends_roots_tcpdump(SudoRight right)
    {
        var lab = await fixture.VariantAsync(Options);
        using var shell = new ModuleShell();
        shell.Run(Connect(lab, right, Password(lab, right)));
        var processes = NodeProcesses.Remember(lab.Status);
        using var capture = shell.Pipeline("Invoke-NodeCapture node-2 -Filter 'tcp port 9' -Seconds 60");
        var running = capture.BeginInvoke();
        await processes.WaitForAsync("node-2", "tcpdump");
        Assert.False(running.IsCompleted);
        var clock = Stopwatch.StartNew();
        capture.Stop();
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        await processes.AssertNothingNewAsync(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(SudoRight.WithPassword, null, "asks for the password of the login 'opspw', and none was given")]
    [InlineData(SudoRight.WithPassword, "barley", "refused the password given for the login 'opspw'")]
    [InlineData(SudoRight.None, "", "does not let the login 'guest' run a shell as root")]
    public async Task A_sudo_that_does_nothing_is_one_error_and_the_others_are_connected(SudoRight right, string? password, string words)
    {
        var lab = await fixture.VariantAsync(Options);
        using var shell = new ModuleShell();
        shell.Try(Connect(lab, right, password is "" ? User(lab, right).Password : password));
        var error = Assert.Single(shell.Errors);
        Assert.Equal("SudoRefused,GravityNet.Cmdlets.ConnectGravityClusterCommand", error.FullyQualifiedErrorId);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("barley", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["node-1", "node-3"], shell.Lines("(Get-GravityCluster).Nodes"));

        // the node was given: a question that names it tells why it is not there
        var address = lab.Status.Node("node-2").Address;
        shell.Try($"Get-NodeBridge {address}");
        error = Assert.Single(shell.Errors);
        Assert.Equal("NodeNotConnected,GravityNet.Cmdlets.GetNodeBridgeCommand", error.FullyQualifiedErrorId);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        shell.Try("Get-NodeBridge node-2");
        Assert.Contains(address, Assert.Single(shell.Errors).ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    private static LoginStatus User(Lab lab, SudoRight right) => lab.Status.Node("node-2").Logins.Single(l => l.Sudo == right);

    private static string? Password(Lab lab, SudoRight right) => right == SudoRight.Free ? null : User(lab, right).Password;

    private static string Connect(Lab lab, SudoRight right, string? password)
    {
        var nodes = string.Join(", ", lab.Status.Nodes.Select(n => n.Name == "node-2" ? $"{User(lab, right).User}@{n.Address}" : n.Address));
        var sudo = password is null ? "-Sudo" : $"-SudoCredential ([pscredential]::new('any', [Net.NetworkCredential]::new('', '{password}').SecurePassword))";
        return $"$null = Connect-GravityCluster {nodes} {lab.Status.ConnectOptions()} {sudo}";
    }
}
