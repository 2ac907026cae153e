using System.Diagnostics;

namespace GravityNet.Bench;

/// <summary>Runs other programs.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="InvalidOperationException">It ended with another exit code than those allowed.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, bool mayFail = false)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return mayFail || process.ExitCode == 0 ? output
            : throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {(await error).Trim()}");
    }
}
