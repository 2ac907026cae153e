using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Text;

/// <summary>What kubectl prints in the training.</summary>
public sealed class KubectlTests
{
    [Fact]
    public void A_described_service_tells_its_address_ports_and_endpoints()
    {
        var service = Assert.Single(DescribedObjects.Parse("", "kubectl-describe", Languages.Sample("kubectl-describe.training-service")).Records);
        Assert.Equal(("kube-dns", "kube-system", "ClusterIP", "10.100.214.177", "k8s-app=kube-dns"), (service.Name, service.Namespace, service.Type, service.Address, service.Selector));
        Assert.Equal(["k8s-app=kube-dns", "kubernetes.io/cluster-service=true", "kubernetes.io/name=CoreDNS"], service.Labels);
        Assert.Equal(["prometheus.io/port: 9153", "prometheus.io/scrape: true"], service.Annotations);
        Assert.Equal(["dns 53/UDP", "dns-tcp 53/TCP"], service.Ports.Select(p => p.ToString()));
        Assert.All(service.Ports, p => Assert.Equal(("53", "10.244.26.3:53 10.244.60.2:53 10.244.74.2:53"), (p.TargetPort, string.Join(' ', p.Endpoints))));
        Assert.Equal("", service.Get("Events"));
    }

    [Fact]
    public void Described_endpoints_tell_their_addresses_and_ports()
    {
        var endpoints = Assert.Single(DescribedObjects.Parse("", "kubectl-describe", Languages.Sample("kubectl-describe.training-endpoints")).Records);
        Assert.Equal("kube-system/kube-dns", endpoints.ToString());
        Assert.Equal(["10.244.26.3", "10.244.60.2", "10.244.74.2"], endpoints.Addresses);
        Assert.Empty(endpoints.NotReadyAddresses);
        Assert.Equal(["endpoints.kubernetes.io/last-change-trigger-time: 2020-01-23T16:55:22Z"], endpoints.Annotations);
        Assert.Equal(["dns 53/UDP", "dns-tcp 53/TCP"], endpoints.Ports.Select(p => p.ToString()));
    }

    [Fact]
    public void Several_objects_and_services_of_other_types_are_read()
    {
        var objects = DescribedObjects.Parse("", "kubectl-describe", Languages.Sample("kubectl-describe.nodeport-and-more")).Records;
        Assert.Equal(["default/web", "default/none"], objects.Select(o => o.ToString()));
        Assert.Equal((80, "TCP", "http", 32009), objects[0].Ports.Select(p => (p.Port, p.Protocol, p.TargetPort, p.NodePort!.Value)).Single());
        Assert.Equal(["10.244.19.5:8080", "10.244.65.5:8080", "10.244.92.5:8080"], objects[0].Ports[0].Endpoints);
        Assert.Equal(("", "None"), (objects[1].Selector, objects[1].Address));
        Assert.Empty(objects[1].Ports[0].Endpoints);
    }

    [Fact]
    public void A_table_has_its_values_by_their_columns()
    {
        var rows = KubectlTable.Parse("", "kubectl-get", Languages.Sample("kubectl-get.training-pods")).Records;
        Assert.Equal(["coredns-jqg2x 10.244.6.2 node-3 ", "coredns-kr5m4 10.244.11.3 node-2 ", "coredns-xkgqk 10.244.19.3 node-1 "], rows.Select(r => $"{r.Get("NAME")} {r.Get("IP")} {r.Get("NODE")} {r.Get("NOMINATED NODE")}"));
        var again = KubectlTable.Parse("", "kubectl-get", "NAMESPACE   NAME   RESTARTS      AGE\nx           web    3 (5m ago)    2d\n").Records;
        Assert.Equal("3 (5m ago)", Assert.Single(again).Get("RESTARTS"));
        Assert.Equal("x           api    3 (5m ago)    2d", (again[0] with { Cells = ["x", "api", "3 (5m ago)", "2d"] }).Print());
    }
}
