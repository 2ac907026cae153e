using System.Management.Automation.Host;

namespace GravityNet.Shell;

/// <summary>The part of the host that knows the screen's size. Reading and scrolling the buffer's cells is left out, as on every Unix terminal.</summary>
/// <param name="screen">The screen.</param>
/// <param name="interrupt">Ends the running command, and gives what has to be thrown then.</param>
internal sealed class ShellRawUserInterface(Screen screen, Func<Exception> interrupt) : PSHostRawUserInterface
{
    // a console that was never asked for its colours has none to report
    private const ConsoleColor Unknown = (ConsoleColor)(-1);

    public override ConsoleColor ForegroundColor { get; set; } = Unknown;

    public override ConsoleColor BackgroundColor { get; set; } = Unknown;

    public override Size BufferSize { get => new(screen.Width, WindowHeight); set { } }

    public override Size WindowSize { get => new(screen.Width, WindowHeight); set { } }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Coordinates CursorPosition { get; set; }

    public override Coordinates WindowPosition { get; set; }

    public override int CursorSize { get; set; } = 25;

    public override string WindowTitle { get; set; } = "GravityNet.Shell";

    public override bool KeyAvailable => screen.Interactive && Console.KeyAvailable;

    // rows matter for paging alone: what is not a terminal has no end
    private int WindowHeight => screen.Colour ? Math.Max(Console.WindowHeight, 1) : 10_000;

    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
            Console.ReadKey(intercept: true);
    }

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (!screen.Interactive)
            throw new HostException("There is no terminal to read a key from.");
        Console.TreatControlCAsInput = true;
        ConsoleKeyInfo key;
        try
        {
            key = Console.ReadKey(options.HasFlag(ReadKeyOptions.NoEcho));
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }

        if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control } && !options.HasFlag(ReadKeyOptions.AllowCtrlC))
            throw interrupt();
        return new KeyInfo((int)key.Key, key.KeyChar, ControlKeyStates(key.Modifiers), options.HasFlag(ReadKeyOptions.IncludeKeyDown));
    }

    public override int LengthInBufferCells(string source) => CellWidth.Of(source);

    public override int LengthInBufferCells(string source, int offset) => CellWidth.Of(source[offset..]);

    public override int LengthInBufferCells(char source) => CellWidth.Of(source.ToString());

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException("A terminal's cells cannot be read back.");

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new NotSupportedException("A terminal's cells cannot be moved.");

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) =>
        throw new NotSupportedException("A terminal's cells cannot be set.");

    // clearing the whole buffer is the one use that scripts make of this (Clear-Host)
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        if (screen.Colour)
            screen.Output.Write("\u001b[H\u001b[2J\u001b[3J");
    }

    private static ControlKeyStates ControlKeyStates(ConsoleModifiers modifiers)
    {
        var states = default(ControlKeyStates);
        if (modifiers.HasFlag(ConsoleModifiers.Shift))
            states |= System.Management.Automation.Host.ControlKeyStates.ShiftPressed;
        if (modifiers.HasFlag(ConsoleModifiers.Control))
            states |= System.Management.Automation.Host.ControlKeyStates.LeftCtrlPressed;
        if (modifiers.HasFlag(ConsoleModifiers.Alt))
            states |= System.Management.Automation.Host.ControlKeyStates.LeftAltPressed;
        return states;
    }
}
