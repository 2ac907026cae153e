using System.Globalization;

namespace GravityNet.Shell;

/// <summary>A text of one or more lines that is being typed, and the place of the cursor in it.</summary>
internal sealed class EditBuffer
{
    /// <summary>The text; lines are parted by <c>\n</c>.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The character that the cursor stands before; the length of the text behind the last one.</summary>
    public int Cursor { get; private set; }

    /// <summary>Whether the cursor stands in the first line.</summary>
    public bool InFirstLine => LineStart == 0;

    /// <summary>Whether the cursor stands in the last line.</summary>
    public bool InLastLine => LineEnd == Text.Length;

    /// <summary>What stands in the cursor's line before it.</summary>
    public ReadOnlySpan<char> LineBeforeCursor => Text.AsSpan(LineStart..Cursor);

    private int LineStart => Text.LastIndexOf('\n', Math.Max(Cursor - 1, 0), Cursor) + 1;

    private int LineEnd => Text.IndexOf('\n', Cursor) is >= 0 and var end ? end : Text.Length;

    // what a person takes for one character may be several
    private int Before => Cursor == 0 ? 0 : StringInfo.ParseCombiningCharacters(Text[..Cursor])[^1];

    private int After => Cursor == Text.Length ? Cursor : Cursor + StringInfo.GetNextTextElementLength(Text, Cursor);

    private int WordBefore
    {
        get
        {
            var at = Cursor;
            while (at > 0 && char.IsWhiteSpace(Text[at - 1]))
                at--;
            while (at > 0 && !char.IsWhiteSpace(Text[at - 1]))
                at--;
            return at;
        }
    }

    private int WordAfter
    {
        get
        {
            var at = Cursor;
            while (at < Text.Length && !char.IsWhiteSpace(Text[at]))
                at++;
            while (at < Text.Length && char.IsWhiteSpace(Text[at]))
                at++;
            return at;
        }
    }

    /// <summary>Takes another text, with the cursor at its end.</summary>
    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    /// <summary>Puts a text in the place of another.</summary>
    public void Replace(int start, int length, string text) =>
        (Text, Cursor) = (Text.Remove(start, length).Insert(start, text), start + text.Length);

    /// <summary>Inserts a text at the cursor.</summary>
    public void Insert(string text) => Replace(Cursor, 0, text);

    /// <summary>Moves the cursor by a line and keeps its column where that line is long enough.</summary>
    public void MoveLine(bool up)
    {
        var column = Cursor - LineStart;
        Cursor = up ? Math.Max(LineStart - 1, 0) : Math.Min(LineEnd + 1, Text.Length);
        Cursor = Math.Min(LineStart + column, LineEnd);
    }

    /// <summary>Does what a key says that moves the cursor or changes the text.</summary>
    /// <param name="key">The key; others change nothing.</param>
    public void Apply(ConsoleKeyInfo key)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control))
        {
            ApplyControl(key.Key);
            return;
        }

        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                Cursor = Before;
                break;
            case ConsoleKey.RightArrow:
                Cursor = After;
                break;
            case ConsoleKey.Home:
                Cursor = LineStart;
                break;
            case ConsoleKey.End:
                Cursor = LineEnd;
                break;
            case ConsoleKey.Backspace:
                Cut(Before, Cursor);
                break;
            case ConsoleKey.Delete:
                Cut(Cursor, After);
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                    Insert(key.KeyChar.ToString());
                break;
        }
    }

    // the keys of every Unix shell
    private void ApplyControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.LeftArrow:
                Cursor = WordBefore;
                break;
            case ConsoleKey.RightArrow:
                Cursor = WordAfter;
                break;
            case ConsoleKey.A:
                Cursor = LineStart;
                break;
            case ConsoleKey.E:
                Cursor = LineEnd;
                break;
            case ConsoleKey.U:
                Cut(LineStart, Cursor);
                break;
            case ConsoleKey.K:
                Cut(Cursor, LineEnd);
                break;
            case ConsoleKey.W:
            case ConsoleKey.Backspace:
                Cut(WordBefore, Cursor);
                break;
            case ConsoleKey.D:
                Cut(Cursor, After);
                break;
        }
    }

    private void Cut(int start, int end) => Replace(start, end - start, "");
}
