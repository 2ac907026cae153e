using System.Diagnostics;
using GravityNet.Facts;
using GravityNet.Findings;
using GravityNet.Overlay;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>
/// A node of busybox alone (as Alpine's), without iproute2, bridge-utils and procps: a kernel with a bridge, a pod behind a port, and flannel's device, asked by busybox's
/// shell with busybox's applets; beside it the same kernel asked by the full tools.
/// </summary>
public sealed class PlainNodeTests : IDisposable
{
    private const string Network = """
        mount -t sysfs sysfs /sys
        ip link set lo up
        ip link add eth0 type veth peer name under
        ip addr add 192.168.33.11/24 dev eth0
        ip link set eth0 up
        ip link add cni0 mtu 1450 type bridge
        ip addr add 10.244.19.1/24 dev cni0
        ip link set cni0 up
        unshare -n sleep 60 &
        pod=$!
        until [ "$(readlink /proc/$pod/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
        ip link add veth1 mtu 1450 type veth peer name eth0 netns $pod
        ip link set veth1 master cni0 up
        nsenter -t $pod -n sh -c 'ip addr add 10.244.19.2/24 dev eth0; ip link set eth0 up; ip link set lo up'
        ip link add flannel.1 type vxlan id 1 dstport 8472 local 192.168.33.11 dev eth0 nolearning
        ip addr add 10.244.19.0/32 dev flannel.1
        ip link set flannel.1 up
        ip route add 10.244.65.0/24 via 10.244.65.0 dev flannel.1 onlink
        ip neigh add 10.244.65.0 lladdr 4a:6c:67:96:7e:83 dev flannel.1 nud permanent
        bridge fdb append 4a:6c:67:96:7e:83 dev flannel.1 dst 192.168.33.12
        echo 1 >/proc/sys/net/ipv4/ip_forward
        echo 0 >/proc/sys/net/ipv4/conf/cni0/forwarding
        echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter
        ping -c 1 -W 1 10.244.19.2 >/dev/null
        sleep 0.5

        """;

    private readonly string _tools = Directory.CreateTempSubdirectory("gravitynet-busybox-").FullName;

    public void Dispose() => Directory.Delete(_tools, recursive: true);

    [Fact]
    public void Busybox_tells_the_same_of_links_routes_neighbors_and_bridges()
    {
        var (plain, full) = Ask(new([.. NodeBridges.Request.With(Detectors.Request).With(new("subnet-env", "hostname")).NodeFacts], ["ip-addr"]));

        Assert.Equal(full.Links.Records.Select(Words), plain.Links.Records.Select(Words));
        Assert.Equal(full.Routes.Records.Where(r => r.Table == "main").Select(r => (r.Destination, r.Gateway, r.Interface, r.OnLink, r.Type)).Order(), plain.Routes.Records.Where(r => r.Table == "main").Select(r => (r.Destination, r.Gateway, r.Interface, r.OnLink, r.Type)).Order());
        Assert.Equal(full.Neighbors.Records.Where(n => !n.Address.Contains(':', StringComparison.Ordinal)).Select(n => (n.Address, n.Interface, n.Mac)).Order(), plain.Neighbors.Records.Where(n => !n.Address.Contains(':', StringComparison.Ordinal)).Select(n => (n.Address, n.Interface, n.Mac)).Order());
        Assert.Equal(full.Bridges.Records.Select(b => (b.Interface, string.Join(' ', b.Ports))), plain.Bridges.Records.Select(b => (b.Interface, string.Join(' ', b.Ports))));
        Assert.Equal(full.BridgeMacs.Records.Select(m => (m.PortNumber, m.Mac, m.IsLocal)).Order(), plain.BridgeMacs.Records.Select(m => (m.PortNumber, m.Mac, m.IsLocal)).Order());
        Assert.Contains(plain.BridgeMacs.Records, m => !m.IsLocal && m.AgeSeconds is > 0 and < 30);
        Assert.Equal("10.244.19.2", Assert.Single(Assert.Single(plain.Namespaces).Addresses, a => !a.Contains(':', StringComparison.Ordinal)));
        Assert.Empty(plain.Unread);

        var (plainBridge, fullBridge) = (Assert.Single(NodeBridges.Find(plain, KubeObjects.From([]))), Assert.Single(NodeBridges.Find(full, KubeObjects.From([]))));
        Assert.Equal(fullBridge.Ports.Select(p => (p.Interface, p.PodInterface, p.PodMac, p.Address, p.PairedBy)), plainBridge.Ports.Select(p => (p.Interface, p.PodInterface, p.PodMac, p.Address, p.PairedBy)));
        Assert.Equal("10.244.19.2", Assert.Single(plainBridge.Ports).Address);
        Assert.Equal(fullBridge.Macs.Select(m => (m.Mac, m.Interface, m.IsLocal)).Order(), plainBridge.Macs.Select(m => (m.Mac, m.Interface, m.IsLocal)).Order());
    }

