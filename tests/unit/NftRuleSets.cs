using GravityNet.UnitTests.Probing;

namespace GravityNet.UnitTests;

/// <summary>
/// Rule sets in the words that kube-proxy gives nft, one for each form that its nftables mode has had: 1.29 (alpha), 1.31 to 1.35, and 1.36 (no chain for an endpoint).
/// </summary>
internal static class NftRuleSets
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "data", "nftables");

    /// <summary>The commands of a rule set.</summary>
    public static string Commands(string name) => File.ReadAllText(Path.Combine(Folder, name + ".nft"));

    /// <summary>Loads a rule set into a namespace's kernel, and what nft then lists, as JSON and as text.</summary>
    public static async Task<(string Json, string Text)> LoadAsync(NamespaceShell space, string name)
    {
        await space.SetUpAsync($"nft -f - <<'EOF'\n{Commands(name)}\nEOF");
        var json = await space.RunAsync("nft -j list ruleset", TimeSpan.FromSeconds(10), CancellationToken.None);
        var text = await space.RunAsync("nft list ruleset", TimeSpan.FromSeconds(10), CancellationToken.None);
        return (json.Output, text.Output);
    }
}
