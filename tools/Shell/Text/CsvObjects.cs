using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Reads CSV texts into objects, with PowerShell's rules about headers, blanks, quotes and comments.</summary>
internal sealed class CsvObjects(PSCmdlet cmdlet, char delimiter, string[]? header)
{
    private IReadOnlyList<string>? _header = header;
    private string? _type;
    private bool _warned;

    /// <summary>Writes the objects of a text. The next text goes on below the same header.</summary>
    public void Write(TextReader text)
    {
        ReadHeader(text);
        while (ReadRecord(text) is { } values)
        {
            if (values is [""])
                continue;
            cmdlet.WriteObject(Create(values));
        }
    }

    /// <summary>The header of a text: what has been given, or its first line that is no comment.</summary>
    public IReadOnlyList<string>? ReadHeader(TextReader text)
    {
        if (_type is null && text.Peek() == '#')
            _type = TypeIn(text.ReadLine()!);
        while (_header is null && ReadRecord(text) is { } values)
        {
            while (values.Count > 1 && values[^1].Length == 0)
                values.RemoveAt(values.Count - 1);
            // the header of W3C's log format
            if (values[0].StartsWith("#Fields: ", StringComparison.Ordinal))
                values[0] = values[0]["#Fields: ".Length..];
            else if (values[0].StartsWith('#'))
                continue;
            _header = values;
            Check(values);
        }

        return _header;
    }

    private static string? TypeIn(string line) =>
        line.StartsWith("#Type", StringComparison.OrdinalIgnoreCase) && line["#Type".Length..].Trim() is { Length: > 0 } type ? type : null;

    private void Check(List<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (names.Find(n => n.Length > 0 && !seen.Add(n)) is not { } twice)
            return;
        var error = new ExtendedTypeSystemException($"The member \"{twice}\" is already present.");
        cmdlet.ThrowTerminatingError(new ErrorRecord(error, "AlreadyPresentPSMemberInfoInternalCollectionAdd", ErrorCategory.NotSpecified, null));
    }

    private PSObject Create(List<string> values)
    {
        var item = new PSObject();
        var unnamed = 0;
        for (var i = 0; i < _header!.Count; i++)
        {
            var name = _header[i].Length > 0 ? _header[i] : $"H{++unnamed}";
            item.Properties.Add(new PSNoteProperty(name, i < values.Count ? values[i] : null));
        }

        if (unnamed > 0 && !_warned)
        {
            _warned = true;
            cmdlet.WriteWarning("One or more headers were not specified. Default names starting with \"H\" have been used in place of any missing headers.");
        }

        if (_type is not null)
        {
            item.TypeNames.Clear();
            item.TypeNames.Add(_type);
        }

        return item;
    }

    // null at the end of the text, where an empty last field does not count
    private List<string>? ReadRecord(TextReader text)
    {
        var values = new List<string>();
        var field = new StringBuilder();
        while (text.Peek() >= 0)
        {
            field.Clear();
            var ended = ReadField(text, field);
            if (field.Length > 0 || !ended.AtTextEnd)
                values.Add(field.ToString());
            if (ended.AtLineEnd)
                break;
        }

        return values.Count > 0 ? values : null;
    }

    private (bool AtLineEnd, bool AtTextEnd) ReadField(TextReader text, StringBuilder field)
    {
        while (text.Peek() is ' ' or '\t' && text.Peek() != delimiter)
            text.Read();
        if (text.Peek() != '"')
        {
            var plain = ReadRest(text, field);
            // of the blanks at the end PowerShell keeps one, unless there are others or quotes inside
            var value = field.ToString();
            var blank = value.AsSpan().IndexOfAny(' ', '\t', '"');
            if (blank >= 0 && value.AsSpan(blank).IsWhiteSpace())
                field.Length = blank + 1;
            return plain;
        }

        text.Read();
        while (text.Read() is >= 0 and var c)
        {
            if (c == '"')
            {
                // two quotes are one
                if (text.Peek() == '"')
                {
                    field.Append((char)text.Read());
                    continue;
                }

                var rest = new StringBuilder();
                var ended = ReadRest(text, rest);
                // blanks behind the quotes are dropped, other characters count with all blanks
                if (!string.IsNullOrWhiteSpace(rest.ToString()))
                    field.Append(rest);
                return (ended.AtLineEnd, AtTextEnd: false);
            }

            field.Append((char)c);
        }

        return (true, AtTextEnd: true);
    }

    // up to the delimiter or the end of the line, which are both taken
    private (bool AtLineEnd, bool AtTextEnd) ReadRest(TextReader text, StringBuilder field)
    {
        while (text.Read() is >= 0 and var c)
        {
            if (c == delimiter)
                return (false, false);
            if (c is '\r' or '\n')
            {
                if (c == '\r' && text.Peek() == '\n')
                    text.Read();
                return (true, false);
            }

            field.Append((char)c);
        }

        return (true, true);
    }
}
