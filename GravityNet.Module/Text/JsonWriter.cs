using System.Text;

namespace GravityNet.Text;

/// <summary>
/// Prints JSON again, with the blanks that the text had, or in one line.
/// </summary>
/// <param name="text">Where to.</param>
/// <param name="gaps">The blanks before each mark and scalar in turn (<see cref="JsonReader"/>); null for those of one line.</param>
internal sealed class JsonWriter(StringBuilder text, IReadOnlyList<string>? gaps)
{
    private int _gap;

    /// <summary>Prints a value.</summary>
    public void Write(JsonItem item) => Write(item, "");

    /// <summary>Prints the blanks after the last value.</summary>
    public void End(string otherwise) => Token("", otherwise);

    private void Write(JsonItem item, string gap)
    {
        if (item.Members is { } members)
        {
            Token("{", gap);
            for (var i = 0; i < members.Count; i++)
            {
                if (i > 0) Token(",", "");
                Token(members[i].Key, i > 0 ? " " : "");
                Token(":", "");
                Write(members[i].Value, " ");
            }

            Token("}", "");
        }
        else if (item.Items is { } items)
        {
            Token("[", gap);
            for (var i = 0; i < items.Count; i++)
            {
                if (i > 0) Token(",", "");
                Write(items[i], i > 0 ? " " : "");
            }

            Token("]", "");
        }
        else
        {
            Token(item.Raw, gap);
        }
    }

    // a text that was changed may have more marks than the one that was read
    private void Token(string token, string gap) => text.Append(gaps is null || _gap >= gaps.Count ? gap : gaps[_gap++]).Append(token);
}
