using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>
/// Reads one line from a terminal: arrows, Home, End, history with up and down, Tab for what the engine proposes, Ctrl+C to drop the line,
/// Ctrl+D on an empty one to end the input.
/// </summary>
internal sealed class LineEditor(ShellSession session)
{
    private readonly List<string> _history = [];
    private string _text = "";
    private int _cursor;
    private int _start;
    private int _row;
    private CommandCompletion? _proposals;

    /// <summary>Reads a line behind a prompt that is already on the screen.</summary>
    /// <param name="start">The cells that the prompt takes in the row.</param>
    /// <returns>The line; empty when Ctrl+C dropped it, null at the end of the input.</returns>
    public string? Read(int start)
    {
        Console.TreatControlCAsInput = true;
        try
        {
            (_text, _cursor, _start, _row, _proposals) = ("", 0, start, 0, null);
            var at = _history.Count;
            while (true)
            {
                var key = Console.ReadKey(intercept: true);
                if (key.Key != ConsoleKey.Tab)
                    _proposals = null;
                var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
                switch (key.Key)
                {
                    case ConsoleKey.Enter:
                        Finish("");
                        Remember();
                        return _text;
                    case ConsoleKey.C when control:
                        Finish("^C");
                        return "";
                    case ConsoleKey.D when control && _text.Length == 0:
                        Finish("");
                        return null;
                    case ConsoleKey.UpArrow or ConsoleKey.DownArrow:
                        at = Math.Clamp(at + (key.Key == ConsoleKey.UpArrow ? -1 : 1), 0, _history.Count);
                        Set(at < _history.Count ? _history[at] : "");
                        break;
                    case ConsoleKey.Tab:
                        Complete(key.Modifiers.HasFlag(ConsoleModifiers.Shift));
                        break;
                    default:
                        Edit(key);
                        break;
                }

                Draw();
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private void Edit(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                _cursor = Math.Max(0, _cursor - 1);
                break;
            case ConsoleKey.RightArrow:
                _cursor = Math.Min(_text.Length, _cursor + 1);
                break;
            case ConsoleKey.Home:
                _cursor = 0;
                break;
            case ConsoleKey.End:
                _cursor = _text.Length;
                break;
            case ConsoleKey.Escape:
                Set("");
                break;
            case ConsoleKey.Backspace when _cursor > 0:
                _text = _text.Remove(--_cursor, 1);
                break;
            case ConsoleKey.Delete when _cursor < _text.Length:
                _text = _text.Remove(_cursor, 1);
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                    _text = _text.Insert(_cursor++, key.KeyChar.ToString());
                break;
        }
    }

    // Tab again goes to the next proposal
    private void Complete(bool back)
    {
        if (_proposals is null)
        {
            using var shell = PowerShell.Create(session.Runspace);
            _proposals = CommandCompletion.CompleteInput(_text, _cursor, new System.Collections.Hashtable(), shell);
        }

        if (_proposals.CompletionMatches.Count == 0 || _proposals.GetNextResult(forward: !back) is not { } next)
            return;
        var start = _proposals.ReplacementIndex;
        _text = _text.Remove(start, _proposals.ReplacementLength).Insert(start, next.CompletionText);
        _proposals.ReplacementLength = next.CompletionText.Length;
        _cursor = start + next.CompletionText.Length;
    }

    private void Set(string text) => (_text, _cursor) = (text, text.Length);

    private void Remember()
    {
        if (!string.IsNullOrWhiteSpace(_text) && _history.LastOrDefault() != _text)
            _history.Add(_text);
    }

    // redraws all behind the prompt; a line may take several rows
    private void Draw()
    {
        var width = Math.Max(Console.WindowWidth, 2);
        var end = _start + CellWidth.Of(_text);
        var cursor = _start + CellWidth.Of(_text[.._cursor]);
        // a terminal puts off the wrap behind a row's last cell: a space and a return bring it about
        var wrap = end % width == 0 ? " \r" : "";
        Console.Write($"{Up(_row)}\r{Right(_start)}\u001b[J{_text}{wrap}{Up(end / width - cursor / width)}\r{Right(cursor % width)}");
        _row = cursor / width;
    }

    private static string Up(int rows) => rows > 0 ? $"\u001b[{rows}A" : "";

    private static string Right(int cells) => cells > 0 ? $"\u001b[{cells}C" : "";

    private void Finish(string mark)
    {
        _cursor = _text.Length;
        Draw();
        Console.WriteLine(mark);
    }
}
