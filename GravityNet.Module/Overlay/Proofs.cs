using System.Collections;

namespace GravityNet.Overlay;

/// <summary>Lines as proofs are quoted. They are put into words when somebody looks at them: of a million rows nobody does at most.</summary>
internal sealed class Proofs(IReadOnlyList<SourceLine> lines) : IReadOnlyList<string>
{
    private string[]? _texts;

    public int Count => lines.Count;

    public string this[int index] => Texts[index];

    private string[] Texts => _texts ??= [.. lines.Select(l => l.ToString())];

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)Texts).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
