using System.Text;

namespace GravityNet.Transports.Ssh.Config;

/// <summary>One line of a configuration: a keyword, and its values.</summary>
internal static class SshConfigLine
{
    private static readonly char[] Blanks = [' ', '\t', '\r', '\n', '\f'];

    /// <summary>Takes a line apart.</summary>
    /// <param name="line">The line.</param>
    /// <param name="keyword">In small letters; empty for a line that says nothing.</param>
    /// <param name="values">What follows; a command (<c>ProxyCommand</c>) is one value.</param>
    /// <returns>False where a quote is not closed.</returns>
    public static bool TryRead(string line, out string keyword, out string[] values)
    {
        keyword = "";
        values = [];
        var rest = line.Trim(Blanks);
        if (rest.Length == 0 || rest[0] == '#') return true;

        // blanks, one equals sign, or both end the keyword
        var end = rest.IndexOfAny([.. Blanks, '=']);
        keyword = (end < 0 ? rest : rest[..end]).ToLowerInvariant();
        rest = end < 0 ? "" : rest[end..].TrimStart(Blanks);
        if (rest.StartsWith('=')) rest = rest[1..].TrimStart(Blanks);
        if (keyword == "proxycommand")
        {
            values = rest.Length == 0 ? [] : [rest];
            return true;
        }

        return TrySplit(rest, out values);
    }

    // Blanks separate, quotes of both kinds keep together, a backslash takes the meaning from a quote, a backslash or a blank, and a word
    // that begins with # begins a comment.
    private static bool TrySplit(string text, out string[] words)
    {
        var found = new List<string>();
        words = [];
        for (var i = 0; i < text.Length;)
        {
            if (Blanks.Contains(text[i]))
            {
                i++;
                continue;
            }

            if (text[i] == '#') break;
            var word = new StringBuilder();
            var quote = '\0';
            for (; i < text.Length && (quote != '\0' || !Blanks.Contains(text[i])); i++)
            {
                var next = i + 1 < text.Length ? text[i + 1] : '\0';
                if (text[i] == '\\' && (next is '\'' or '"' or '\\' || (quote == '\0' && next == ' '))) word.Append(text[++i]);
                else if (quote == '\0' && text[i] is ('\'' or '"')) quote = text[i];
                else if (quote != '\0' && text[i] == quote) quote = '\0';
                else word.Append(text[i]);
            }

            if (quote != '\0') return false;
            found.Add(word.ToString());
        }

        words = [.. found];
        return true;
    }
}
