using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;

namespace GravityNet.TransportTests.Bench;

/// <summary>
/// The nodes of a Kubernetes API that can be watched, over real HTTP on loopback: a watch is a chunked answer of one event a line that ends when
/// the test wants, and a version that is too old is refused, inside the watch, as a real API server does.
/// </summary>
internal sealed class NodesApi : IDisposable
{
    private readonly KubernetesApi _files;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (string Json, int Version)> _nodes = new(StringComparer.Ordinal);
    private readonly List<(int Version, string Line)> _history = [];
    private readonly List<Channel<string>> _watches = [];
    private int _version = 100;
    private int _oldest = 100;

    public NodesApi()
    {
        _files = new KubernetesApi(Answer);
    }

    /// <summary>The file that names it.</summary>
    public string KubeConfig => _files.KubeConfig;

    /// <summary>Where it listens.</summary>
    public int Port => _files.Port;

    /// <summary>How many lists and watches were asked for.</summary>
    public (int Lists, int Watches) Asked { get; private set; }

    /// <summary>What is answered instead of all else; null for the nodes.</summary>
    public (int Status, string Body)? Refusal { get; set; }

    /// <summary>Writes a node with flannel's annotations; null removes it.</summary>
    public void Set(string name, string? mac)
    {
        lock (_gate)
        {
            _version++;
            var type = mac is null ? "DELETED" : _nodes.ContainsKey(name) ? "MODIFIED" : "ADDED";
            var json = mac is null ? _nodes[name].Json : Node(name, mac, _version);
            if (mac is null) _nodes.Remove(name);
            else _nodes[name] = (json, _version);
            var line = $$"""{"type":"{{type}}","object":{{json}}}""";
            _history.Add((_version, line));
            foreach (var watch in _watches) watch.Writer.TryWrite(line);
        }
    }

    /// <summary>Ends the open watches quietly, as an API server does after some minutes.</summary>
    public void EndWatches()
    {
        lock (_gate)
        {
            foreach (var watch in _watches) watch.Writer.TryComplete();
            _watches.Clear();
        }
    }

    /// <summary>Forgets the history: a watch from before is refused as too old.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _oldest = ++_version;
            foreach (var watch in _watches)
            {
                watch.Writer.TryWrite("""{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old resource version","reason":"Expired","code":410}}""");
                watch.Writer.TryComplete();
            }

            _watches.Clear();
        }
    }

    /// <summary>The connections that clients have open.</summary>
    public int Connections => System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(c => c.RemoteEndPoint.Port == Port && c.State == System.Net.NetworkInformation.TcpState.Established);

    public void Dispose()
    {
        EndWatches();
        _files.Dispose();
    }

    private KubernetesApi.Reply Answer(HttpListenerRequest request)
    {
        if (Refusal is { } refusal) return new(refusal.Status, refusal.Body);
        lock (_gate)
        {
            if (request.QueryString["watch"] is not "true")
            {
                Asked = (Asked.Lists + 1, Asked.Watches);
                return new(200, $$"""{"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"{{_version}}"},"items":[{{string.Join(',', _nodes.Values.Select(n => n.Json))}}]}""");
            }

            Asked = (Asked.Lists, Asked.Watches + 1);
            var lines = Channel.CreateUnbounded<string>();
            var from = int.Parse(request.QueryString["resourceVersion"]!, CultureInfo.InvariantCulture);
            Assert.True(from >= _oldest, "a watch from before what is remembered");
            foreach (var (_, line) in _history.Where(h => h.Version > from)) lines.Writer.TryWrite(line);
            _watches.Add(lines);
            return new(200, lines.Reader);
        }
    }

    private static string Node(string name, string mac, int version) => JsonSerializer.Serialize(new
    {
        kind = "Node",
        apiVersion = "v1",
        metadata = new
        {
            name,
            resourceVersion = version.ToString(CultureInfo.InvariantCulture),
            annotations = new Dictionary<string, string>
            {
                ["flannel.alpha.coreos.com/backend-type"] = "vxlan",
                ["flannel.alpha.coreos.com/backend-data"] = $$"""{"VtepMAC":"{{mac}}"}""",
                ["flannel.alpha.coreos.com/public-ip"] = "192.0.2.1",
                ["flannel.alpha.coreos.com/kube-subnet-manager"] = "true",
            },
        },
        spec = new { podCIDR = "10.1.2.0/24" },
        status = new { addresses = new[] { new { type = "InternalIP", address = "192.0.2.1" } } },
    });
}
