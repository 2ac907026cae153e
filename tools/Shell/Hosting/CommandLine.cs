namespace GravityNet.Shell;

/// <summary>What the process was asked to do.</summary>
internal sealed class CommandLine
{
    public const string Usage = "usage: Shell [-ImportModule path] [-NoLogo] [-NoExit] [-Command 'script' ...] [-File x.ps1 arguments ...]";

    public List<string> Modules { get; } = [];

    public bool NoLogo { get; private set; }

    /// <summary>Stay at the prompt after the command or file.</summary>
    public bool NoExit { get; private set; }

    public string? Command { get; private set; }

    public string? File { get; private set; }

    public IReadOnlyList<string> Arguments { get; private set; } = [];

    public bool Help { get; private set; }

    /// <summary>Reads the arguments of the process.</summary>
    /// <exception cref="ArgumentException">An argument is unknown or lacks its value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> words)
    {
        var line = new CommandLine();
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i].ToUpperInvariant())
            {
                case "-IMPORTMODULE":
                    line.Modules.Add(Value(words, ++i));
                    break;
                case "-NOLOGO":
                    line.NoLogo = true;
                    break;
                case "-NOEXIT":
                    line.NoExit = true;
                    break;
                case "-NOPROFILE" or "-NONINTERACTIVE":
                    // pwsh's habits; this shell has no profile and asks nothing by itself
                    break;
                case "-COMMAND" or "-C":
                    // as pwsh: the rest is one script text
                    line.Command = string.Join(' ', words.Skip(i).Skip(1).DefaultIfEmpty(Value(words, i + 1)));
                    return line;
                case "-FILE" or "-F":
                    line.File = Value(words, ++i);
                    line.Arguments = [.. words.Skip(i + 1)];
                    return line;
                case "-HELP" or "-?" or "-H" or "--HELP":
                    line.Help = true;
                    break;
                default:
                    throw new ArgumentException($"'{words[i]}' is no argument of the embedded shell. {Usage}");
            }
        }

        return line;
    }

    private static string Value(IReadOnlyList<string> words, int index) =>
        index < words.Count ? words[index] : throw new ArgumentException($"{words[index - 1]} needs a value. {Usage}");
}
