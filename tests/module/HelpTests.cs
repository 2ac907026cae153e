using System.Collections;
using System.Management.Automation;
using System.Text.RegularExpressions;
using Xunit;

namespace GravityNet.ModuleTests;

/// <summary>What Get-Help says, against what the commands really take.</summary>
public sealed partial class HelpTests : IDisposable
{
    private readonly ModuleShell _shell = new(width: 100);

    [Fact]
    public void Every_command_has_a_synopsis_a_description_and_examples()
    {
        var commands = Commands();
        Assert.NotEmpty(commands);
        foreach (var command in commands)
        {
            var help = Help(command.Name);
            // help that the engine makes up where there is none repeats the syntax as the synopsis
            Assert.DoesNotContain($"{command.Name} [", $"{help.Properties["Synopsis"].Value}", StringComparison.Ordinal);
            Assert.True(Text(help, "description").Length > 100, $"{command.Name} has no description");
            Assert.True(Items(help, "examples", "example").Count >= 2, $"{command.Name} has fewer than two examples");
            Assert.All(Items(help, "examples", "example"), e => Assert.StartsWith("PS> ", $"{e.Properties["code"].Value}", StringComparison.Ordinal));
            Assert.True(Text(help, "alertSet", "alert").Length > 0, $"{command.Name} has no notes");
        }
    }

    [Fact]
    public void Every_parameter_is_described_as_it_is()
    {
        foreach (var command in Commands())
        {
            var described = Items(Help(command.Name), "parameters", "parameter").ToDictionary(p => $"{p.Properties["name"].Value}");
            var own = command.Parameters.Values.Where(p => !Cmdlet.CommonParameters.Contains(p.Name)).ToList();
            Assert.Equal(own.Select(p => p.Name).Order(StringComparer.Ordinal), described.Keys.Order(StringComparer.Ordinal));
            foreach (var parameter in own)
            {
                var help = described[parameter.Name];
                var name = $"{command.Name} -{parameter.Name}";
                var sets = parameter.Attributes.OfType<ParameterAttribute>().ToList();
                Assert.True(Text(help, "description").Length > 10, $"{name} is not described");
                Assert.Equal((name, IsRequired(sets)), (name, Word(help, "required")));
                Assert.Equal((name, Position(sets)), (name, Word(help, "position")));
                Assert.Equal((name, Pipeline(sets)), (name, Word(help, "pipelineInput")));
                Assert.Equal((name, Words(parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any())), (name, Word(help, "globbing")));
            }
        }
    }

