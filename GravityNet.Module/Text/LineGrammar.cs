using System.Numerics;
using System.Text;

namespace GravityNet.Text;

/// <summary>
/// The typed fields of one sort of line in the order in which today's tool prints them: prints a record in the form that its line had, or in the plain one.
/// A field that the form has no place for (somebody set it) comes where the tool would print it; one that the record has no more is left out.
/// </summary>
internal sealed class LineGrammar<T>
{
    private readonly LineField<T>[] _fields;
    private readonly LineForm _plain;

    /// <summary>Creates a grammar.</summary>
    /// <param name="wordsBefore">The number of the field before which the plain form has the words that are no field's; -1 for the line's end.</param>
    /// <param name="fields">The fields; a field's number is its place here.</param>
    public LineGrammar(int wordsBefore, params LineField<T>[] fields)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fields.Length, LineGrammar.MostFields);
        _fields = fields;
        var items = new StringBuilder();
        for (var i = 0; i < fields.Length; i++)
        {
            if (i == wordsBefore) items.Append(LineGrammar.AllWords);
            items.Append((char)i);
        }

        if (wordsBefore < 0) items.Append(LineGrammar.AllWords);
        _plain = new(items.ToString());
    }

    /// <summary>The record in the form of its line; in the plain form, without what is implied, where that is null.</summary>
    public string Print(T record, LineForm? form, IReadOnlyList<string> words)
    {
        var line = new StringBuilder();
        // what the form has no place for: nothing, unless somebody changed the record
        ulong missing = 0;
        if (form is not null)
        {
            for (var i = 0; i < _fields.Length; i++)
            {
                if ((form.Fields & (1UL << i)) == 0 && !_fields[i].IsImplied(record) && _fields[i].Value(record) is not null) missing |= 1UL << i;
            }
        }

        var word = 0;
        var isGapSet = false;
        var isGlued = false;
        foreach (var item in (form ?? _plain).Items)
        {
            if (LineForm.IsGap(item))
            {
                var (blank, count) = LineForm.Blanks(item);
                line.Append(blank, count);
                isGapSet = true;
                isGlued = count == 0;
                continue;
            }

            if (LineForm.IsField(item))
            {
                var before = missing & ((1UL << item) - 1);
                if (before != 0)
                {
                    // the gap that stands already belongs to what comes next
                    Missing(line, record, before, ref isGapSet);
                    missing &= ~before;
                }

                if ((form is null && _fields[item].IsImplied(record)) || _fields[item].Value(record) is not { } value)
                {
                    // what is left out was glued to the word before, not what comes next
                    if (isGlued) isGapSet = false;
                    continue;
                }

                Gap(line, ref isGapSet);
                Append(line, _fields[item].Keyword, value);
            }
            else if (item == LineGrammar.AllWords)
            {
                for (; word < words.Count; word++) AppendWord(line, words[word], ref isGapSet);
            }
            else if (word < words.Count)
            {
                AppendWord(line, words[word++], ref isGapSet);
            }
        }

        if (missing != 0 || word < words.Count)
        {
            // what is new comes before the blanks that the tool ends its lines with
            var end = line.Length;
            while (end > 0 && line[end - 1] is ' ' or '\t') end--;
            var blanks = line.ToString(end, line.Length - end);
            line.Length = end;
            isGapSet = false;
            Missing(line, record, missing, ref isGapSet);
            for (; word < words.Count; word++) AppendWord(line, words[word], ref isGapSet);
            line.Append(blanks);
        }

        return line.ToString();
    }

    private void Missing(StringBuilder line, T record, ulong fields, ref bool isGapSet)
    {
        for (; fields != 0; fields &= fields - 1)
        {
            var field = _fields[BitOperations.TrailingZeroCount(fields)];
            Gap(line, ref isGapSet);
            Append(line, field.Keyword, field.Value(record)!);
        }
    }

    private static void AppendWord(StringBuilder line, string word, ref bool isGapSet)
    {
        Gap(line, ref isGapSet);
        line.Append(word);
    }

    private static void Gap(StringBuilder line, ref bool isSet)
    {
        if (!isSet && line.Length > 0) line.Append(' ');
        isSet = false;
    }

    private static void Append(StringBuilder line, string keyword, string value)
    {
        line.Append(keyword);
        if (keyword.Length > 0 && value.Length > 0) line.Append(' ');
        line.Append(value);
    }
}

/// <summary>What all grammars share.</summary>
internal static class LineGrammar
{
    /// <summary>Fields are told by the bits of one number.</summary>
    public const int MostFields = 64;

    /// <summary>The place of all words in a plain form.</summary>
    public const char AllWords = '\u0101';
}
