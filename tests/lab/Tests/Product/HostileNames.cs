using System.Globalization;

namespace GravityNet.LabTests.Product;

/// <summary>
/// Names that a shell would run part of if it came by them unquoted: each makes a file of its own in <see cref="Folder"/>, which is on this
/// machine and on each node.
/// </summary>
internal sealed class HostileNames : IAsyncDisposable
{
    // {0} stands for a command
    private static readonly string[] Shapes =
    [
        "; {0}", "x; {0} #", "& {0} &", "&& {0}", "x&& {0}", "x | {0}", "| {0} | cat", "x$({0})", "`{0}`", "\n{0}\n", "x\n{0}", "x\r\n{0}", "x #\n{0}",
        "'; {0}; '", "'$({0})'", "x' ; {0} ; echo 'y", "'`{0}`'", "'\n{0}\n'", "'&{0}&'", "\"; {0}; \"", "\"$({0})\"", "\"`{0}`\"",
        "\"\n{0}\n\"", "${{x:-$({0})}}", "x; {{ {0}; }}", "x; ({0})", "%h; {0}; %r", "%(x)$({0})", "~; {0}", "*; {0}", "? & {0}", "[a-z]; {0}",
        "ü\u2019; {0}", "\u202E; {0}", "\u200B$({0})", "x\t; {0}", "pod:x/y; {0}", "x@y; {0}", "10.0.0.1; {0}", "..; {0}",
    ];

    // the same command in three ways: with spaces, without one, and in pieces
    private static readonly string[] Commands = ["touch {0}/{1}", "touch${{IFS}}{0}/{1}", "t'o'uch {0}/{1}"];

    private readonly LabFixture _fixture;

    private HostileNames(LabFixture fixture) => _fixture = fixture;

    /// <summary>Where the commands would leave their files.</summary>
    public string Folder { get; } = $"/tmp/gravitynet-hostile-{Guid.NewGuid():N}";

    /// <summary>One name of each shape.</summary>
    public IReadOnlyList<string> Few => [.. Shapes.Select((shape, i) => Name(shape, i % Commands.Length, i))];

    /// <summary>Each shape with each command: more than a hundred.</summary>
    public IReadOnlyList<string> All => [.. Commands.SelectMany((_, command) => Shapes.Select((shape, i) => Name(shape, command, (1000 * command) + i)))];

    /// <summary>Names that are no harm to a shell, but to a program that takes them for an option or ends a text at them.</summary>
    public IReadOnlyList<string> Others =>
    [
        $"-oProxyCommand=touch {Folder}/o1", $"--rsh=touch {Folder}/o2", $"-w{Folder}/o3", $"-ztouch {Folder}/o4", "--", "-", $"x\0; touch {Folder}/o5", $"\u001b]0;touch {Folder}/o6\a",
        new string('x', 70_000) + $"; touch {Folder}/o7", "", " ", "\n",
    ];

    public static async Task<HostileNames> MakeAsync(LabFixture fixture)
    {
        var names = new HostileNames(fixture);
        Directory.CreateDirectory(names.Folder);
        foreach (var node in fixture.Status.Nodes) await fixture.OnNodeAsync(node.Name, $"mkdir {names.Folder}");
        return names;
    }

    /// <summary>The files that some command made, here and on the nodes.</summary>
    public async Task<IReadOnlyList<string>> MadeAsync()
    {
        var made = Directory.GetFiles(Folder).Select(Path.GetFileName).Select(f => $"here: {f}").ToList();
        foreach (var node in _fixture.Status.Nodes)
        {
            var files = (await _fixture.OnNodeAsync(node.Name, $"ls {Folder}; find / -xdev -name 'canary*'")).Output;
            made.AddRange(files.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(f => $"{node.Name}: {f}"));
        }

        return made;
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        foreach (var node in _fixture.Status.Nodes) await _fixture.OnNodeAsync(node.Name, $"rm -r {Folder}");
    }

    private string Name(string shape, int command, int number)
    {
        var text = string.Format(CultureInfo.InvariantCulture, Commands[command], Folder, number);
        return string.Format(CultureInfo.InvariantCulture, shape, text);
    }
}
