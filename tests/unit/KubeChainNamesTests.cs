using GravityNet.Netfilter;
using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class KubeChainNamesTests
{
    public static TheoryData<string> AllRecordings => [.. Recordings.Names];

    [Theory]
    [InlineData("kube-system/kube-dns:dns", "udp", "10.244.26.3:53", "KUBE-SVC-TCOU7JCQXEZGVUNU", "KUBE-SEP-XHBRZSJMEH6MYGK7")]
    [InlineData("kube-system/kube-dns:dns-tcp", "tcp", "10.0.0.1:53", "KUBE-SVC-ERIFXISQEP7F7OF4", null)]
    [InlineData("kube-system/gravity-site:web", "tcp", "10.162.0.6:3009", "KUBE-SVC-OFJYUSYH7DQHBRC2", "KUBE-SEP-INXK3UZ5UZJK7GSG")]
    public void The_trainings_names_recompute(string servicePort, string protocol, string endpoint, string service, string? sep)
    {
        Assert.Equal(service, KubeChainNames.Service(servicePort, protocol));
        if (sep is not null) Assert.Equal(sep, KubeChainNames.Endpoint(servicePort, protocol, endpoint));
    }

    [Theory]
    [MemberData(nameof(AllRecordings))]
    public void Every_name_in_a_recording_recomputes(string recording)
    {
        var checkedNames = 0;
        foreach (var node in Recordings.Nodes(recording))
        {
            var nat = IptablesSave.Parse(node, "iptables", Recordings.Text(recording, $"nodes/{node}/iptables.txt")).Table("nat")!;
            foreach (var rule in nat.Rules.Where(r => r.Comment.Contains('/', StringComparison.Ordinal)))
            {
                var servicePort = rule.Comment.Split(' ')[0];
                if (rule.Target == "DNAT" && KubeChainNames.IsEndpoint(rule.Chain))
                {
                    Assert.Equal(rule.Chain, KubeChainNames.Endpoint(servicePort, rule.Protocol, rule.ToDestination));
                    checkedNames++;
                }
                else if (rule.Chain is "KUBE-SERVICES" or "KUBE-NODEPORTS" && KubeChainNames.IsServiceChain(rule.Target))
                {
                    Assert.Equal(rule.Target[^16..], KubeChainNames.Service(servicePort, rule.Protocol)[^16..]);
                    checkedNames++;
                }
            }
        }

        Assert.True(checkedNames > 100, $"{checkedNames} names");
    }

    [Fact]
    public void An_unnamed_port_has_two_spellings()
    {
        Assert.Equal(["d/s", "d/s:"], KubeChainNames.ServicePort("d", "s", ""));
        Assert.Equal(["d/s:http"], KubeChainNames.ServicePort("d", "s", "http"));
    }
}
