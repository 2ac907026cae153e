namespace GravityNet.ModuleTests.Views;

/// <summary>
/// Files in the source tree that tests compare with what is made now. With <c>GRAVITYNET_RENEW=1</c> in the environment they are written instead, for a person to look at
/// the difference before it is kept.
/// </summary>
internal static class Renewal
{
    /// <summary>Whether files are to be written.</summary>
    public static bool Wanted { get; } = Environment.GetEnvironmentVariable("GRAVITYNET_RENEW") == "1";

    /// <summary>Compares a text with a file of the source tree, or writes it there.</summary>
    public static void Check(string text, params string[] path)
    {
        var file = Path.Combine([Repository.Root, .. path]);
        if (Wanted) File.WriteAllText(file, text);
        var kept = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Xunit.Assert.True(kept == text, $"{Path.Combine(path)} is not what is made now. Where the new text is right, run the test with GRAVITYNET_RENEW=1 and build again.\n{Difference(kept, text)}");
    }

    private static string Difference(string kept, string now)
    {
        var (a, b) = (kept.Split('\n'), now.Split('\n'));
        var at = 0;
        while (at < a.Length && at < b.Length && a[at] == b[at]) at++;
        return $"line {at + 1} is   '{(at < a.Length ? a[at] : "")}'\nand would be '{(at < b.Length ? b[at] : "")}'";
    }
}
