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
        : this("exit 1", keys)
    {
    }

    private SshKeyAgent(string consent, string[] keys)
    {
        var start = new ProcessStartInfo("ssh-agent", ["-D", "-a", Socket]) { RedirectStandardOutput = true };

        var asker = Path.Combine(_folder.FullName, "ask");
        File.WriteAllText(asker, $"#!/bin/sh\n{consent}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(asker, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        start.Environment["SSH_ASKPASS"] = asker;
        start.Environment["DISPLAY"] = "none";
        _process = Process.Start(start)!;
        for (var clock = Stopwatch.StartNew(); !File.Exists(Socket) && clock.Elapsed < TimeSpan.FromSeconds(10);) Thread.Sleep(20);
        foreach (var key in keys) Add(key);
    }

    /// <summary>An agent whose owner is asked for consent and says nothing; <see cref="SshKeyAgent(string[])"/> makes one whose owner says no.</summary>
    public static SshKeyAgent OfSilentOwner() => new("exec sleep 60", []);

    /// <summary>Where it listens.</summary>
    public string Socket => Path.Combine(_folder.FullName, "agent");

    /// <summary>Gives it a key, and the certificate beside it.</summary>
    public void Add(params string[] arguments) => Processes.Run("env", ["SSH_AUTH_SOCK=" + Socket, "ssh-add", "-q", .. arguments]);

    /// <summary>Makes it hang.</summary>
    public void Stop() => Processes.Run("kill", "-STOP", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
