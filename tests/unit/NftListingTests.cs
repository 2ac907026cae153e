using System.Text.RegularExpressions;
using GravityNet.Parsing;
using GravityNet.UnitTests.Probing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>nft itself as the judge of how rules, chains and elements are printed: rule sets are loaded in a network namespace and listed both ways.</summary>
public sealed class NftListingTests
{
    public static TheoryData<string> RuleSets => [.. Directory.GetFiles(NftRuleSets.Folder, "*.nft").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(RuleSets))]
    public async Task Chains_and_rules_are_printed_as_nft_lists_them(string name)
    {
        await using var space = await NamespaceShell.CreateAsync();
        var (json, text) = await NftRuleSets.LoadAsync(space, name);

        // nft 1.0.6 leaves a chain's comment out of its JSON
        text = Regex.Replace(text, @"(\n\tchain [^\n]* \{)\n\t\tcomment [^\n]*", "$1");
        var rules = NftJson.Parse("n", "nft", json);

        Assert.Empty(rules.Unread);
        // sets have as many elements a line as fit, so that only those of one element can be compared as they are
        var printed = rules.Tables.SelectMany(t => t.Chains.Cast<NftObject>().Concat(t.Sets.Where(s => s.Elements.Count < 2 && !s.Name.StartsWith("affinity-", StringComparison.Ordinal))))
            .Select(o => string.Join('\n', NftListing.Lines(o).Select(l => "\t" + l))).ToList();
        Assert.All(printed.SelectMany(p => p.Split('\n')), line => Assert.Contains(line + "\n", text, StringComparison.Ordinal));
        Assert.All(printed, block => Assert.Contains("\n" + block + "\n", text, StringComparison.Ordinal));
        Assert.Equal(text.Split('\n').Count(l => l.StartsWith("\tchain ", StringComparison.Ordinal)), rules.Tables.Sum(t => t.Chains.Count));
        // and each element in its words
        Assert.All(rules.Tables.SelectMany(t => t.Sets).SelectMany(s => s.Elements), e => Assert.Contains(NftText.Of(e), text, StringComparison.Ordinal));
    }
}
