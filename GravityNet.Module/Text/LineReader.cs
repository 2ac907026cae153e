using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace GravityNet.Text;

/// <summary>
/// Reads the words of one line and keeps its form: what no field takes becomes a word in its place, so that the line can be printed again. Nothing is lost,
/// whatever stands in it.
/// </summary>
internal ref struct LineReader
{
    /// <summary>A form's letters of one line: enough for any that a tool prints. Of a longer one, the rest is one word.</summary>
    public const int BufferSize = 512;

    private const int MostGaps = 8;
    // a field or a word, the gap before the next, and the word that takes the rest
    private const int Reserve = MostGaps + 4;

    private static readonly SearchValues<char> AddressLetters = SearchValues.Create("0123456789abcdefABCDEF.:");
    private readonly ReadOnlySpan<char> _line;
    private readonly Span<char> _items;
    private readonly LinePool _pool;
    private int _count;
    private int _end;
    private ulong _taken;
    private bool _isOpen;

    /// <summary>Starts before the first word.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="buffer">Room of <see cref="BufferSize"/> letters, which the caller may use again for the next line.</param>
    /// <param name="pool">What lines of one text share.</param>
    public LineReader(ReadOnlySpan<char> line, Span<char> buffer, LinePool pool)
    {
        _line = line;
        _items = buffer;
        _pool = pool;
        pool.Words.Clear();
    }

    /// <summary>The word that <see cref="Next"/> went to; empty at the line's end.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>What follows the current word, blanks included.</summary>
    public readonly ReadOnlySpan<char> Rest => _line[_end..];

    /// <summary>Goes to the next word; the one before stays a word unless a field took it. False at the line's end.</summary>
    public bool Next()
    {
        if (_isOpen) Keep(Current);
        _isOpen = false;
        var rest = _line[_end..];
        var start = rest.IndexOfAnyExcept(' ', '\t');
        var blanks = start < 0 ? rest : rest[..start];
        // one space between two words goes without saying, and so does none before the first or after the last
        var isPlain = start < 0 || _end == 0 ? blanks.IsEmpty : blanks is " ";
        if (!rest.IsEmpty && (_count > _items.Length - Reserve || (!isPlain && !Gap(blanks))))
        {
            // more, or more mixed, than any tool prints: all that follows is one word, blanks and all
            _items[_count++] = LineForm.NoGap;
            Keep(rest);
            start = -1;
        }

        if (start < 0)
        {
            _end = _line.Length;
            Current = default;
            return false;
        }

        Move(rest, start);
        _isOpen = true;
        return true;
    }

    /// <summary>Gives the current word to a field. False where the field has been read before: the word then stays one.</summary>
    public bool Take<TField>(TField field) where TField : struct, Enum => Take(Unsafe.As<TField, int>(ref field));

    private bool Take(int field)
    {
        if ((_taken & (1UL << field)) != 0) return false;
        _taken |= 1UL << field;
        _items[_count++] = (char)field;
        _isOpen = false;
        return true;
    }

    /// <summary>Gives the current word and the one after it to a field, and its text. Null where the field has been read before or has no value.</summary>
    public string? Value<TField>(TField field) where TField : struct, Enum => Pair(Unsafe.As<TField, int>(ref field)) ? _pool.Text(Current) : null;

    /// <summary>The same for a whole number; one that is printed otherwise than numbers are (<c>0x10</c>, <c>007</c>) stays two words.</summary>
    public int? Number<TField>(TField field) where TField : struct, Enum
    {
        if (!IsNumber(Peek(), out var number) || number > int.MaxValue) return null;
        return Pair(Unsafe.As<TField, int>(ref field)) ? (int)number : null;
    }

    /// <summary>The same where the keyword is two words, of which the current one is the first.</summary>
    public int? Number<TField>(TField field, string second) where TField : struct, Enum
    {
        var rest = _line[_end..];
        if (!Peek().SequenceEqual(second) || rest[(second.Length + 1)..] is not [' ', _, ..]) return null;
        var word = rest[(second.Length + 2)..];
        var end = word.IndexOfAny(' ', '\t');
        if (!IsNumber(end < 0 ? word : word[..end], out var number) || number > int.MaxValue || !Pair(Unsafe.As<TField, int>(ref field))) return null;
        More();
        return (int)number;
    }

    /// <summary>The same for a whole number of 64 bits.</summary>
    public long? LongNumber<TField>(TField field) where TField : struct, Enum
    {
        if (!IsNumber(Peek(), out var number)) return null;
        return Pair(Unsafe.As<TField, int>(ref field)) ? number : null;
    }

    /// <summary>The same for a number that may be below zero and has its unit at its end.</summary>
    public long? Signed<TField>(TField field, string unit = "") where TField : struct, Enum
    {
        var word = Peek();
        if (!word.EndsWith(unit)) return null;
        word = word[..^unit.Length];
        var isBelow = word is ['-', ..];
        if (!IsNumber(isBelow ? word[1..] : word, out var number) || (isBelow && number == 0)) return null;
        return Pair(Unsafe.As<TField, int>(ref field)) ? isBelow ? -number : number : null;
    }

    /// <summary>The same for a number with a decimal point.</summary>
    public decimal? Decimal<TField>(TField field) where TField : struct, Enum
    {
        var word = Peek();
        if (!decimal.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || !word.SequenceEqual(Printing.Printed(number))) return null;
        return Pair(Unsafe.As<TField, int>(ref field)) ? number : null;
    }

    /// <summary>The same for <c>on</c> and <c>off</c>.</summary>
    public bool? OnOff<TField>(TField field) where TField : struct, Enum
    {
        var word = Peek();
        return word is "on" or "off" && Value(field) is { } value ? value == "on" : null;
    }

    /// <summary>
    /// Lets the current word go on over blanks, to the end of the next such text and of the word that it is in. False, and the word stays as it is, where there is none.
    /// </summary>
    public bool GoOnTo(ReadOnlySpan<char> end)
    {
        var start = _end - Current.Length;
        var found = _line[start..].IndexOf(end);
        if (found < 0) return false;
        var last = Math.Max(start + found + end.Length, _end);
        var rest = _line[last..].IndexOfAny(' ', '\t');
        _end = rest < 0 ? _line.Length : last + rest;
        Current = _line[start.._end];
        return true;
    }

    /// <summary>The same for <c>1</c> and <c>0</c>.</summary>
    public bool? Bit<TField>(TField field) where TField : struct, Enum
    {
        var word = Peek();
        return word is "1" or "0" && Value(field) is { } value ? value == "1" : null;
    }

    /// <summary>
    /// Gives the current word and the first letters of the one after it to a field; what follows them is the next word, without a blank between the two, as some
    /// versions print by mistake.
    /// </summary>
    public bool Value<TField>(TField field, int length) where TField : struct, Enum
    {
        if (!Pair(Unsafe.As<TField, int>(ref field))) return false;
        Cut(length);
        return true;
    }

    /// <summary>Ends the current word after so many letters: what follows them is the next word.</summary>
    public void Cut(int length)
    {
        _end -= Current.Length - length;
        Current = Current[..length];
    }

    /// <summary>Gives one more word to the field that was read last, and its text; null where none follows.</summary>
    public string? More()
    {
        if (Peek().IsEmpty) return null;
        Move(_line[_end..], 1);
        return _pool.Text(Current);
    }

    /// <summary>The word after the current one, where one space parts them; else empty.</summary>
    public readonly ReadOnlySpan<char> Peek()
    {
        var rest = _line[_end..];
        if (rest is not [' ', not (' ' or '\t'), ..]) return default;
        rest = rest[1..];
        var end = rest.IndexOfAny(' ', '\t');
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>The text of a part of a word.</summary>
    public readonly string Pooled(ReadOnlySpan<char> part) => _pool.Text(part);

    /// <summary>The current word's text.</summary>
    public readonly string Text() => _pool.Text(Current);

    /// <summary>Whether the current word can be an IP address: of its letters and marks alone, and with a dot or a colon.</summary>
    public readonly bool IsAddress => IsAddressText(Current);

    /// <summary>The same of any word.</summary>
    public static bool IsAddressText(ReadOnlySpan<char> word) => word.IndexOfAny('.', ':') >= 0 && word.IndexOfAnyExcept(AddressLetters) < 0;

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

    /// <summary>Whether a word is a whole number, and printed as numbers are: <c>007</c> is none. TryParse alone takes trailing zero characters too.</summary>
    public static bool IsNumber(ReadOnlySpan<char> word, out long number)
    {
        number = 0;
        return word is not ['0', _, ..] && word.IndexOfAnyExceptInRange('0', '9') < 0 && long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>The words that no field took, and the line's form. Reads to the line's end.</summary>
    public (IReadOnlyList<string> Words, LineForm Form) End()
    {
        while (Next())
        {
        }

        return (_pool.TakeWords(), _pool.Form(_items[.._count]));
    }

    /// <summary>The same for a number that may be below zero.</summary>
    public static bool IsSigned(ReadOnlySpan<char> word, out long number)
    {
        var isBelow = word is ['-', ..];
        if (!IsNumber(isBelow ? word[1..] : word, out number) || (isBelow && number == 0)) return false;
        if (isBelow) number = -number;
        return true;
    }

    /// <summary>The same for one of 32 bits.</summary>
    public static bool IsSigned(ReadOnlySpan<char> word, out int number)
    {
        var isNumber = IsSigned(word, out long wide) && wide is >= int.MinValue and <= int.MaxValue;
        number = isNumber ? (int)wide : 0;
        return isNumber;
    }

    private bool Pair(int field)
    {
        if (Peek().IsEmpty || !Take(field)) return false;
        Move(_line[_end..], 1);
        return true;
    }

    private void Move(ReadOnlySpan<char> rest, int start)
    {
        var word = rest[start..];
        var end = word.IndexOfAny(' ', '\t');
        Current = end < 0 ? word : word[..end];
        _end += start + Current.Length;
    }

    private void Keep(ReadOnlySpan<char> word)
    {
        _pool.Words.Add(_pool.Text(word));
        _items[_count++] = LineForm.Word;
    }

    private bool Gap(ReadOnlySpan<char> blanks)
    {
        var count = LineForm.Write(blanks, _items.Slice(_count, MostGaps));
        if (count < 0) return false;
        _count += count;
        return true;
    }
}
