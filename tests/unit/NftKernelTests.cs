using System.Net;
using System.Net.Sockets;
using System.Text;
using GravityNet.Facts;
using GravityNet.Labs.Running;
using GravityNet.Netfilter;
using GravityNet.UnitTests.Probing;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>
/// The kernel as the judge of what becomes of packets in kube-proxy's nftables mode: its rule sets are loaded in a network namespace that routes between pods, a client
/// outside and itself, and real connections are counted by who answered.
/// </summary>
public sealed class NftKernelTests
{
    private const string Outside = "198.51.100.9";
    private const string OutsideBlocked = "198.51.100.200";
    private const int Tries = 300;

    public static TheoryData<string> Forms => ["1.29", "1.33", "1.36"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Connections_go_where_it_is_told(string form)
    {
        await using var world = await World.CreateAsync($"more-services-{form}");
        var chains = ServiceModes.ResolveNft(await world.StateAsync(), null).ToDictionary(c => c.Service);

        foreach (var (service, count) in new[] { ("one", 10), ("two", Tries), ("three", Tries), ("local", 2 * Tries) })
        {
            var chain = chains[service];
            var answers = await World.CallAsync(world.Client, "", chain.Address, chain.Port, count);
            AssertShares(chain.Endpoints.ToDictionary(e => e.Address, e => e.Share), answers);
            // a pod keeps its address
            Assert.All(answers, a => Assert.EndsWith($" {World.ClientAddress}", a, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Affinity_hairpins_refusals_and_source_ranges_are_as_told(string form)
    {
        await using var world = await World.CreateAsync($"more-services-{form}");
        var chains = ServiceModes.ResolveNft(await world.StateAsync(), null).ToDictionary(c => c.Service);

        // a client keeps its endpoint
        var sticky = chains["sticky"];
        Assert.Equal(10800, sticky.AffinitySeconds);
        Assert.Single((await World.CallAsync(world.Client, "", sticky.Address, sticky.Port, 40)).Distinct());

        // an endpoint that gets itself sees another address
        Assert.All(chains["three"].Endpoints, e => Assert.True(e.Masquerade));
        var own = await World.CallAsync(world.Pods, "10.244.19.6", "10.96.1.1", 80, 3);
        Assert.All(own, a => Assert.Equal($"10.244.19.6 {World.GatewayAddress}", a));

        // without endpoints a client is told, and with none on the node that the policy asks for it is not
        Assert.Equal(("noendpoints", "noendpoints"), (chains["none"].Status, chains["near"].Status));
        Assert.Contains("refused", chains["none"].Reason, StringComparison.Ordinal);
        Assert.Equal(["refused"], await World.CallAsync(world.Client, "", "10.96.1.5", 80, 1));
        Assert.Contains("dropped", chains["near"].Reason, StringComparison.Ordinal);
        Assert.Equal(["silence"], await World.CallAsync(world.Client, "", "10.96.1.6", 80, 1));

        // the load balancer's address is for some, its node port for all
        var ranged = chains["ranged"];
        var addresses = ranged.Endpoints.Select(e => e.Address).ToHashSet();
        Assert.Contains((await World.CallAsync(world.Far, Outside, "203.0.113.8", 80, 1))[0].Split(' ')[0], addresses);
        var blocked = await World.CallAsync(world.Far, OutsideBlocked, "203.0.113.8", 80, 1);
        // 1.29 asks after the translation, when the address is no more the load balancer's: nobody is kept out
        if (form == "1.29") Assert.Contains(blocked[0].Split(' ')[0], addresses);
        else Assert.Equal(["silence"], blocked);
        Assert.Contains((await World.CallAsync(world.Far, OutsideBlocked, World.NodeAddress, ranged.NodePort!.Value, 1))[0].Split(' ')[0], addresses);
    }

    private static void AssertShares(Dictionary<string, double> shares, IReadOnlyList<string> answers)
    {
        Assert.Equal(1.0, shares.Values.Sum(), 9);
        var counts = answers.CountBy(a => a.Split(' ')[0]).ToDictionary();
        Assert.Empty(counts.Keys.Except(shares.Keys));
        foreach (var (address, share) in shares)
        {
            // seven standard deviations: chance leaves them less than once in a thousand million runs
            var (expected, bound) = (answers.Count * share, 7 * Math.Sqrt(answers.Count * share * (1 - share)));
            Assert.InRange(counts.GetValueOrDefault(address), expected - bound, expected + bound);
        }
    }

    /// <summary>A node with its rules, a namespace that has the addresses of all endpoints, a pod that is none, and a client outside.</summary>
    private sealed class World : IAsyncDisposable
    {
        public const string NodeAddress = "192.168.33.11";
        public const string GatewayAddress = "10.244.19.1";
        public const string ClientAddress = "10.244.19.99";
        private static readonly string[] Endpoints = ["10.244.19.6", "10.244.19.7", "10.244.19.8", "10.244.65.4"];

        private readonly List<Socket> _listeners = [];
        private readonly string _json;

        private World(NamespaceShell node, NamespaceShell pods, NamespaceShell client, NamespaceShell far, string json) =>
            (Node, Pods, Client, Far, _json) = (node, pods, client, far, json);

        public NamespaceShell Node { get; }

        public NamespaceShell Pods { get; }

        public NamespaceShell Client { get; }

        public NamespaceShell Far { get; }

        public static async Task<World> CreateAsync(string rules)
        {
            var (node, pods, client, far) = (await NamespaceShell.CreateAsync(), await NamespaceShell.CreateAsync(), await NamespaceShell.CreateAsync(), await NamespaceShell.CreateAsync());
            var (json, _) = await NftRuleSets.LoadAsync(node, rules);
            var world = new World(node, pods, client, far, json);
            foreach (var (other, name, address) in new[] { (pods, "pods", ""), (client, "client", ClientAddress), (far, "far", "") })
            {
                await node.SetUpAsync($"""
                    ip link add {name} type veth peer name eth0 netns {other.Node}
                    ip addr add {(name == "far" ? NodeAddress : GatewayAddress)}/32 dev {name}
                    ip link set {name} up
                    """);
                await other.SetUpAsync($"""
                    ip link set eth0 up
                    {(address.Length > 0 ? $"ip addr add {address}/32 dev eth0" : "")}
                    ip route add {(name == "far" ? NodeAddress : GatewayAddress)} dev eth0
                    ip route add default via {(name == "far" ? NodeAddress : GatewayAddress)} dev eth0
                    """);
            }

            foreach (var address in Endpoints)
            {
                await pods.SetUpAsync($"ip addr add {address}/32 dev eth0");
                await node.SetUpAsync($"ip route add {address} dev pods");
            }

            foreach (var address in (string[])[Outside, OutsideBlocked])
            {
                await far.SetUpAsync($"ip addr add {address}/32 dev eth0");
                await node.SetUpAsync($"ip route add {address} dev far");
            }

            // an address that is no pod's is one that the node would have to route onwards
            await node.SetUpAsync($"ip route add {ClientAddress} dev client; ip route add default dev far; echo 1 > /proc/sys/net/ipv4/ip_forward");
            // a pod answers itself over the node
            await pods.SetUpAsync("for a in /proc/sys/net/ipv4/conf/*; do echo 1 > $a/accept_local; done");
            world._listeners.Add(await InAsync(pods, Listen));
            return world;
        }

        public async Task<NodeState> StateAsync()
        {
            var addresses = await Node.RunAsync("ip -d addr show", TimeSpan.FromSeconds(10), CancellationToken.None);
            return new(new NodeFacts("node-1", NodeAddress, new Dictionary<string, FactResult> { ["nft"] = new("nft", _json), ["ip-addr"] = new("ip-addr", addresses.Output) }, []));
        }

        /// <summary>What each connection was answered: the endpoint's address and the client's as that saw it, <c>refused</c> or <c>silence</c>.</summary>
        public static Task<IReadOnlyList<string>> CallAsync(NamespaceShell from, string source, string address, int port, int count) =>
            InAsync(from, () => (IReadOnlyList<string>)[.. Enumerable.Range(0, count).Select(_ => Call(source, new(IPAddress.Parse(address), port)))]);

        public async ValueTask DisposeAsync()
        {
            foreach (var listener in _listeners) listener.Dispose();
            foreach (var space in (NamespaceShell[])[Node, Pods, Client, Far]) await space.DisposeAsync();
        }

        private static Task<T> InAsync<T>(NamespaceShell space, Func<T> work) => NetworkThread.RunAsync($"/run/netns/{space.Node}", work);

        private static Socket Listen()
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Any, 8080));
            listener.Listen(1024);
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    using var connection = await listener.AcceptAsync();
                    await connection.SendAsync(Encoding.ASCII.GetBytes($"{((IPEndPoint)connection.LocalEndPoint!).Address} {((IPEndPoint)connection.RemoteEndPoint!).Address}"));
                }
            });
            return listener;
        }

        private static string Call(string source, IPEndPoint target)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5000 };
            if (source.Length > 0) socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
            try
            {
                if (!socket.ConnectAsync(target).Wait(TimeSpan.FromSeconds(1))) return "silence";
            }
            catch (AggregateException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                return "refused";
            }

            var answer = new byte[100];
            return Encoding.ASCII.GetString(answer, 0, socket.Receive(answer));
        }
    }
}
