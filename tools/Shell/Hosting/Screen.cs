namespace GravityNet.Shell;

/// <summary>
/// What the host writes to and reads from: the process's console, or a buffer of a set width in which a test sees what the console would show.
/// </summary>
public sealed class Screen
{
    /// <summary>The width of text that goes to a file or a pipe when <c>COLUMNS</c> does not say otherwise.</summary>
    public const int RedirectedWidth = 120;

    private readonly Func<int>? _width;

    private Screen(TextWriter output, TextWriter error, TextReader input, Func<int>? width)
    {
        Output = output;
        Error = error;
        Input = input;
        _width = width;
    }

    /// <summary>Where output, warnings, verbose and debug lines go.</summary>
    public TextWriter Output { get; }

    /// <summary>Where error lines go: the same as <see cref="Output"/> unless standard error is redirected.</summary>
    public TextWriter Error { get; }

    /// <summary>Where answers to prompts come from.</summary>
    public TextReader Input { get; }

    /// <summary>Whether <see cref="Output"/> understands colour sequences.</summary>
    public bool Colour { get; private init; }

    /// <summary>Whether a person sits at the input, so that a prompt and line editing make sense.</summary>
    public bool Interactive { get; private init; }

    /// <summary>
    /// Whether what is typed is edited here. A terminal that knows no sequences, or one whose output goes elsewhere, keeps the line discipline of
    /// the system.
    /// </summary>
    public bool EditsLines { get; private init; }

    /// <summary>Whether a transient progress line may be drawn on standard error.</summary>
    public bool ShowsProgress { get; private init; }

    /// <summary>Columns of a line.</summary>
    public int Width => _width is null ? RedirectedWidth : Math.Max(_width(), 2);

    /// <summary>The console of this process, plain wherever it is redirected or <c>NO_COLOR</c> is set.</summary>
    public static Screen ForConsole()
    {
        var sequences = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        // https://no-color.org: any value but the empty one counts
        var colour = sequences && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new Screen(Console.Out, Console.IsErrorRedirected ? Console.Error : Console.Out, Console.In, ConsoleWidth)
        {
            Colour = colour,
            Interactive = !Console.IsInputRedirected,
            EditsLines = sequences && !Console.IsInputRedirected,
            ShowsProgress = colour && !Console.IsErrorRedirected,
        };
    }

    /// <summary>A buffer that takes everything a console would show, in order.</summary>
    /// <param name="buffer">Takes the text of all streams.</param>
    /// <param name="width">Columns of a line.</param>
    /// <param name="input">Answers to prompts; none when omitted.</param>
    /// <param name="colour">Whether it understands colour sequences.</param>
    public static Screen ForBuffer(TextWriter buffer, int width, TextReader? input = null, bool colour = false) => new(buffer, buffer, input ?? TextReader.Null, () => width) { Colour = colour };

    private static int ConsoleWidth()
    {
        if (!Console.IsOutputRedirected)
        {
            try
            {
                if (Console.WindowWidth > 1)
                    return Console.WindowWidth;
            }
            catch (IOException)
            {
                // no terminal behind it after all
            }
        }

        return int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 1 ? columns : RedirectedWidth;
    }
}
