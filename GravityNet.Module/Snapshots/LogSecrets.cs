namespace GravityNet.Snapshots;

/// <summary>
/// Takes etcd's password out of flanneld's log: since 0.20 flanneld logs all its settings as it starts (<c>CLI flags config: {... etcdPassword:...
/// version:false ...}</c>, flannel's main.go).
/// </summary>
internal static class LogSecrets
{
    private const string Before = " etcdPassword:";
    private const string After = " version:";
    private const string Instead = "***";

    /// <summary>The log without the password; the same text where none is in it.</summary>
    public static string Without(string log) =>
        log.Contains(Before, StringComparison.Ordinal) ? string.Join('\n', log.Split('\n').Select(Line)) : log;

    private static string Line(string line)
    {
        var start = line.IndexOf(Before, StringComparison.Ordinal);
        if (start < 0) return line;
        start += Before.Length;
        // a password may hold anything, the name of the next setting too; where none follows, all that does is taken out
        var end = line.LastIndexOf(After, StringComparison.Ordinal);
        if (end == start) return line;
        return end < start ? line[..start] + Instead : line[..start] + Instead + line[end..];
    }
}
