using System.Management.Automation.Language;
using Xunit;

namespace GravityNet.ModuleTests;

/// <summary>Scripts that not every machine can run are at least read by the engine's own parser everywhere.</summary>
public sealed class ScriptTests
{
    public static TheoryData<string> Scripts => [.. Files()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Every_script_parses(string script)
    {
        Parser.ParseFile(Path.Combine(Repository.Root, script), out var tokens, out var errors);
        Assert.Empty(errors.Select(e => $"{e.Extent.StartLineNumber}: {e.Message}"));
        Assert.NotEmpty(tokens);
    }

    [Theory]
    [InlineData("Lab")]
    [InlineData("Module")]
    [InlineData("Recording")]
    public void The_acceptance_tests_are_among_them(string name) => Assert.Contains($"tests/acceptance/{name}.Tests.ps1", Files());

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Repository.Root, "*.ps1", SearchOption.AllDirectories)
        .Select(p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
        // what is built, and what lies in packages, is not ours
        .Where(p => !p.Split('/').Any(part => part is "bin" or "obj" or "out"));
}
