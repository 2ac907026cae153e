namespace GravityNet.Shell;

/// <summary>
/// Reads what a person types at a terminal: arrows and the keys of Unix shells, several lines, Ctrl+C to drop it, Ctrl+D on nothing to end the
/// input. At a prompt also the history (Up and Down; Ctrl+R for the one before that contains what is typed) and Tab for what the engine proposes.
/// </summary>
/// <param name="session">Whose commands are typed; null for the answer to a question, which is one line without history and proposals.</param>
internal sealed class LineEditor(ShellSession? session)
{
    private readonly List<string> _history = [];
    private EditBuffer _buffer = new();
    private Proposals? _proposals;
    private string _draft = "";
    private int _at;
    private bool _recalled;

    /// <summary>Whether Ctrl+C dropped what was typed last.</summary>
    public bool Dropped { get; private set; }

    /// <summary>Reads behind a prompt that is already on the screen.</summary>
    /// <param name="prompt">What stands in the cursor's row.</param>
    /// <returns>The text; empty when Ctrl+C dropped it, null at the end of the input.</returns>
    public string? Read(string prompt)
    {
        var area = new InputArea(prompt);
        (_buffer, _proposals, _at, _draft, _recalled, Dropped) = (new EditBuffer(), null, _history.Count, "", false, false);
        Console.TreatControlCAsInput = true;
        try
        {
            while (true)
            {
                var key = Console.ReadKey(intercept: true);
                var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
                switch (key.Key)
                {
                    case ConsoleKey.Enter when IsWhole(key):
                        Finish(area, "");
                        Remember();
                        return _buffer.Text;
                    case ConsoleKey.C when control:
                        Finish(area, "^C");
                        Dropped = true;
                        return "";
                    case ConsoleKey.D when control && _buffer.Text.Length == 0:
                        Finish(area, "");
                        return null;
                    case ConsoleKey.L when control:
                        area.Clear();
                        break;
                    default:
                        Apply(key);
                        break;
                }

                // half of a character cannot be shown
                if (_buffer.Cursor == 0 || !char.IsHighSurrogate(_buffer.Text[_buffer.Cursor - 1]))
                    area.Draw(_buffer, _proposals?.List() ?? []);
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private void Apply(ConsoleKeyInfo key)
    {
        var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        if (key.Key == ConsoleKey.Tab)
        {
            Complete(key.Modifiers.HasFlag(ConsoleModifiers.Shift));
            return;
        }

        var proposals = _proposals;
        _proposals = null;
        switch (key.Key)
        {
            case ConsoleKey.Escape when proposals is not null:
                proposals.Undo(_buffer);
                break;
            case ConsoleKey.Escape:
                _buffer.Set("");
                break;
            case ConsoleKey.Enter:
                _buffer.Insert("\n");
                break;
            case ConsoleKey.UpArrow when _recalled || _buffer.InFirstLine:
                Recall(_at - 1);
                return;
            case ConsoleKey.DownArrow when _recalled || _buffer.InLastLine:
                Recall(_at + 1);
                return;
            case ConsoleKey.UpArrow or ConsoleKey.DownArrow:
                _buffer.MoveLine(up: key.Key == ConsoleKey.UpArrow);
                break;
            case ConsoleKey.R when control:
                Search();
                return;
            default:
                _buffer.Apply(key);
                break;
        }

        _recalled = false;
    }

    private bool IsWhole(ConsoleKeyInfo key) => session is null || !(key.Modifiers.HasFlag(ConsoleModifiers.Alt) || Prompt.IsIncomplete(_buffer.Text));

    private void Complete(bool back)
    {
        if (session is null)
            return;
        if (_buffer.LineBeforeCursor.IsWhiteSpace())
        {
            // nothing to complete: further lines are indented
            if (!_buffer.InFirstLine)
                _buffer.Insert("    ");
            return;
        }

        _proposals ??= Proposals.At(_buffer, session);
        _proposals?.Cycle(_buffer, back);
    }

    private void Recall(int to)
    {
        if (to < 0 || to > _history.Count)
            return;
        if (_at == _history.Count)
            _draft = _buffer.Text;
        _at = to;
        _buffer.Set(to < _history.Count ? _history[to] : _draft);
        _recalled = true;
    }

    // what was typed before the first of several searches is what all of them look for
    private void Search()
    {
        var wanted = _recalled ? _draft : _buffer.Text;
        var found = _at == 0 ? -1 : _history.FindLastIndex(_at - 1, line => line.Contains(wanted, StringComparison.OrdinalIgnoreCase));
        if (found >= 0)
            Recall(found);
    }

    private void Remember()
    {
        if (!string.IsNullOrWhiteSpace(_buffer.Text) && _history.LastOrDefault() != _buffer.Text)
            _history.Add(_buffer.Text);
    }

    private void Finish(InputArea area, string mark)
    {
        _buffer.Set(_buffer.Text);
        area.Draw(_buffer, []);
        Console.WriteLine(mark);
    }
}
