using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using GravityNet.Facts;
using GravityNet.Parsing;
using GravityNet.Sources;

namespace GravityNet.Connecting;

/// <summary>
/// Finds the etcd of a cluster on its nodes: who listens on etcd's client port, and which certificates the node keeps for its clients. The connection
/// to it starts at the node, over SSH.
/// </summary>
/// <param name="transports">Makes the connections.</param>
/// <param name="options">What was asked for.</param>
/// <param name="report">Told what is found.</param>
internal sealed class EtcdFinder(ITransportFactory transports, OpeningOptions options, IOpeningReport report)
{
    /// <summary>The facts that it needs of each node.</summary>
    public static readonly string[] Facts = ["tcp-listeners", "etcd-files"];

    // more members of one etcd say nothing more
    private const int MostEndpoints = 5;

    // etcd's registered client port (2379), and the one that it had before and that older clients of Gravity's still use
    private static readonly int[] Ports = [2379, 4001];
    private static readonly Uri UsualAddress = new("https://127.0.0.1:2379");

    private readonly ConcurrentDictionary<string, NodeState> _states = new(StringComparer.Ordinal);

    /// <summary>Whether nodes are looked at at all: where etcd is asked from here, or leases are read elsewhere, they need not be.</summary>
    public bool IsNeeded => options.EtcdNodes.Count > 0 || (options.Etcd.Count == 0 && options.LeaseSource != LeaseSource.Kubernetes);

    /// <summary>Takes down what a node said.</summary>
    public void Learn(string node, NodeState state) => _states[node] = state;

    /// <summary>Opens the etcd that was named by -EtcdNode, or else the one that the nodes have.</summary>
    /// <param name="nodes">The connected nodes, with the name that each was given by.</param>
    /// <param name="cancel">Ends the looking.</param>
    /// <returns>The stores; null where there are none.</returns>
    /// <exception cref="SourceException">A certificate file of this machine's is missing or is not what it should be.</exception>
    public async Task<ILeaseSource?> OpenAsync(IReadOnlyList<(LiveNode Node, string Given)> nodes, CancellationToken cancel)
    {
        if (!IsNeeded) return null;
        return options.EtcdNodes.Count > 0 ? await OpenNamedAsync(nodes, cancel).ConfigureAwait(false) : await OpenFoundAsync([.. nodes.Select(n => n.Node)], cancel).ConfigureAwait(false);
    }

