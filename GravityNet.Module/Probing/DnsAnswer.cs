namespace GravityNet.Probing;

/// <summary>
/// A DNS server's answer.
/// </summary>
/// <param name="Id">The query's id.</param>
/// <param name="ResponseCode">0 no error, 2 server failure, 3 no such name, ... (RFC 1035, 4.1.1).</param>
/// <param name="Truncated">Whether the answer was cut to fit into a datagram.</param>
/// <param name="Addresses">The addresses of its A and AAAA records, in order.</param>
internal sealed record DnsAnswer(int Id, int ResponseCode, bool Truncated, IReadOnlyList<string> Addresses)
{
    /// <summary>The response code as dig prints it.</summary>
    public string ResponseWord => ResponseCode switch
    {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        var code => $"RCODE {code}",
    };
}
