using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace GravityNet.ModuleTests.Cmdlets;

/// <summary>What Connect-GravityCluster asks for when a key takes a passphrase. Nothing listens where it then connects to.</summary>
public sealed class LockedKeyTests : IDisposable
{
    private const string Secret = "open sesame";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gravitynet-keys-");
    private readonly string _nodes;

    public LockedKeyTests()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _nodes = $"127.0.0.1:{port}, localhost:{port}";
    }

    private string Key => Path.Combine(_folder.FullName, "key");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_named_key_is_asked_for_once_and_its_passphrase_shown_nowhere()
    {
        NewKey();
        using var shell = new ModuleShell(input: Secret + "\n");
        Assert.Equal(["Unreachable", "Unreachable", "NoNodeConnected"], Connect(shell, "-KeyFile $args[0] -SshConfigFile none", Key));
        Assert.DoesNotContain(Secret, Told(shell), StringComparison.Ordinal);

        using var screen = new ModuleShell(input: Secret + "\n");
        var shown = screen.Render($"Connect-GravityCluster {_nodes} -Verbose -KeyFile '{Key}' -SshConfigFile none");
        Assert.Contains($"The key '{Key}' is encrypted.", shown, StringComparison.Ordinal);
        Assert.Contains("refused", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_the_configuration_is_asked_for_too()
    {
        NewKey();
        var config = Path.Combine(_folder.FullName, "config");
        File.WriteAllText(config, $"IdentityAgent none\nIdentityFile {Key}\n");
        using var shell = new ModuleShell(input: Secret + "\n");
        Assert.Equal(["Unreachable", "Unreachable", "NoNodeConnected"], Connect(shell, "-SshConfigFile $args[0]", config));
    }

    [Fact]
    public void A_wrong_passphrase_is_an_error_that_does_not_repeat_it()
    {
        NewKey();
        using var shell = new ModuleShell(input: "open barley\n");
        Assert.Equal(["AuthenticationFailed", "AuthenticationFailed", "NoNodeConnected"], Connect(shell, "-KeyFile $args[0] -SshConfigFile none", Key));
        Assert.DoesNotContain("barley", Told(shell), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public void Where_nobody_answers_one_error_ends_the_command(string input)
    {
        NewKey();
        using var shell = new ModuleShell(input: input);
        Assert.Equal(["AuthenticationFailed"], Connect(shell, "-KeyFile $args[0] -SshConfigFile none", Key));
        Assert.Contains(Key, shell.Errors[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("ssh-add", shell.Errors[0].ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_of_Credential_spares_the_question()
    {
        NewKey();
        using var shell = new ModuleShell();
        const string credential = "([pscredential]::new('root', [System.Net.NetworkCredential]::new('', $args[1]).SecurePassword))";
        Assert.Equal(["Unreachable", "Unreachable", "NoNodeConnected"], Connect(shell, $"-KeyFile $args[0] -Credential {credential} -SshConfigFile none", Key, Secret));
        Assert.DoesNotContain(Secret, Told(shell), StringComparison.Ordinal);
    }

    /// <returns>The ids of the errors.</returns>
    private IEnumerable<string> Connect(ModuleShell shell, string parameters, params string[] arguments)
    {
        shell.Try($"Connect-GravityCluster {_nodes} -Verbose {parameters}", arguments);
        return shell.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]);
    }

    private static string Told(ModuleShell shell) => string.Join(
        '\n',
        [.. shell.Streams.Verbose.Select(v => v.Message), .. shell.Streams.Warning.Select(w => w.Message), .. shell.Errors.Select(e => e + e.Exception.ToString() + e.ErrorDetails?.RecommendedAction)]);

    private void NewKey()
    {
        try
        {
            using var process = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", Secret, "-f", Key]);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("ssh-keygen is not there: install openssh-client");
        }
    }
}
