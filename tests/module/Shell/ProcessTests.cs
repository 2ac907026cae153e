using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;
using static GravityNet.ModuleTests.Shell.ShellProcess;

namespace GravityNet.ModuleTests.Shell;

/// <summary>The shell as a process of its own.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-shell-").FullName;

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("'fine'", 0)]
    [InlineData("throw 'bad'", 1)]
    [InlineData("Get-Item /no/such/item", 1)]
    [InlineData("Get-Item /no/such/item -ErrorAction Ignore; 'fine'", 0)]
    [InlineData("if (", 1)]
    public void A_command_ends_with_its_exit_code(string command, int expected) => Assert.Equal(expected, Run("-Command", command).ExitCode);

    [Fact]
    public void Output_and_errors_go_their_own_ways_without_colour()
    {
        var result = Run("-Command", "'out'; Write-Warning w; Write-Error e");
        Assert.Equal("out\nWARNING: w\n", result.Output);
        Assert.Equal("Write-Error: e\n", result.Error);
    }

    [Fact]
    public void A_file_gets_its_arguments_and_gives_its_exit_code()
    {
        var script = Script("param([string] $Name, [switch] $On, [int] $Count, [Parameter(ValueFromRemainingArguments)] $More) \"$Name $On $($Count + 1) $More $PSScriptRoot\"; exit 3");
        var result = Run("-File", script, "-Name", "a b", "-On", "-Count:4", "x", "y");
        Assert.Equal($"a b True 5 x y {_folder}\n", result.Output);
        Assert.Equal(3, result.ExitCode);
    }

    [Theory]
    [InlineData("'end'", 0)]
    [InlineData("throw 'x'", 1)]
    [InlineData("& { exit 4 }; 'not reached'", 4)]
    public void A_file_ends_with_its_exit_code(string text, int expected) => Assert.Equal(expected, Run("-File", Script(text)).ExitCode);

    [Fact]
    public void A_script_that_a_file_calls_leaves_its_code_and_the_file_goes_on()
    {
        File.WriteAllText(Path.Combine(_folder, "inner.ps1"), "exit 5");
        var result = Run("-File", Script("& $PSScriptRoot/inner.ps1; \"code $LASTEXITCODE\""));
        Assert.Equal("code 5\n", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void Commands_come_from_the_input_when_none_are_given()
    {
        var result = RunWith("$x = 20\nif ($true) {\n  $x + 2\n}\nexit 6\n");
        Assert.Equal("22\n", result.Output);
        Assert.Equal(6, result.ExitCode);
    }

    [Fact]
    public void A_module_is_imported_or_its_lack_is_told()
    {
        var module = Path.Combine(_folder, "m.psm1");
        File.WriteAllText(module, "function Get-Answer { 42 }");
        Assert.Equal("42\n", Run("-ImportModule", module, "-Command", "Get-Answer").Output);
        Assert.Equal(1, Run("-ImportModule", Path.Combine(_folder, "none.psd1"), "-Command", "'not reached'").ExitCode);
    }

    [Fact]
    public void An_unknown_argument_is_told_with_the_usage()
    {
        var result = Run("-Nonsense");
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("usage:", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Start-Sleep 60", 2, 130)]
    [InlineData("while ($true) { }", 2, 130)]
    [InlineData("sleep 60", 2, 130)]
    [InlineData("Start-Sleep 60", 15, 143)]
    public void A_signal_stops_the_command_and_finally_blocks_run(string command, int signal, int expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are sent by number on Linux");
        using var process = Start("-Command", $"'started'; try {{ {command} }} finally {{ Write-Host cleaned }}");
        Assert.Equal("started", process.StandardOutput.ReadLine());
        // the line is out before the next command has begun
        Thread.Sleep(300);
        var watch = Stopwatch.StartNew();
        Assert.Equal(0, Kill(process.Id, signal));
        Assert.True(process.WaitForExit(10_000), "the process goes on");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3);
        Assert.Equal("cleaned\n", process.StandardOutput.ReadToEnd());
        Assert.Equal(expected, process.ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private string Script(string text)
    {
        var path = Path.Combine(_folder, "script.ps1");
        File.WriteAllText(path, text);
        return path;
    }
}
