using System.Management.Automation.Runspaces;

namespace GravityNet.Shell;

/// <summary>Turns the words after <c>-File x.ps1</c> into parameters, as pwsh does: nothing is evaluated but the two booleans.</summary>
internal static class ScriptArguments
{
    public static IEnumerable<CommandParameter> Parse(IEnumerable<string> words)
    {
        foreach (var word in words)
        {
            if (!IsName(word))
            {
                yield return new CommandParameter(null, word);
                continue;
            }

            // the engine takes a name with its dash for a token of a command line, so that a switch needs no value
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || colon == word.Length - 1)
                yield return new CommandParameter(word);
            else
                yield return new CommandParameter(word[..(colon + 1)], Value(word[(colon + 1)..]));
        }
    }

    private static bool IsName(string word) => word.Length > 1 && word[0] == '-' && (char.IsLetter(word[1]) || word[1] is '_' or '?');

    private static object Value(string text) => text.ToUpperInvariant() switch
    {
        "$TRUE" => true,
        "$FALSE" => false,
        _ => text,
    };
}
