using System.Xml.Linq;
using Xunit;

namespace GravityNet.ModuleTests;

public sealed class SolutionTests
{
    /// <summary>What is not in the solution is not built, and its tests do not run.</summary>
    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var root = Repository.Root;
        var named = XDocument.Load(Path.Combine(root, "GravityNet.slnx")).Descendants("Project").Select(p => p.Attribute("Path")!.Value);
        var there = Directory.GetFiles(root, "*.csproj", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(root, p).Replace('\\', '/'));
        Assert.Equal(there.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }
}
