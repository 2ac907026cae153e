using System.Diagnostics;
using System.Globalization;

namespace GravityNet.TransportTests.Bench;

/// <summary>Starts the real servers that the tests talk to, and looks at what runs on the machine.</summary>
internal static class Processes
{
    private static int _lastSleep = 10_000_000 + Environment.ProcessId % 10_000 * 100;

    /// <summary>Seconds that nobody else on the machine sleeps: the word that a test's remote process is known by.</summary>
    public static string NextSleep() => Interlocked.Increment(ref _lastSleep).ToString(CultureInfo.InvariantCulture);

    /// <summary>Runs a program to its end.</summary>
    public static string Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{file} ended with {process.ExitCode}: {error.Result}{output}");
    }

    /// <summary>Ids of the processes with this word in their command line.</summary>
    public static IReadOnlyList<int> With(string word)
    {
        var ids = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            try
            {
                var words = File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0');
                if (words.Contains(word)) ids.Add(id);
            }
            catch (IOException)
            {
                // it ended in between
            }
        }

        return ids;
    }

    /// <summary>Waits until so many processes with this word run, or the time is over.</summary>
    /// <returns>The number at the end.</returns>
    public static async Task<int> WaitForAsync(string word, int count, TimeSpan patience)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var now = With(word).Count;
            if (now == count || clock.Elapsed > patience) return now;
            await Task.Delay(50);
        }
    }

    /// <summary>A TCP port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until somebody listens on the port.</summary>
    public static async Task WaitForPortAsync(int port)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (System.Net.Sockets.SocketException) when (clock.Elapsed < TimeSpan.FromSeconds(20))
            {
                await Task.Delay(50);
            }
        }
    }
}
