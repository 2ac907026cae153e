using System.Runtime.InteropServices;

namespace GravityNet.Text;

/// <summary>
/// What the lines of one text share: their forms, and the words that come again and again (an interface's name, <c>kernel</c>). A text of a hundred thousand
/// routes has a handful of forms.
/// </summary>
internal sealed class LinePool
{
    private const int Places = 1024;
    private const int LongestWord = 24;

    private readonly WordCache<string> _texts = new(Places, word => word.ToString(), (known, word) => word.SequenceEqual(known));
    private readonly Dictionary<string, LineForm> _forms = new(StringComparer.Ordinal);
    private LineForm _lastForm = new("");
    private string[] _lastWords = [];

    /// <summary>The words of the line being read.</summary>
    public List<string> Words { get; } = [];

    /// <summary>A word's text.</summary>
    public string Text(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty) return "";
        return word.Length > LongestWord ? word.ToString() : _texts.Get(word);
    }

    /// <summary>The form of these letters.</summary>
    public LineForm Form(ReadOnlySpan<char> items)
    {
        if (items.SequenceEqual(_lastForm.Items)) return _lastForm;
        var forms = _forms.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!forms.TryGetValue(items, out var form))
        {
            form = new(items.ToString());
            forms[items] = form;
        }

        return _lastForm = form;
    }

    /// <summary>The words of the line that was read; the same list as the line's before where they are the same.</summary>
    public IReadOnlyList<string> TakeWords()
    {
        if (Words.Count == 0) return [];
        if (!CollectionsMarshal.AsSpan(Words).SequenceEqual(_lastWords)) _lastWords = [.. Words];
        return _lastWords;
    }
}
