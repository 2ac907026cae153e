using System.Globalization;

namespace GravityNet.Probing;

/// <summary>
/// What real traffic did while a recording was made (<c>flows.tsv</c>): it answers for probes that a snapshot cannot send.
/// </summary>
internal sealed class RecordedFlows
{
    // a plain echo request of ping: 56 bytes of data. Larger ones were sent to find a too small MTU, and tell nothing of plain reachability.
    private const int PlainPing = 84;
    private readonly Dictionary<ProbeKey, ProbeAnswer> _answers = [];

    private RecordedFlows()
    {
    }

    /// <summary>Names and addresses that flows start from and go to.</summary>
    public HashSet<string> Ends { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the table; a row that is not one is passed over.</summary>
    public static RecordedFlows Parse(string? text)
    {
        var flows = new RecordedFlows();
        foreach (var line in (text ?? "").Split('\n'))
        {
            var cells = line.TrimEnd('\r').Split('\t');
            if (cells.Length != 9 || !Number(cells[3], out var port) || !Number(cells[4], out var size) || !Number(cells[7], out var delivered) || !Number(cells[8], out var sent)) continue;
            ProbeProtocols? protocol = (cells[2], port) switch
            {
                ("icmp", _) when size <= PlainPing => ProbeProtocols.Icmp,
                ("udp", 53) => ProbeProtocols.Dns,
                ("tcp", _) => ProbeProtocols.Tcp,
                _ => null,
            };
            if (protocol is not { } known || sent == 0) continue;
            var verdict = delivered == 0 ? ProbeVerdict.Lost : delivered < sent ? ProbeVerdict.Partial : ProbeVerdict.Ok;
            var detail = string.Create(CultureInfo.InvariantCulture, $"recorded: {delivered} of {sent} answered");
            flows._answers.TryAdd(new(cells[0], cells[1], known, port), new(verdict, sent, delivered, null, detail));
            flows.Ends.Add(cells[0]);
            flows.Ends.Add(cells[1]);
        }

        return flows;

        static bool Number(string cell, out int number) => int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>What was recorded; null where nothing was.</summary>
    public ProbeAnswer? Find(Probe probe) => _answers.GetValueOrDefault(probe.Key);
}
