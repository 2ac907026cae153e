using System.Text;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// A text with some things changed in it: the same for the same seed.
/// </summary>
public sealed class Mutant(int seed)
{
    // what has broken readers of text before
    private static readonly string[] Oddities =
        ["", " ", "  ", "\t", "\0", "\r", "\n", "\n\n", "\\", "\"", "'", ":", ",", "/", "@", "-", "!", "[", "]", "<", ">", "=", "0", "-1", "007", "0x1f", "99999999999999999999", "é", "\uFEFF", "\uD800", "日本",
         "dev", "via", "lladdr", "dst", "master", "table", "inet6", "fe80::1", "10.0.0.0/33", "ff:ff:ff:ff:ff:ff", "999.1.2.3", "[0:0]", "-A", "-m", "--comment \"", "COMMIT", "*nat", "{", "}", "null"];

    private const int MostLines = 60;
    private const int LongLine = 20_000;
    private readonly Random _random = new(seed);

    /// <summary>A changed part of one of the texts.</summary>
    public string Of(IReadOnlyList<string> texts)
    {
        var lines = texts[_random.Next(texts.Count)].Split('\n').ToList();
        // a part is enough, and keeps runs short; now and then all of it
        if (lines.Count > MostLines && _random.Next(20) > 0)
        {
            var first = _random.Next(lines.Count - MostLines);
            lines = lines.GetRange(first, MostLines);
        }

        for (var change = _random.Next(1, 6); change > 0; change--) Change(lines);
        return string.Join('\n', lines);
    }

    private void Change(List<string> lines)
    {
        if (lines.Count == 0) return;
        var at = _random.Next(lines.Count);
        switch (_random.Next(9))
        {
            case 0: lines.RemoveAt(at); break;
            case 1: lines.Insert(at, lines[_random.Next(lines.Count)]); break;
            case 2: lines[at] = Letters(lines[at]); break;
            case 3: lines[at] = lines[at][.._random.Next(lines[at].Length + 1)]; break;
            case 4: lines[at] = Words(lines[at], words => words.RemoveAt(_random.Next(words.Count))); break;
            case 5: lines[at] = Words(lines[at], words => words.Insert(_random.Next(words.Count + 1), words[_random.Next(words.Count)])); break;
            case 6: lines[at] = Words(lines[at], words => words[_random.Next(words.Count)] = Oddity()); break;
            case 7: lines[at] = lines[at].Insert(_random.Next(lines[at].Length + 1), Oddity()); break;
            // a text that is one line already would grow beyond all measure
            default: if (lines[at].Length < LongLine) lines[at] = string.Concat(Enumerable.Repeat(lines[at] + Oddity(), _random.Next(2, 40))); break;
        }
    }

    private string Letters(string line)
    {
        var text = new StringBuilder(line);
        for (var count = _random.Next(1, 4); count > 0 && text.Length > 0; count--) text[_random.Next(text.Length)] = (char)_random.Next(1, 0x180);
        return text.ToString();
    }

    private static string Words(string line, Action<List<string>> change)
    {
        var words = line.Split(' ').ToList();
        change(words);
        return string.Join(' ', words);
    }

    private string Oddity() => Oddities[_random.Next(Oddities.Length)];
}
