using System.Text.RegularExpressions;
using GravityNet.Parsing;
using GravityNet.Sources;
using GravityNet.UnitTests.Probing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>
/// The kernel and its tools as the judge of what is printed: rules are changed or made up, printed, given to iptables-restore in a network namespace, and saved again.
/// </summary>
public sealed partial class IptablesKernelTests
{
    private const int MostRefused = 60;

    public static TheoryData<string> Tools => ["iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft"];

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task A_changed_field_is_what_the_kernel_gets(string tool)
    {
        var isIPv6 = tool.StartsWith("ip6", StringComparison.Ordinal);
        var cancel = TestContext.Current.CancellationToken;
        var changed = 0;
        foreach (var (place, text) in Languages.TextsOf(isIPv6 ? "ip6tables" : "iptables").Where(t => IsSave(t.Place)))
        {
            // a save of this very machine, so that every word is as its tools and kernel print it
            string save;
            await using (var first = await SpaceAsync(tool)) save = await RestoredAsync(first, tool, text, mayRefuse: true, cancel);
            var ruleset = IptablesSave.Parse("n", "iptables", save);
            Assert.Empty(ruleset.Unread);

            changed += ruleset.Tables.Sum(t => t.Rules.Count);
            var printed = ruleset.Print(line => line is IptablesRule rule ? Change(rule, isIPv6) with { Origin = default } : line);
            await using var second = await SpaceAsync(tool);
            if (!await KeepsCountersAsync(second, tool, cancel)) printed = printed.Replace("[7:700] -A", "[0:0] -A", StringComparison.Ordinal);
            var again = IptablesSave.Parse("n", "iptables", await RestoredAsync(second, tool, printed, mayRefuse: false, cancel));
            AssertSame(place, IptablesSave.Parse("n", "iptables", printed), again);
        }

        Assert.True(changed > 300, $"{changed} rules");
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Rules_made_up_are_read_back_from_the_kernel_as_they_were(string tool)
    {
        var seed = Seed.Now;
        var made = MadeUp(seed, tool.StartsWith("ip6", StringComparison.Ordinal), 300);
        var text = $"*filter\n:A - [0:0]\n:B - [0:0]\n{string.Join('\n', made)}\nCOMMIT\n";
        await using var space = await SpaceAsync(tool);
        if (!await KeepsCountersAsync(space, tool, TestContext.Current.CancellationToken)) made = [.. made.Select(r => r with { Packets = 0, Bytes = 0 })];

        var saved = IptablesSave.Parse("n", "iptables", await RestoredAsync(space, tool, text, mayRefuse: false, TestContext.Current.CancellationToken));

        var rules = saved.Table("filter")!.RulesOf("A").Concat(saved.Table("filter")!.RulesOf("B")).ToList();
        Assert.Equal(made.Count, rules.Count);
        foreach (var (expected, actual) in made.OrderBy(r => r.Chain, StringComparer.Ordinal).Zip(rules)) AssertSame($"seed {seed}", expected, actual);
    }

    [Fact]
    public void Rules_made_up_are_read_as_they_were_printed()
    {
        var seed = Seed.Now;
        foreach (var made in MadeUp(seed, false, 2000).Concat(MadeUp(seed, true, 2000)))
        {
            var ruleset = IptablesSave.Parse("n", "iptables", $"*filter\n{made.Print()}\nCOMMIT\n");

            Assert.True(ruleset.Unread.Count == 0, $"seed {seed}: {made}");
            var read = Assert.Single(ruleset.Table("filter")!.Rules);
            AssertSame($"seed {seed}", made, read);
            Assert.Equal(made.Print(), (read with { Origin = default }).Print());
        }
    }

    private static List<IptablesRule> MadeUp(int seed, bool isIPv6, int count)
    {
        var random = new RuleRandom(seed, isIPv6);
        // B is only jumped to: two chains that jump to each other are a loop
        return [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 ? random.Next("B", "RETURN") with { IsGoto = false } : random.Next("A", "B"))];
    }

    // saves by the tools themselves; the other samples are excerpts, listings and oddities
    private static bool IsSave(string place) => place.Contains("healthy", StringComparison.Ordinal) ? place.EndsWith("node-1/iptables.txt", StringComparison.Ordinal) : place.EndsWith("-1.8.9.txt", StringComparison.Ordinal) && !place.Contains("listed", StringComparison.Ordinal);

