using Xunit;

namespace GravityNet.UnitTests.Text;

/// <summary>Lines that no parser knows survive a round trip too: of real texts there are none.</summary>
public sealed class KnownLinesTests
{
    [Fact]
    public void Every_line_of_the_samples_is_known()
    {
        var node = new Dictionary<string, Func<NodeState, string>>
        {
            ["sysctl"] = s => s.Sysctls.Reason,
            ["conntrack"] = s => s.Connections.Reason,
            ["conntrack-stats"] = s => s.ConntrackCounters.Reason,
            ["nstat"] = s => s.Counters.Reason,
            ["ss-udp"] = s => s.Sockets.Reason,
            ["ss-tcp"] = s => s.Sockets.Reason,
            ["ethtool-k"] = s => s.Features.Reason,
            ["ethtool-i"] = s => s.Driver.Reason,
            ["subnet-env"] = s => s.SubnetSettings.Reason,
            ["lsmod"] = s => s.Modules.Reason,
            ["dmesg"] = s => s.KernelMessages.Reason,
            ["flanneld-log"] = s => s.FlannelEvents.Reason,
            ["uname"] = s => s.Kernel.Reason,
            ["hostname"] = s => s.HostName.Reason,
            ["xt-recent"] = s => s.RecentAddresses.Reason,
        };
        foreach (var (fact, look) in node)
        {
            var texts = Languages.TextsOf(fact).ToList();
            Assert.NotEmpty(texts);
            foreach (var (place, text) in texts)
            {
                var state = new NodeState(new("node-1", "", new Dictionary<string, Facts.FactResult> { [fact] = new(fact, text) { ExitCode = 0 } }, []));
                Assert.DoesNotContain($"'{fact}' was not collected", look(state), StringComparison.Ordinal);
                Assert.True(state.Unread.Count == 0, $"{place}: {string.Join('\n', state.Unread)}");
            }
        }
    }
}
