using System.Collections;
using System.Reflection;
using GravityNet.Parsing;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// What one tool prints: reads a text and prints it again, from records whose sources are emptied, so that nothing but their fields can say it.
/// </summary>
/// <param name="Fact">The fact's name, which recordings and samples go by.</param>
/// <param name="PrintBack">Reads a text and prints it again. Blank lines may be left out.</param>
public sealed record Language(string Fact, Func<string, string> PrintBack)
{
    /// <summary>A language whose records know the line that they begin at.</summary>
    public static Language Of<T>(string fact, Func<string, string, string, Parsed<T>> parse) where T : class =>
        new(fact, text => Together(parse("n", fact, text)));

    /// <summary>Asserts that the text survives.</summary>
    public void Holds(string text) => Xunit.Assert.Equal(Plain(text), Plain(PrintBack(text)));

    /// <summary>The records' lines, and in their places those that no record is made of.</summary>
    public static string Together<T>(Parsed<T> parsed) where T : class
    {
        var lines = parsed.Unread.Select(l => (l.Line, l.Text)).ToList();
        lines.AddRange(parsed.Headings.Select(h => (h.Source.Line, h.Print())));
        var source = typeof(T).GetProperty("Source")!;
        var print = typeof(T).GetMethod("Print", [])!;
        foreach (var record in parsed.Records)
        {
            var line = ((SourceLine)source.GetValue(record)!).Line;
            Empty(record);
            lines.Add((line, (string)print.Invoke(record, [])!));
        }

        return string.Join('\n', lines.OrderBy(l => l.Line).Select(l => l.Text));
    }

    /// <summary>Takes every source out of a record and of what it holds.</summary>
    public static void Empty(object record)
    {
        foreach (var property in record.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(p => p.GetIndexParameters().Length == 0))
        {
            var type = property.PropertyType;
            if (type == typeof(SourceLine) && property.CanWrite) property.SetValue(record, new SourceLine("", "", 0, ""));
            else if (type == typeof(TextSlice) && property.CanWrite) property.SetValue(record, default(TextSlice));
            else if (type.Namespace == "GravityNet" && type.IsClass && !property.Name.StartsWith("EqualityContract", StringComparison.Ordinal) && property.GetValue(record) is { } inner) Empty(inner);
            else if (type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && property.GetValue(record) is IEnumerable list)
            {
                foreach (var item in list.Cast<object>().Where(i => i.GetType() is { Namespace: "GravityNet", IsClass: true })) Empty(item);
            }
        }
    }

    // line ends as they are on Linux, no colours and no empty lines: all else counts
    private static string Plain(string text) => string.Join('\n', Colours.Without(text).Split('\n').Select(l => l.TrimEnd('\r')).Where(l => !string.IsNullOrWhiteSpace(l)));
}