    private async Task<ILeaseSource?> OpenNamedAsync(IReadOnlyList<(LiveNode Node, string Given)> nodes, CancellationToken cancel)
    {
        var endpoints = new List<EtcdEndpoint>();
        foreach (var name in options.EtcdNodes.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var node = nodes.FirstOrDefault(n => name.Equals(n.Node.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(n.Given, StringComparison.OrdinalIgnoreCase)).Node;
            if (node is null)
            {
                report.Error(new(SourceFailure.Unreachable, name, $"etcd cannot be asked through '{name}': no such node is connected.", $"Name one of these with -EtcdNode: {string.Join(", ", nodes.Select(n => n.Node.Name))}."));
                continue;
            }

            try
            {
                var addresses = options.Etcd.Count > 0 ? options.Etcd : [AddressOn(node) ?? UsualAddress];
                var files = FilesOn(node);
                foreach (var address in addresses) endpoints.Add(await EndpointAsync(node, address, files, cancel).ConfigureAwait(false));
            }
            catch (SourceException e)
            {
                report.Error(e);
            }
        }

        return endpoints.Count == 0 ? null : transports.OpenEtcd(endpoints, options.EtcdTls);
    }

    private async Task<ILeaseSource?> OpenFoundAsync(IReadOnlyList<LiveNode> nodes, CancellationToken cancel)
    {
        var found = nodes.Select(n => (Node: n, Address: AddressOn(n))).Where(f => f.Address is not null).Take(MostEndpoints).ToList();
        if (found.Count == 0)
        {
            report.Verbose($"no etcd on the nodes: nobody listens on TCP port {string.Join(" or ", Ports)} of {string.Join(", ", nodes.Select(n => n.Name))}");
            return null;
        }

        var tried = await Task.WhenAll(found.Select(f => TryAsync(f.Node, f.Address!, cancel))).ConfigureAwait(false);
        var endpoints = tried.Where(t => t.Endpoint is not null).Select(t => t.Endpoint!).ToList();
        if (endpoints.Count > 0) return transports.OpenEtcd(endpoints, options.EtcdTls);
        report.Warning($"An etcd was found and could not be asked: {string.Join("; ", tried.Select(t => t.Problem))} Leases that it may hold are unknown; -EtcdNode and -Etcd say how to ask it, and -LeaseSource Kubernetes that it need not be.");
        return null;
    }

    // nobody asked for this one: that it does not answer is told once, and it is not asked again
    private async Task<(EtcdEndpoint? Endpoint, string Problem)> TryAsync(LiveNode node, Uri address, CancellationToken cancel)
    {
        try
        {
            var endpoint = await EndpointAsync(node, address, FilesOn(node), cancel).ConfigureAwait(false);
            await transports.OpenEtcd([endpoint], options.EtcdTls).CollectAsync(cancel).ConfigureAwait(false);
            report.Verbose($"{node.Name}: etcd answers at {address.GetLeftPart(UriPartial.Authority)}{(endpoint.Pems?.Cert is { } own ? $", with the certificate {own.Name}" : "")}");
            return (endpoint, "");
        }
        catch (SourceException e)
        {
            report.Verbose($"{node.Name}: {e.Message}");
            return (null, e.Message);
        }
    }

    private async Task<EtcdEndpoint> EndpointAsync(LiveNode node, Uri address, EtcdFiles? files, CancellationToken cancel) => new(address)
    {
        Node = node.Shell,
        // only where the connection ends at this node, whose names they are
        Names = address.IsLoopback || address.Host == node.Address ? [node.Name, node.Address, "localhost"] : [],
        Pems = files is null || options.EtcdTls is not null || address.Scheme != "https" ? null : await ReadAsync(node, files, cancel).ConfigureAwait(false),
    };

    // into memory only; the key is in no fact, and in nothing that prints
    private async Task<EtcdPems> ReadAsync(LiveNode node, EtcdFiles files, CancellationToken cancel)
    {
        string[] paths = [files.Ca, files.Cert, files.Key];
        var read = await NodeFiles.ReadAsync(node.Shell!, paths, options.Timeout, cancel).ConfigureAwait(false);
        if (read.Problem is { } problem)
        {
            throw new SourceException(
                SourceFailure.Denied,
                node.Name,
                $"{node.Name}: the certificates for its etcd cannot be read ({problem}).",
                "Log in as somebody who may read them, or give files of this machine with -EtcdCaFile, -EtcdCertFile and -EtcdKeyFile.");
        }

        var pems = paths.Zip(read.Texts, (path, text) => new PemText($"{node.Name}:{path}", text)).ToList();
        return new(pems[0], pems[1], pems[2]);
    }

    private Uri? AddressOn(LiveNode node)
    {
        if (!_states.TryGetValue(node.Name, out var state) || state.Facts.Get("tcp-listeners") is not { Text: var text }) return null;
        var listeners = ProcNetSockets.Parse(node.Name, "tcp-listeners", text).Records.Where(s => s.State == "LISTEN").ToList();
        var scheme = FilesOn(node) is not null || options.EtcdTls is not null ? "https" : "http";
        foreach (var port in Ports)
        {
            var hosts = listeners.Where(l => l.LocalPort == port.ToString(CultureInfo.InvariantCulture)).Select(l => IPAddress.Parse(l.LocalAddress)).ToList();
            if (hosts.Count == 0) continue;
            // where it listens on the loopback it answers there; else at the address that it has
            var local = hosts.Exists(h => h.Equals(IPAddress.Any) || h.Equals(IPAddress.IPv6Any) || h.Equals(IPAddress.Loopback));
            return new UriBuilder(scheme, local ? "127.0.0.1" : hosts[0].ToString(), port).Uri;
        }

        return null;
    }

    private EtcdFiles? FilesOn(LiveNode node)
    {
        if (!_states.TryGetValue(node.Name, out var state) || state.Facts.Get("etcd-files") is not { Text: var text }) return null;
        var there = text.Split('\n').ToHashSet(StringComparer.Ordinal);
        return EtcdFiles.Known.FirstOrDefault(f => there.Contains(f.Cert));
    }
}
