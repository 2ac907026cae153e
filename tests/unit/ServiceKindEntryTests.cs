using GravityNet.Facts;
using GravityNet.Netfilter;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>Ways into services that no recording has: source ranges and health-check ports.</summary>
public sealed class ServiceKindEntryTests
{
    // the form of kube-proxy since 1.26
    private const string Ranges = """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :KUBE-FW-JR7PZPMGEHYLHTEW - [0:0]
        :KUBE-PROXY-FIREWALL - [0:0]
        -A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
        -A KUBE-PROXY-FIREWALL -d 192.0.2.5/32 -p tcp -m comment --comment "default/web-lb:http traffic not accepted by KUBE-FW-JR7PZPMGEHYLHTEW" -m tcp --dport 80 -j DROP
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :KUBE-EXT-JR7PZPMGEHYLHTEW - [0:0]
        :KUBE-FW-JR7PZPMGEHYLHTEW - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-SEP-LEL3LNI4GNZVPQKA - [0:0]
        :KUBE-SERVICES - [0:0]
        :KUBE-SVC-JR7PZPMGEHYLHTEW - [0:0]
        -A PREROUTING -j KUBE-SERVICES
        -A OUTPUT -j KUBE-SERVICES
        -A POSTROUTING -j KUBE-POSTROUTING
        -A KUBE-EXT-JR7PZPMGEHYLHTEW -j KUBE-MARK-MASQ
        -A KUBE-EXT-JR7PZPMGEHYLHTEW -j KUBE-SVC-JR7PZPMGEHYLHTEW
        -A KUBE-FW-JR7PZPMGEHYLHTEW -s 203.0.113.0/24 -m comment --comment "default/web-lb:http loadbalancer IP" -j KUBE-EXT-JR7PZPMGEHYLHTEW
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MASQUERADE --random-fully
        -A KUBE-SEP-LEL3LNI4GNZVPQKA -p tcp -m tcp -j DNAT --to-destination 10.244.65.4:8080
        -A KUBE-SERVICES -d 10.100.60.6/32 -p tcp -m comment --comment "default/web-lb:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-JR7PZPMGEHYLHTEW
        -A KUBE-SERVICES -d 192.0.2.5/32 -p tcp -m comment --comment "default/web-lb:http loadbalancer IP" -m tcp --dport 80 -j KUBE-FW-JR7PZPMGEHYLHTEW
        -A KUBE-SVC-JR7PZPMGEHYLHTEW -j KUBE-SEP-LEL3LNI4GNZVPQKA
        COMMIT
        """;

    [Fact]
    public void A_load_balancers_source_ranges_let_only_some_in_and_that_is_by_design()
    {
        var objects = KubeObjects.From(
        [
            new FactResult("kube-nodes", """{"items":[{"metadata":{"name":"node-1"},"status":{"addresses":[{"type":"InternalIP","address":"192.168.33.11"}]}}]}"""),
            new FactResult("kube-services", """{"items":[{"metadata":{"namespace":"default","name":"web-lb"},"spec":{"type":"LoadBalancer","clusterIP":"10.100.60.6","healthCheckNodePort":30123,"loadBalancerSourceRanges":["203.0.113.0/24"],"ports":[{"name":"http","port":80,"protocol":"TCP"}]},"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.5"}]}}}]}"""),
            new FactResult("kube-endpointslices", """{"items":[{"metadata":{"namespace":"default","labels":{"kubernetes.io/service-name":"web-lb"}},"ports":[{"name":"http","port":8080,"protocol":"TCP"}],"endpoints":[{"addresses":["10.244.65.4"]}]}]}"""),
        ]);
        // the node's own addresses tell that the balancer's is none of them
        var state = new RecordedCluster().Node("node-1");

        var service = Assert.Single(ServiceChains.Resolve("node-1", IptablesSave.Parse("node-1", "iptables", Ranges), objects, null, "", new NodeState(new NodeFacts("node-1", "192.168.33.11",
            state.Facts.Facts.Where(f => !f.Key.StartsWith("iptables", StringComparison.Ordinal)).ToDictionary(f => f.Key, f => f.Value), []))));

        Assert.Equal("ok", service.Status);
        Assert.Equal(
            ["outside drop", "203.0.113.0/24 dnat yes"],
            service.Entries.Where(e => e.Kind == "LoadBalancer" && e.From is not ("pod" or "node")).Select(e => $"{e.From} {e.Verdict} {e.Masquerade}".TrimEnd()));
        var health = Assert.Single(service.Entries, e => e.Kind == "HealthCheck");
        Assert.Equal(("192.168.33.11", 30123, "local"), (health.Address, health.Port, health.Verdict));
        Assert.Equal(30123, service.HealthCheckPort);
    }
}
