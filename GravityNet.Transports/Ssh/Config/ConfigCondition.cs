using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;

namespace GravityNet.Transports.Ssh.Config;

/// <summary>A <c>Host</c> or <c>Match</c> line: what the lines under it hold for. Format: ssh_config(5), PATTERNS and Match.</summary>
internal sealed class ConfigCondition
{
    private readonly List<Func<Subject, bool>> _tests = [];

    private ConfigCondition()
    {
    }

    /// <summary>Reads the patterns of a <c>Host</c> line.</summary>
    public static ConfigCondition Host(string[] patterns)
    {
        var condition = new ConfigCondition();
        condition._tests.Add(subject => Among(patterns, subject.Asked));
        return condition;
    }

    /// <summary>Reads the words of a <c>Match</c> line.</summary>
    /// <param name="words">What follows the keyword.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="unknown">The word that asks for what is not looked at here.</param>
    public static bool TryMatch(string[] words, [NotNullWhen(true)] out ConfigCondition? condition, [NotNullWhen(false)] out string? unknown)
    {
        condition = new ConfigCondition();
        unknown = null;
        for (var i = 0; i < words.Length; i++)
        {
            // "host=a" and "host a" are the same
            var (word, value) = words[i].Split('=', 2) is [var before, var behind] ? (before, behind) : (words[i], null);
            var negated = word.StartsWith('!');
            var criterion = word.TrimStart('!').ToLowerInvariant();
            if (criterion == "all")
            {
                if (negated) condition._tests.Add(_ => false);
                continue;
            }

            Func<Subject, string>? of = criterion switch
            {
                "host" => s => s.Host,
                "originalhost" => s => s.Asked,
                "user" => s => s.User,
                "localuser" => _ => Environment.UserName,
                _ => null,
            };
            value ??= i + 1 < words.Length ? words[++i] : null;
            if (of is null || value is null)
            {
                condition = null;
                unknown = word;
                return false;
            }

            var patterns = value.Split(',');
            condition._tests.Add(subject => Among(patterns, of(subject)) != negated);
        }

        return true;
    }

    /// <summary>Whether the lines hold.</summary>
    public bool Holds(Subject subject) => _tests.All(test => test(subject));

    private static bool Among(string[] patterns, string text)
    {
        var found = false;
        foreach (var pattern in patterns)
        {
            var negated = pattern.StartsWith('!');
            if (!FileSystemName.MatchesSimpleExpression(negated ? pattern[1..] : pattern, text, ignoreCase: false)) continue;
            if (negated) return false;
            found = true;
        }

        return found;
    }

    /// <summary>Whom a condition is asked about.</summary>
    /// <param name="Asked">The host's name as it was asked for.</param>
    /// <param name="Host">The name or address that the lines above give it.</param>
    /// <param name="User">The login, as far as the lines above say it.</param>
    internal sealed record Subject(string Asked, string Host, string User);
}
