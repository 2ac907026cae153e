using System.Runtime.CompilerServices;

namespace GravityNet.Text;

/// <summary>
/// What the lines of one text share: their forms, and the words that come again and again (an interface's name, <c>kernel</c>). A text of a hundred thousand
/// routes has a handful of forms.
/// </summary>
internal sealed class LinePool
{
    // a power of two: a word's place is its hash's low bits, and a newer word takes the place of an older one
    private const int Places = 1024;
    private const int LongestWord = 24;

    private readonly string?[] _texts = new string?[Places];
    private readonly Dictionary<string, LineForm> _forms = new(StringComparer.Ordinal);
    private LineForm _lastForm = new("");
    private string[] _lastWords = [];

    /// <summary>The words of the line being read.</summary>
    public List<string> Words { get; } = [];

    /// <summary>A word's text.</summary>
    public string Text(ReadOnlySpan<char> word)
    {
        if (word.IsEmpty) return "";
        if (word.Length > LongestWord) return word.ToString();
        ref var place = ref _texts[Hash(word) & (Places - 1)];
        if (place is null || !word.SequenceEqual(place)) place = word.ToString();
        return place;
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
        if (!System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Words).SequenceEqual(_lastWords)) _lastWords = [.. Words];
        return _lastWords;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<char> word)
    {
        // FNV-1a: short words, and a bad spread costs no more than a new string
        var hash = 2166136261u;
        foreach (var letter in word) hash = (hash ^ letter) * 16777619u;
        return hash ^ (hash >> 15);
    }
}
