using System.Diagnostics;

namespace GravityNet.TransportTests.Bench;

/// <summary>A real ssh-agent of its own.</summary>
internal sealed class SshKeyAgent : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gravitynet-agent-");

    /// <summary>Starts the agent, with keys.</summary>
    /// <param name="keys">Key files without passphrases.</param>
    public SshKeyAgent(params string[] keys)
    {
        var start = new ProcessStartInfo("ssh-agent", ["-D", "-a", Socket]) { RedirectStandardOutput = true };

        // asked for consent, nobody gives it
        start.Environment["SSH_ASKPASS"] = "/bin/false";
        start.Environment["DISPLAY"] = "none";
        _process = Process.Start(start)!;
        for (var clock = Stopwatch.StartNew(); !File.Exists(Socket) && clock.Elapsed < TimeSpan.FromSeconds(10);) Thread.Sleep(20);
        foreach (var key in keys) Add(key);
    }

    /// <summary>Where it listens.</summary>
    public string Socket => Path.Combine(_folder.FullName, "agent");

    /// <summary>Gives it a key, and the certificate beside it.</summary>
    public void Add(params string[] arguments) => Processes.Run("env", ["SSH_AUTH_SOCK=" + Socket, "ssh-add", "-q", .. arguments]);

    /// <summary>Makes it hang.</summary>
    public void Stop() => Processes.Run("kill", "-STOP", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
