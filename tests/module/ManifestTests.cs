using System.Collections;
using System.Management.Automation.Language;
using Xunit;

namespace GravityNet.ModuleTests;

public sealed class ManifestTests
{
    [Fact]
    public void Every_view_and_type_file_is_in_the_manifest()
    {
        var root = Repository.Root;
        var manifest = (HashtableAst)Parser.ParseFile(Path.Combine(root, "GravityNet.psd1"), out _, out var errors)
            .Find(node => node is HashtableAst, searchNestedScriptBlocks: false);
        Assert.Empty(errors);
        var values = (Hashtable)manifest.SafeGetValue();

        var named = ((object[])values["FormatsToProcess"]!).Concat((object[])values["TypesToProcess"]!).Cast<string>().Order(StringComparer.Ordinal);
        var there = Directory.GetFiles(Path.Combine(root, "GravityNet.Cmdlets", "Views"), "*.ps1xml").Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(there, named);
    }
}
