namespace GravityNet.Text;

/// <summary>
/// The order of a link's lines as a tool printed them, one letter a line, and which of them <c>ip -o</c> printed as one line with backslashes. It holds nothing of
/// what the lines said; links that were printed alike share one.
/// </summary>
internal sealed record LinkLayout(string Letters)
{
    public const char Header = 'h';
    public const char Layer = 'l';
    public const char Device = 'd';
    public const char Slave = 's';
    /// <summary>What is said of the device's queues: it goes on with the line before.</summary>
    public const char Queues = 'q';
    public const char Alias = 'a';
    public const char Statistics = 'c';
    public const char AltName = 'n';
    /// <summary>A line that is kept as it stands.</summary>
    public const char Other = 'o';
    public const char Address = 'i';
    public const char Lifetime = 't';
    /// <summary>An address of <c>ip -o addr</c>, which has the interface before it.</summary>
    public const char OwnAddress = 'I';
    /// <summary>The next line is the same line, after a backslash.</summary>
    public const char SameLine = '\\';

    // the order in which ip prints them: what a form has no place for comes before the first that follows it
    private const string Order = "hldsqacnoit";

    /// <summary>Whether one comes before another where ip prints both.</summary>
    public static bool IsBefore(char letter, char other) => Order.IndexOf(letter) < Order.IndexOf(other == OwnAddress ? Address : other);
}
