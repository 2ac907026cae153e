using System.Management.Automation;
using System.Management.Automation.Language;

namespace GravityNet.Cmdlets;

/// <summary>What all completers share: the match and the quoting.</summary>
internal static class Completions
{
    public static IEnumerable<CompletionResult> Of(IEnumerable<string> values, string word)
    {
        var typed = word.Trim('\'', '"');
        var pattern = WildcardPattern.Get(WildcardPattern.Escape(typed) + "*", WildcardOptions.IgnoreCase);
        foreach (var value in values.Where(pattern.IsMatch).Order(StringComparer.OrdinalIgnoreCase))
        {
            var plain = value.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/');
            yield return new(plain ? value : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'", value, CompletionResultType.ParameterValue, value);
        }
    }
}