    [Fact]
    public void The_overview_topic_is_found()
    {
        var text = _shell.Render("Get-Help about_GravityNet");
        Assert.Contains("THE WAY OF A PACKET", text, StringComparison.Ordinal);
        Assert.All(Commands(), c => Assert.Contains(c.Name, text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_ways_in_have_a_topic_of_their_own()
    {
        var text = _shell.Render("Get-Help about_GravityNet_Connecting");
        Assert.All(["JUMP HOSTS", "SUDO", "LEASES", "KUBERNETES", "GRAVITY AND PLANET"], heading => Assert.Contains($"  {heading}", text, StringComparison.Ordinal));
        Assert.DoesNotContain("THE WAY OF A PACKET", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshots_have_a_topic_of_their_own()
    {
        var text = _shell.Render("Get-Help about_GravityNet_Snapshots");
        Assert.All(["A SESSION ON A REPORT", "WHAT IS IN A SNAPSHOT", "WHAT IS NOT DONE"], heading => Assert.Contains($"  {heading}", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Chains_of_services_are_explained_line_by_line()
    {
        var text = _shell.Render("Get-Help about_GravityNet_ServiceNat");
        Assert.All(["ONE CHAIN, LINE BY LINE", "OTHER WAYS IN", "WHICH NODE IS BEHIND?"], heading => Assert.Contains($"  {heading}", text, StringComparison.Ordinal));
        // each word that a row's Status may be, and each verdict of a way in
        using var shell = new ModuleShell();
        var words = shell.Lines("'ServiceChainStatus', 'EndpointState', 'EntryVerdict' | ForEach-Object { [GravityNet.ServiceNatChain].Assembly.GetType(\"GravityNet.Netfilter.$_\").GetEnumNames() } | ForEach-Object { $_.ToLowerInvariant() }");
        Assert.Contains("nojump", words);
        Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
        shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", Path.Combine(Repository.Root, "tests/recordings/healthy.tar.gz"));
        // the lines that it explains are those of a real node, without their comments
        var lines = shell.Lines("(Get-ServiceNatChain kube-dns node-1 -Protocol udp).Rules | ForEach-Object { $_.Print() -replace '^\\[\\S+ ' -replace ' -m comment --comment (\"[^\"]*\"|\\S+)' }");
        var joined = string.Join(' ', text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        Assert.All(lines.Where(l => l.Contains("TCOU7JCQXEZGVUNU", StringComparison.Ordinal) || l.Contains("VX4ZT5UNAPMLDNL6", StringComparison.Ordinal) || l.Contains("KUBE-POSTROUTING -", StringComparison.Ordinal)), line => Assert.Contains(line, joined, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("about_GravityNet")]
    [InlineData("about_GravityNet_Connecting")]
    [InlineData("about_GravityNet_Snapshots")]
    [InlineData("about_GravityNet_ServiceNat")]
    public void Topics_fit_a_narrow_terminal(string topic) =>
        Assert.All(File.ReadAllLines(Path.Combine(Repository.Root, "en-US", $"{topic}.help.txt")), line => Assert.True(line.Length <= 80, line));

    [Theory]
    [InlineData("README.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("en-US/about_GravityNet.help.txt")]
    [InlineData("en-US/GravityNet.Cmdlets.dll-Help.xml")]
    public void Documents_name_every_command_and_no_other(string document)
    {
        var nouns = Commands().Select(c => c.Noun).Distinct();
        var text = File.ReadAllText(Path.Combine(Repository.Root, document));
        var named = CommandName().Matches(text).Select(m => m.Value).Where(n => nouns.Any(noun => n.EndsWith($"-{noun}", StringComparison.Ordinal))
            || OwnNoun().IsMatch(n)).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(Commands().Select(c => c.Name).Order(StringComparer.Ordinal), named);
    }

    public void Dispose() => _shell.Dispose();

    private List<CmdletInfo> Commands() => [.. _shell.Run("Get-Command -Module GravityNet").Select(o => (CmdletInfo)o.BaseObject)];

    private PSObject Help(string command) => Assert.Single(_shell.Run("Get-Help $args[0] -Full", command));

    // a single element of MAML is an object, several are an array
    private static List<PSObject> Items(PSObject help, string list, string item) => help.Properties[list]?.Value switch
    {
        PSObject { BaseObject: not string } outer when outer.Properties[item]?.Value is { } inner => [.. AsList(inner)],
        _ => [],
    };

    private static IEnumerable<PSObject> AsList(object value) => value switch
    {
        PSObject { BaseObject: IEnumerable items and not string } => items.Cast<object>().Select(PSObject.AsPSObject),
        IEnumerable items and not string => items.Cast<object>().Select(PSObject.AsPSObject),
        _ => [PSObject.AsPSObject(value)],
    };

    private static string Text(PSObject help, params ReadOnlySpan<string> path)
    {
        var at = help;
        foreach (var name in path)
        {
            if (at.Properties[name]?.Value is not { } next) return "";
            at = PSObject.AsPSObject(next);
        }

        return string.Join('\n', AsList(at).Select(p => $"{p.Properties["Text"]?.Value}"));
    }

    private static string Word(PSObject help, string name) => help.Properties[name].Value.ToString()!.ToLowerInvariant();

    private static string Words(bool value) => value ? "true" : "false";

    private static string IsRequired(List<ParameterAttribute> sets) => Words(sets.Exists(s => s.Mandatory));

    private static string Position(List<ParameterAttribute> sets) => sets.Find(s => s.Position >= 0) is { Position: var at } ? $"{at}" : "named";

    private static string Pipeline(List<ParameterAttribute> sets)
    {
        var ways = new List<string>();
        if (sets.Exists(s => s.ValueFromPipeline)) ways.Add("byvalue");
        if (sets.Exists(s => s.ValueFromPipelineByPropertyName)) ways.Add("bypropertyname");
        return ways.Count > 0 ? $"true ({string.Join(", ", ways)})" : "false";
    }

    [GeneratedRegex(@"\b[A-Z][a-z]+-[A-Z][A-Za-z]+\b")]
    private static partial Regex CommandName();

    // a name that looks like one of ours: a noun of the field
    [GeneratedRegex("-(Gravity|Overlay|Node|Vxlan|Service|Pod|Network|Snapshot)")]
    private static partial Regex OwnNoun();
}
