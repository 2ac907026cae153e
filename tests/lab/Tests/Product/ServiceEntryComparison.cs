using System.Management.Automation;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>Holds each way into each service that Get-ServiceNatChain tells against a real connection.</summary>
internal static class ServiceEntryComparison
{
    // their endpoints are no web pods: they answer otherwise, or nothing here speaks their protocol
    private static readonly string[] Others = ["kubernetes", "kube-dns", "signal", "uplink"];

    /// <summary>Asserts that all agree: the end, the endpoint, and whether it sees the sender or the node.</summary>
    /// <param name="lab">A lab with services of all kinds.</param>
    /// <param name="shell">A shell that is connected to all of its nodes.</param>
    /// <param name="least">How many ways there are at least.</param>
    public static async Task AssertAsync(Lab lab, ModuleShell shell, int least)
    {
        // outside, only the nodes' own addresses and those of RoutedAddresses are known; this makes node-2 the way to the others
        await RunAsync(lab, "ip route add 10.100.0.0/16 via " + lab.Status.Node("node-2").Address);
        try
        {
            var entries = shell.Run("Get-ServiceNatChain | ForEach-Object { $row = $_; $_.Entries | ForEach-Object { [pscustomobject]@{ Row = $row; Entry = $_ } } }")
                .Select(o => new Entry((PSObject)o.Properties["Row"].Value, (PSObject)o.Properties["Entry"].Value))
                // whom rules name is not just anybody outside
                .Where(e => !Others.Contains(e.Service) && IsRouted(lab, e) && !(e is { Service: "balanced", Kind: "LoadBalancer", From: "outside" }))
                .ToList();
            var calls = await Task.WhenAll(entries.Select(e => CallAsync(lab, e)));
            var differences = entries.Zip(calls, (e, answer) => (Told: e, Answer: answer, Expected: Expected(lab, e, answer))).Where(c => c.Expected != c.Answer)
                .Select(c => $"{c.Told}: {c.Answer} instead of {c.Expected}");

            var text = string.Join('\n', differences);
            Assert.True(text.Length == 0, text);
            foreach (var verdict in new[] { "dnat", "reject", "drop", "local" })
                Assert.True(entries.Count(e => e.Verdict == verdict) >= 3, verdict);
            foreach (var kind in new[] { "ClusterIP", "NodePort", "ExternalIP", "LoadBalancer", "HealthCheck", "HostPort" })
                Assert.Contains(entries, e => e.Kind == kind);
            Assert.True(entries.Count >= least, $"{entries.Count}");
        }
        finally
        {
            await RunAsync(lab, "ip route del 10.100.0.0/16");
        }
    }

    private static async Task RunAsync(Lab lab, string command) =>
        Assert.True((await lab.OutsideAsync([.. command.Split(' ')], cancellationToken: CancellationToken.None)).Succeeded, command);

    // from outside, each address leads to one node
    private static bool IsRouted(Lab lab, Entry entry) => entry.From != "outside" || entry.Node == entry.Kind switch
    {
        "ClusterIP" => "node-2",
        "ExternalIP" or "LoadBalancer" => "node-1",
        _ => lab.Status.Nodes.FirstOrDefault(n => n.Address == entry.Address)?.Name,
    };

    private static async Task<string> CallAsync(Lab lab, Entry entry)
    {
        // what is dropped is waited for as short as may be
        var patience = entry.Verdict == "drop" ? Calls.Brief : 5;
        var path = entry.Kind == "HealthCheck" ? "/" : Calls.Client;
        var answer = Assert.Single(entry.From switch
        {
            "pod" => await lab.FromPodAsync($"shell-{entry.Node}", entry.Address, entry.Port, path: path, patience: patience),
            "node" => await lab.FromNodeAsync(entry.Node, entry.Address, entry.Port, path: path, patience: patience),
            _ => await lab.FromOutsideAsync(entry.Address, entry.Port, path: path, patience: patience),
        });
        if (answer.Split(' ') is not [var name, var seen] || !lab.Status.Pods.Any(p => p.Name == name))
            return answer.StartsWith("{\"service\"", StringComparison.Ordinal) ? "local" : answer == Calls.Refused ? "reject" : answer == Calls.Silence ? "drop" : answer == Calls.Unreachable ? "untranslated" : answer;
        // a node has many addresses, and its packets to pods have a pod network's address in any case
        var masquerade = entry.From switch
        {
            "pod" => seen == lab.Status.Pod($"shell-{entry.Node}").Ip ? "no" : "yes",
            "outside" => seen == lab.Status.OutsideAddress ? "no" : "yes",
            _ => entry.Masquerade,
        };
        return $"dnat {lab.Status.Pod(name).Ip} {masquerade}";
    }

    // any of the endpoints that it tells; a share of nothing is none
    private static string Expected(Lab lab, Entry entry, string answer)
    {
        if (entry.Verdict != "dnat")
            return entry.Verdict;
        var ends = entry.Shares.Split(", ").Select(s => s.Split(' ')[1].Split(':')[0]);
        return answer.Split(' ') is [_, var address, _] && ends.Contains(address) ? $"dnat {address} {entry.Masquerade}" : $"dnat {string.Join('|', ends)} {entry.Masquerade}";
    }

    private sealed class Entry(PSObject row, PSObject entry)
    {
        public string Node { get; } = Text(row, "Node");

        public string Service { get; } = Text(row, "Service");

        public string Kind { get; } = Text(entry, "Kind");

        public string From { get; } = Text(entry, "From");

        public string Address { get; } = Text(entry, "Address");

        public int Port { get; } = (int)entry.Properties["Port"].Value;

        public string Verdict { get; } = Text(entry, "Verdict");

        public string Shares { get; } = Text(entry, "Shares");

        public string Masquerade { get; } = Text(entry, "Masquerade");

        public override string ToString() => $"{Service} on {Node}, {From} -> {Kind} {Address}:{Port} {Verdict} {Shares} {Masquerade}";

        private static string Text(PSObject o, string property) => $"{o.Properties[property].Value}";
    }
}