    [Fact]
    public void Busybox_proves_the_same_causes()
    {
        var (plain, full) = Ask(Detectors.Request);

        Assert.Equal(full.Forwarding.Records.Where(f => f.Family == "inet").Select(f => f.Interface).Distinct().Order(), plain.Forwarding.Records.Select(f => f.Interface).Distinct().Order());
        foreach (var node in (NodeState[])[plain, full])
        {
            var off = Assert.Single(Detectors.Run(new([node], new LeaseTable([], [], []), KubeObjects.From([]))), f => f.Id == "forwarding-off");
            Assert.StartsWith("forwarding is off on cni0 of node-1", off.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_no_file_of_the_kernel_has_is_unknown_with_the_package_that_would_tell()
    {
        var (plain, _) = Ask(VxlanFdb.Request);
        var lease = new OverlayLease { Key = "10.244.65.0-24", Subnet = "10.244.65.0/24", Address = "10.244.65.0", PublicIP = "192.168.33.12", VtepMAC = "4a:6c:67:96:7e:83", Node = "node-2", Home = "etcd-v2", Source = new("", "etcd-v2", 1, "") };

        var row = Assert.Single(VxlanFdb.Compare(plain, new LeaseTable([lease], [], []), new Dictionary<string, NodeState>()), e => e.RemoteNode == "node-2");

        Assert.Equal(("unknown", true), (row.Status, row.Reason.Contains("'bridge' is not there", StringComparison.Ordinal)));
        Assert.NotNull(row.Route);
        Assert.NotNull(row.Neighbor);
        Assert.Equal("iproute2", FactCatalog.PackageOf("bridge-fdb"));
    }

    private static (string, string, bool, int?, string, string) Words(Link link) =>
        (link.Interface, link.Mac, link.IsUp, link.Mtu, link.Master, string.Join(' ', link.Inet.Select(a => a.ToString())));

    // both askings see one kernel: the plain one first, in a node that has no other network
    private (NodeState Plain, NodeState Full) Ask(FactRequest request)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/busybox") || !File.Exists("/usr/sbin/brctl")) Assert.Skip("needs root on Linux, busybox and bridge-utils");
        var script = new FactScript(request);
        var start = new ProcessStartInfo("unshare", ["-n", "-m", "-p", "-f", "--mount-proc", "--kill-child", "sh", "-c", $"""
            {Network}
            busybox --install -s {_tools}
            PATH={_tools} {_tools}/sh -c "$1"
            echo; echo =full=; echo =full= >&2
            sh -c "$1"
            """, "sh", script.Text]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Split("=full=\n");
        var errors = error.Result.Split("=full=\n");
        Assert.Equal(2, output.Length);
        return (new(script.Read("node-1", "192.168.33.11", output[0], errors[0])), new(script.Read("node-1", "192.168.33.11", output[1], errors[1])));
    }
}
