namespace GravityNet.Transports.Ssh.Config;

/// <summary>A host as a user writes it: <c>host</c>, <c>user@host</c>, <c>host:port</c>, <c>[IPv6]:port</c> or <c>ssh://user@host:port</c>.</summary>
/// <param name="User">The login; null where none is said.</param>
/// <param name="Host">Name or address.</param>
/// <param name="Port">The port; null where none is said.</param>
internal sealed record SshAddress(string? User, string Host, int? Port)
{
    /// <summary>Reads the text. What has the form of none of these is a host name, which will not be found.</summary>
    public static SshAddress Parse(string text)
    {
        string? user = null;
        const string scheme = "ssh://";
        if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) text = text[scheme.Length..].TrimEnd('/');

        // a login may hold the sign itself; a host may not
        if (text.LastIndexOf('@') is > 0 and var at) (user, text) = (text[..at], text[(at + 1)..]);

        // one colon separates a port; an IPv6 address has more, and takes brackets for a port
        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var close)
        {
            return new(user, text[1..close], close + 2 < text.Length && IsPort(text[(close + 2)..], out var v6) ? v6 : null);
        }

        return text.Split(':') is [var host, var number] && IsPort(number, out var port) ? new(user, host, port) : new(user, text, null);
    }

    private static bool IsPort(string text, out int port) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536;
}
