using System.Text;

namespace GravityNet;

/// <summary>
/// A row of a table of <c>kubectl get</c>, with or without <c>-o wide</c>.
/// </summary>
public sealed record KubectlRow
{
    /// <summary>The columns' names, in capitals as kubectl prints them; empty without a heading.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The row's values.</summary>
    public required IReadOnlyList<string> Cells { get; init; }

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The blanks before each value, and at the line's end.</summary>
    internal IReadOnlyList<string> Gaps { get; init; } = [];

    /// <summary>A value by its column's name; empty where there is no such column, or kubectl prints <c>&lt;none&gt;</c>.</summary>
    public string Get(string column)
    {
        for (var i = 0; i < Columns.Count && i < Cells.Count; i++)
        {
            if (Columns[i] == column) return Cells[i] == "<none>" ? "" : Cells[i];
        }

        return "";
    }

    /// <summary>The line as it was printed.</summary>
    public string Print()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Cells.Count; i++) text.Append(i < Gaps.Count ? Gaps[i] : i > 0 ? "   " : "").Append(Cells[i]);
        if (Gaps.Count > Cells.Count) text.Append(Gaps[Cells.Count]);
        return text.ToString();
    }

    /// <summary>The row's first value.</summary>
    public override string ToString() => Cells.Count > 0 ? Cells[0] : "";
}
