using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>What the engine proposes at the cursor: each Tab puts the next one in, and a list below the text shows them all.</summary>
internal sealed class Proposals
{
    private const int Rows = 8;
    private readonly CommandCompletion _found;
    private readonly string _before;

    private Proposals(CommandCompletion found, string before) => (_found, _before) = (found, before);

    /// <summary>Asks the engine.</summary>
    /// <returns>Null where it has nothing to propose.</returns>
    public static Proposals? At(EditBuffer buffer, ShellSession session)
    {
        using var shell = PowerShell.Create(session.Runspace);
        var found = CommandCompletion.CompleteInput(buffer.Text, buffer.Cursor, [], shell);
        return found.CompletionMatches.Count > 0 ? new Proposals(found, buffer.Text) : null;
    }

    /// <summary>Puts the next one, or the one before, in the place of what stands there.</summary>
    public void Cycle(EditBuffer buffer, bool back)
    {
        var next = _found.GetNextResult(forward: !back).CompletionText;
        buffer.Replace(_found.ReplacementIndex, _found.ReplacementLength, next);
        _found.ReplacementLength = next.Length;
    }

    /// <summary>Brings back what had been typed.</summary>
    public void Undo(EditBuffer buffer) => buffer.Set(_before);

    /// <summary>The rows of the list: the ones around the current one, if all do not fit. No list where there is no choice.</summary>
    public IReadOnlyList<string> List()
    {
        var names = _found.CompletionMatches.Select(m => m.ListItemText.ReplaceLineEndings(" ")).ToList();
        if (names.Count == 1)
            return [];
        var room = InputArea.Width - 1;
        var cells = Math.Min(names.Max(CellWidth.Of) + 2, room);
        var columns = Math.Max(room / cells, 1);
        var all = (names.Count + columns - 1) / columns;
        // short windows keep room for the text
        var rows = Math.Min(all, Math.Clamp(Console.WindowHeight - 4, 1, Rows));
        var first = Math.Clamp(_found.CurrentMatchIndex / columns - rows / 2, 0, all - rows);
        var list = new List<string>();
        for (var row = first; row < first + rows; row++)
            list.Add(Row(names, row * columns, columns, cells));
        if (rows < all)
            list.Add($"({_found.CurrentMatchIndex + 1} of {names.Count})");
        return list;
    }

    private string Row(List<string> names, int start, int count, int cells)
    {
        var row = new StringBuilder();
        for (var i = start; i < Math.Min(start + count, names.Count); i++)
        {
            var name = names[i];
            while (CellWidth.Of(name) > cells - 2)
                name = name[..^1];
            var blank = new string(' ', cells - CellWidth.Of(name));
            row.Append(i == _found.CurrentMatchIndex ? $"\u001b[7m{name}\u001b[27m{blank}" : name + blank);
        }

        return row.ToString();
    }
}
