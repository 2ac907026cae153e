using System.Buffers;
using System.Globalization;

namespace GravityNet.Parsing;

/// <summary>
/// The words of one line, separated by blanks or tabs, read one after the other.
/// </summary>
internal ref struct Words(ReadOnlySpan<char> line)
{
    private static readonly SearchValues<char> AddressLetters = SearchValues.Create("0123456789abcdefABCDEF.:");
    private ReadOnlySpan<char> _rest = line.TrimStart();

    /// <summary>The word that <see cref="Next"/> read; empty at the line's end.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>What follows the current word.</summary>
    public readonly ReadOnlySpan<char> Rest => _rest;

    /// <summary>Goes to the next word; false at the line's end.</summary>
    public bool Next()
    {
        var end = _rest.IndexOfAny(' ', '\t');
        Current = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[end..].TrimStart();
        return !Current.IsEmpty;
    }

    /// <summary>Whether the current word can be an IP address: of its letters and marks alone, and with a dot or a colon.</summary>
    public readonly bool IsAddress => Current.IndexOfAny('.', ':') >= 0 && Current.IndexOfAnyExcept(AddressLetters) < 0;

    /// <summary>Whether the current word can be a route's destination: an address, or a network (<c>10/8</c> may stand without the dots of its zeros).</summary>
    public readonly bool IsNetwork
    {
        get
        {
            var slash = Current.IndexOf('/');
            var address = slash < 0 ? Current : Current[..slash];
            if (slash >= 0 && !int.TryParse(Current[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
            return !address.IsEmpty && address.IndexOfAnyExcept(AddressLetters) < 0
                && (address.IndexOfAny('.', ':') >= 0 || address.IndexOfAnyExceptInRange('0', '9') < 0);
        }
    }

    /// <summary>The next word as text; empty at the line's end.</summary>
    public string Text() => Next() ? Current.ToString() : "";

    /// <summary>The next word as a number; null where it is none.</summary>
    public int? Number() => Next() && int.TryParse(Current, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) ? n : null;
}
