namespace GravityNet.LabTests;

/// <summary>A node that only ordinary users may log in to, in a lab beside the default one.</summary>
public sealed class SudoNodeTests(LabFixture fixture)
{
    [Fact]
    public async Task Root_is_refused_and_the_others_get_in()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        Assert.Contains("Permission denied", (await SshAsync(lab, "root", "true")).Error, StringComparison.Ordinal);
        Assert.Equal("root", (await SshAsync(lab, "root", "id -un", node: "node-1")).Output.Trim());
        Assert.Equal(["ops", "opspw", "guest"], lab.Status.Node("node-2").Logins.Select(l => l.User));
        foreach (var login in lab.Status.Node("node-2").Logins)
            Assert.Equal($"{login.User} /home/{login.User} no", (await SshAsync(lab, login.User, "echo $(id -un) $PWD $([ -r /etc/shadow ] && echo yes || echo no)")).Output.Trim());
    }

    [Fact]
    public async Task Sudo_asks_one_of_them_for_nothing()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        Assert.Equal("0", (await SshAsync(lab, User(lab, SudoRight.Free).User, "sudo -n id -u")).Output.Trim());
    }

    [Fact]
    public async Task Sudo_asks_another_for_the_password()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        var login = User(lab, SudoRight.WithPassword);
        var without = await SshAsync(lab, login.User, "sudo -n id -u");
        Assert.Contains("a password is required", without.Error, StringComparison.Ordinal);
        Assert.Equal("0", (await SshAsync(lab, login.User, "sudo -k -S -p '' id -u", login.Password + "\n")).Output.Trim());
        var wrong = await SshAsync(lab, login.User, "sudo -k -S -p '' id -u", "wrong\n");
        Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
    }

    [Fact]
    public async Task Sudo_does_nothing_for_the_third()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        var login = User(lab, SudoRight.None);
        var answer = await SshAsync(lab, login.User, "sudo -S -p '' id -u", login.Password + "\n");
        Assert.Contains("not in the sudoers file", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_users_are_that_nodes_own()
    {
        var lab = await fixture.VariantAsync(Variants.Gravity);
        await SshAsync(lab, "opspw", "sudo -S -p '' true", User(lab, SudoRight.WithPassword).Password + "\n");
        Assert.Equal("", (await lab.OnNodeAsync("node-1", ["sh", "-c", "getent passwd ops opspw guest"], cancellationToken: TestContext.Current.CancellationToken)).Output);
        Assert.DoesNotContain("/home/opspw", await File.ReadAllTextAsync("/etc/passwd", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        string[] traces = ["/etc/sudoers.d/ops", "/home/ops", "/var/lib/sudo/lectured/opspw", "/var/lib/sudo/lectured/4002"];
        Assert.DoesNotContain(traces, f => File.Exists(f) || Directory.Exists(f));
    }

    private static LoginStatus User(Lab lab, SudoRight right) => lab.Status.Node("node-2").Logins.Single(l => l.Sudo == right);

    // from the default lab's outside namespace, where the tests live, over the other lab's underlay
    private Task<CommandResult> SshAsync(Lab lab, string user, string command, string? input = null, string node = "node-2") => fixture.Lab.OutsideAsync(
        [
            "ssh", "-F", "none", "-i", lab.Status.KeyFile, "-o", $"UserKnownHostsFile={lab.Status.KnownHosts}", "-o", "BatchMode=yes",
            $"{user}@{lab.Status.Node(node).Address}", command,
        ],
        input,
        cancellationToken: TestContext.Current.CancellationToken);
}