    private static IptablesRule Change(IptablesRule rule, bool isIPv6)
    {
        var (network, host) = isIPv6 ? ("fd00:9::/32", "fd00:9::7") : ("10.9.8.0/24", "10.9.8.7");
        var to = isIPv6 ? $"[{host}]:4242" : $"{host}:4242";
        rule = rule with { Packets = rule.Packets + 7, Bytes = rule.Bytes + 700, SourceAddress = network };
        if (rule.Comment.Length > 0) rule = rule with { Comment = "it's \"new\" \\ text" };
        if (rule.Match("multiport") is null && rule.DestinationPort.Length > 0) rule = rule with { DestinationPort = "4242" };
        if (rule.ToDestination is var old && old.Length > 0) rule = rule with { ToDestination = old.EndsWith(']') || !old.Contains(isIPv6 ? "]:" : ":", StringComparison.Ordinal) ? host : to };
        if (rule is { Table: "filter", Target: "ACCEPT" }) rule = rule with { Target = "DROP" };
        return rule;
    }

    private static void AssertSame(string place, IptablesRuleset expected, IptablesRuleset actual)
    {
        foreach (var table in expected.Tables)
        {
            foreach (var chain in table.Chains)
            {
                var rules = actual.Table(table.Name)!.RulesOf(chain.Name);
                Assert.Equal($"{place} {table.Name} {chain.Name} {chain.Rules.Count}", $"{place} {table.Name} {chain.Name} {rules.Count}");
                Assert.All(chain.Rules.Zip(rules), pair => Assert.Equal(pair.First.Print(), pair.Second.Print()));
            }
        }
    }

    private static void AssertSame(string place, IptablesRule expected, IptablesRule actual)
    {
        Assert.Equal(Told(expected), Told(actual));

        string Told(IptablesRule rule) => string.Join('\n', place, expected, rule.Chain, rule.SourceAddress, rule.DestinationAddress, rule.InInterface, rule.OutInterface, rule.Protocol, rule.IsFragment, rule.Packets, rule.Bytes, rule.Comment, rule.SourcePort, rule.DestinationPort, rule.Target, rule.IsGoto, rule.RejectWith);
    }

    private static async Task<NamespaceShell> SpaceAsync(string tool)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("network namespaces need root on Linux");
        if (!File.Exists($"/usr/sbin/{tool}-restore")) Assert.Skip($"{tool}-restore is not installed");
        var space = await NamespaceShell.CreateAsync();
        var tried = await space.RunAsync($"{tool} -S", TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        if (tried.ExitCode == 0) return space;
        await space.DisposeAsync();
        Assert.Skip($"this machine has no {tool}: {tried.Error}");
        return space;
    }

    // ip6tables-nft-restore of 1.8.9 does not pass on the counters that it is given
    private static async Task<bool> KeepsCountersAsync(NamespaceShell space, string tool, CancellationToken cancel) =>
        (await RestoredAsync(space, tool, "*raw\n[1:2] -A OUTPUT -p tcp\nCOMMIT\n", mayRefuse: false, cancel)).Contains("[1:2] -A OUTPUT -p tcp", StringComparison.Ordinal);

    // What a kernel without some extension refuses is left out of a sample, line by line.
    private static async Task<string> RestoredAsync(NamespaceShell space, string tool, string text, bool mayRefuse, CancellationToken cancel)
    {
        var lines = text.Split('\n').ToList();
        for (var refused = 0; ; refused++)
        {
            var result = await RestoreAsync(space, tool, string.Join('\n', lines), cancel);
            if (result.ExitCode == 0) break;
            var place = LineNumber().Match(result.Error);
            Assert.True(mayRefuse && refused < MostRefused && place.Success, $"{tool}-restore: {result.Error}\n{(place.Success ? lines[int.Parse(place.Groups[1].Value, null) - 1] : text)}");
            lines[int.Parse(place.Groups[1].Value, null) - 1] = "#";
        }

        var saved = await space.RunAsync($"{tool}-save -c", TimeSpan.FromSeconds(10), cancel);
        Assert.True(saved.ExitCode == 0, saved.Error);
        return saved.Output;
    }

    private static Task<ShellResult> RestoreAsync(NamespaceShell space, string tool, string text, CancellationToken cancel) =>
        space.RunAsync($"{tool}-restore -c <<'end of rules'\n{text}\nend of rules\n", TimeSpan.FromSeconds(20), cancel);

    [GeneratedRegex("line:? *([0-9]+)")]
    private static partial Regex LineNumber();
}
