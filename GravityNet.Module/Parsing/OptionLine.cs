using System.Runtime.InteropServices;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Takes lines apart that begin with some words in fixed places and go on with options.
/// </summary>
internal sealed class OptionLine
{
    // names and options of thousands of entries are few
    private readonly WordCache<string> _texts = new(1 << 10, word => word.ToString(), (known, word) => word.SequenceEqual(known));
    private readonly List<string> _parts = [];
    private readonly List<int> _places = [];

    /// <summary>How many parts the line has.</summary>
    public int Count => _parts.Count;

    /// <summary>The blanks between the parts that were read (<see cref="BlankForm"/>).</summary>
    public string? Form { get; private set; }

    /// <summary>A part; empty where the line is shorter.</summary>
    public string this[int part] => part < _parts.Count ? _parts[part] : "";

    /// <summary>Reads a line: its first words, and all that follows as one more part.</summary>
    public void Read(ReadOnlySpan<char> line, int words)
    {
        _parts.Clear();
        _places.Clear();
        var reader = new OptionWords(line);
        while (reader.Next())
        {
            var end = _parts.Count < words ? reader.End : line.TrimEnd(" \t\r").Length;
            _parts.Add(_texts.Get(line[reader.Start..end]));
            _places.Add(reader.Start);
            _places.Add(end);
            if (_parts.Count > words) break;
        }

        Form = BlankForm.Of(line, CollectionsMarshal.AsSpan(_places));
        if (Form is not null) Form = _texts.Get(Form);
    }
}
