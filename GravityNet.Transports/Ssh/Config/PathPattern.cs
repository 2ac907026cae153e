using System.IO.Enumeration;

namespace GravityNet.Transports.Ssh.Config;

/// <summary>Finds files by a path with <c>*</c> and <c>?</c>, as an <c>Include</c> line names them.</summary>
internal static class PathPattern
{
    /// <summary>The files that the path stands for, sorted; none where it finds none.</summary>
    /// <param name="pattern">An absolute path; each of its parts may hold wildcards. What begins with a dot is found only by a dot.</param>
    public static IReadOnlyList<string> Find(string pattern)
    {
        var root = Path.GetPathRoot(pattern)!;
        var parts = pattern[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> found = [root];
        foreach (var part in parts) found = [.. found.SelectMany(folder => Step(folder, part))];
        return [.. found.Where(File.Exists)];
    }

    private static List<string> Step(string folder, string part)
    {
        if (part.IndexOfAny(['*', '?']) < 0) return [Path.Combine(folder, part)];
        if (!Directory.Exists(folder)) return [];
        try
        {
            return Directory.EnumerateFileSystemEntries(folder)
                .Select(path => Path.GetFileName(path))
                .Where(name => name.StartsWith('.') == part.StartsWith('.') && FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false))
                .Order(StringComparer.Ordinal)
                .Select(name => Path.Combine(folder, name))
                .ToList();
        }
        catch (UnauthorizedAccessException)
        {
            // ssh finds nothing there either
            return [];
        }
    }
}
