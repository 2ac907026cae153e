using System.Diagnostics;
using GravityNet.Shell;

namespace GravityNet.ModuleTests.Shell;

/// <summary>Starts the shell as a process of its own.</summary>
internal static class ShellProcess
{
    public static (int ExitCode, string Output, string Error) Run(params string[] arguments) => RunWith("", arguments);

    public static (int ExitCode, string Output, string Error) RunWith(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.ReplaceLineEndings("\n"), error.Result.ReplaceLineEndings("\n"));
    }

    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(ShellSession).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
