using System.Text;
using Xunit;

namespace GravityNet.ModuleTests.Views;

/// <summary>
/// Each view of each type as a person sees it, compared with the files of <c>tests/module/Golden</c>: at three widths, redirected to a file, in three cultures, and with
/// colours.
/// </summary>
public sealed partial class GoldenTests(GoldenTests.Shells shells) : IClassFixture<GoldenTests.Shells>
{
    private static readonly string[] Views = ["", " | Format-Table", " | Format-List"];

    public static TheoryData<string> Types => [.. GoldenViews.Commands.Keys];

    [Fact]
    public void Each_type_that_a_cmdlet_writes_is_shown()
    {
        using var shell = new ModuleShell();
        Assert.Empty(OutputTypes.Of(shell).Select(t => t.Name).Except(GoldenViews.Commands.Keys));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_type_is_shown_as_it_was_kept(string type)
    {
        foreach (var (recording, command) in GoldenViews.Commands[type].Select(Parted))
        {
            var objects = shells.Of(recording, 80).Run(command).Where(o => o is not null).ToList();
            Assert.NotEmpty(objects);
            Assert.All(objects, o => Assert.Equal(type, o.BaseObject.GetType().Name));
        }

        foreach (var width in new[] { 80, 120, 200 })
        {
            var shown = Show(type, width, "en-US");
            Renewal.Check(shown, "tests", "module", "Golden", $"{type}.{width}.txt");
            Assert.Equal(shown, Show(type, width, "de-DE"));

            // PowerShell breaks lines between words in English and German, and anywhere in Japanese
            Assert.Equal(Squeezed(shown), Squeezed(Show(type, width, "ja-JP")));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_type_is_plain_text_in_a_file(string type)
    {
        var text = new StringBuilder();
        var file = Path.GetTempFileName();
        try
        {
            foreach (var (title, recording, command) in Sections(type))
            {
                var shell = shells.Of(recording, 80);
                shell.Run($"& {{ {command} }} > $args[0]", file);
                text.Append(title).Append(Trimmed(File.ReadAllText(file)));
            }
        }
        finally
        {
            File.Delete(file);
        }

        Assert.DoesNotContain('\u001b', text.ToString());
        Renewal.Check(text.ToString(), "tests", "module", "Golden", $"{type}.file.txt");
    }

    [Fact]
    public void A_file_has_long_lines_whole()
    {
        var kept = File.ReadAllText(Path.Combine(Repository.Root, "tests", "module", "Golden", "ServiceNatChain.file.txt"));
        Assert.Contains(
            "\n-A KUBE-SVC-TCOU7JCQXEZGVUNU ! -s 10.244.0.0/16 -d 10.100.214.177/32 -p udp -m comment --comment \"kube-system/kube-dns:dns cluster IP\" -m udp --dport 53 -j KUBE-MARK-MASQ\n",
            kept,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_is_coloured_on_a_terminal_and_the_text_is_the_same()
    {
        using var colours = new ModuleShell(width: 120, colour: true);
        using var plain = new ModuleShell(width: 120);
        var shown = new StringBuilder();
        foreach (var section in new[]
        {
            "b-fdb-missing> Get-VxlanFdb node-1", "b-fdb-missing> Get-VxlanFdb node-1 | Format-Table", "b-fdb-missing> Get-VxlanFdb node-1 | Where-Object Status -ne ok | Format-List",
            "g-dead-sep> Get-ServiceNatChain web | Format-Table", "g-dead-sep> Get-ServiceNatChain web node-2",
            "a-forwarding-off> Test-PodReachability node:node-2 default/shell-node-1", "a-forwarding-off> Get-NodeForwarding node-1 cni0",
        })
        {
            var (recording, command) = Parted(section);
            var texts = new[] { colours, plain }.Select(shell =>
            {
                shell.Run("$null = Connect-GravityCluster -Snapshot $args[0]", ModuleShell.RecordingPath(recording));
                return Trimmed(shell.Render($"[cultureinfo]::CurrentCulture = 'en-US'; {command}"));
            }).ToList();
            shown.Append("## ").Append(section).Append('\n').Append(texts[0].Replace('\u001b', '~'));
            Assert.Contains("\u001b[91m", texts[0], StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', texts[1]);
            Assert.Equal(texts[1], Trimmed(ColourSequence().Replace(texts[0], "")));
        }

        Renewal.Check(shown.ToString(), "tests", "module", "Golden", "Colours.txt");
    }

    [System.Text.RegularExpressions.GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial System.Text.RegularExpressions.Regex ColourSequence();

    private string Show(string type, int width, string culture)
    {
        var text = new StringBuilder();
        foreach (var (title, recording, command) in Sections(type)) text.Append(title).Append(Trimmed(shells.Of(recording, width).Render($"[cultureinfo]::CurrentCulture = '{culture}'; {command}")));
        return text.ToString();
    }

    private static IEnumerable<(string Title, string Recording, string Command)> Sections(string type) =>
        from command in GoldenViews.Commands[type]
        from view in Views
        let parts = Parted(command + view)
        select ($"## {command}{view}\n", parts.Recording, parts.Command);

    private static (string Recording, string Command) Parted(string command)
    {
        var at = command.IndexOf("> ", StringComparison.Ordinal);
        return (command[..at], command[(at + 2)..]);
    }

    // blanks at the ends of lines are PowerShell's; where the recording lies differs by machine
    private static string Trimmed(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Trim('\n').Split('\n').Select(l => l.TrimEnd()).ToList();
        var kept = new List<string>();
        foreach (var line in lines)
        {
            if (line.StartsWith("Etcd  ", StringComparison.Ordinal) || line.StartsWith("KubernetesApi ", StringComparison.Ordinal)) kept.Add(line[..(line.IndexOf(':', StringComparison.Ordinal) + 1)] + " ...");
            else if (!(line.StartsWith("     ", StringComparison.Ordinal) && kept.Count > 0 && kept[^1].EndsWith(": ...", StringComparison.Ordinal))) kept.Add(line);
        }

        return string.Join('\n', kept) + "\n";
    }

    private static string Squeezed(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    /// <summary>A shell for each recording and width.</summary>
    public sealed class Shells : IDisposable
    {
        private readonly Dictionary<(string Recording, int Width), ModuleShell> _shells = [];

        internal ModuleShell Of(string recording, int width)
        {
            if (_shells.TryGetValue((recording, width), out var known)) return known;
            var shell = recording == "made" ? new ModuleShell(width) : ModuleShell.OnRecording(recording, width);
            if (recording == "made") shell.Run(GoldenViews.Made + "\n$global:change = $change; $global:differences = $differences; $global:snapshot = $snapshot; $global:event = $event");
            return _shells[(recording, width)] = shell;
        }

        public void Dispose()
        {
            foreach (var shell in _shells.Values) shell.Dispose();
        }
    }
}
