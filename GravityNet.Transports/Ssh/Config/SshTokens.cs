using System.Globalization;
using System.Net;
using System.Text;

namespace GravityNet.Transports.Ssh.Config;

/// <summary>Fills in the tokens of configuration values. List: ssh_config(5), TOKENS.</summary>
/// <param name="Name">The name that was asked for (<c>%n</c>).</param>
/// <param name="Host">The name or address that is connected to (<c>%h</c>).</param>
/// <param name="Port">The port (<c>%p</c>).</param>
/// <param name="User">The login there (<c>%r</c>).</param>
/// <param name="Home">The home folder here (<c>%d</c>, <c>~</c>).</param>
internal sealed record SshTokens(string Name, string Host, int Port, string User, string Home)
{
    /// <summary>The name that the host's key is filed under (<c>%k</c>); null where it is that which was asked for.</summary>
    public string? Alias { get; init; }

    /// <summary>Fills in a path: a leading <c>~/</c>, <c>${VARIABLE}</c> and tokens.</summary>
    /// <returns>Null where it holds a token that is not known, or a variable that is not set: as it stands it would name another file.</returns>
    public string? Path(string value)
    {
        if (value.StartsWith("~/", StringComparison.Ordinal)) value = System.IO.Path.Combine(Home, value[2..]);
        return Fill(value, variables: true);
    }

    /// <summary>Fills in the tokens of a value that is no path.</summary>
    /// <returns>Null where it holds a token that is not known.</returns>
    public string? Text(string value) => Fill(value, variables: false);

    private string? Fill(string value, bool variables)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (variables && value.AsSpan(i).StartsWith("${") && value.IndexOf('}', i) is > 0 and var close)
            {
                if (Environment.GetEnvironmentVariable(value[(i + 2)..close]) is not { } set) return null;
                text.Append(set);
                i = close;
            }
            else if (value[i] != '%')
            {
                text.Append(value[i]);
            }
            else
            {
                if (++i == value.Length || Token(value[i]) is not { } token) return null;
                text.Append(token);
            }
        }

        return text.ToString();
    }

    private string? Token(char letter) => letter switch
    {
        '%' => "%",
        'h' => Host,
        'k' => Alias ?? Name,
        'n' => Name,
        'p' => Port.ToString(CultureInfo.InvariantCulture),
        'r' => User,
        'd' => Home,
        'u' => Environment.UserName,
        'l' => Dns.GetHostName(),
        'L' => Dns.GetHostName().Split('.')[0],
        _ => null,
    };
}
