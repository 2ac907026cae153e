using System.Text;

namespace GravityNet.Shell;

/// <summary>The rows of a terminal that show the text which is being typed, from the end of the prompt on, and a list below it.</summary>
/// <param name="prompt">What stands before the text in its first row, and is on the screen already.</param>
internal sealed class InputArea(string prompt)
{
    /// <summary>What stands before the second line of a text and the following ones.</summary>
    public const string Continuation = ">> ";

    // the row of the cursor, counted from the first of the text
    private int _row;

    /// <summary>The cells of a row.</summary>
    public static int Width => Math.Max(Console.WindowWidth, 2);

    /// <summary>Draws all anew.</summary>
    /// <param name="buffer">The text and the cursor.</param>
    /// <param name="below">Rows that each fit the terminal.</param>
    public void Draw(EditBuffer buffer, IReadOnlyList<string> below)
    {
        var width = Width;
        var (row, column) = (0, CellWidth.Of(prompt) % width);
        var output = new StringBuilder(Up(_row)).Append('\r').Append(Right(column)).Append("\u001b[J");
        var cursor = (Row: row, Column: column);
        var at = 0;
        foreach (var rune in buffer.Text.EnumerateRunes())
        {
            if (at == buffer.Cursor)
                cursor = (row, column);
            at += rune.Utf16SequenceLength;
            if (rune.Value == '\n')
            {
                output.Append("\r\n").Append(Continuation);
                (row, column) = (row + 1, Continuation.Length);
                continue;
            }

            output.Append(rune);
            var cells = CellWidth.Of(rune);
            (row, column) = column + cells > width ? (row + 1, cells) : (row, column + cells);
            if (column < width)
                continue;
            // a terminal puts off the wrap behind a row's last cell: a space and a return bring it about
            output.Append(" \r");
            (row, column) = (row + 1, 0);
        }

        if (at == buffer.Cursor)
            cursor = (row, column);
        foreach (var line in below)
            output.Append("\r\n").Append(line);
        output.Append(Up(row + below.Count - cursor.Row)).Append('\r').Append(Right(cursor.Column));
        Console.Write(output);
        _row = cursor.Row;
    }

    /// <summary>Empties the screen; the prompt stands in its first row then.</summary>
    public void Clear()
    {
        Console.Write("\u001b[H\u001b[2J" + prompt);
        _row = 0;
    }

    private static string Up(int rows) => rows > 0 ? $"\u001b[{rows}A" : "";

    private static string Right(int cells) => cells > 0 ? $"\u001b[{cells}C" : "";
}
