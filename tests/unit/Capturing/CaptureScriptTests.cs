using GravityNet.Capturing;
using Xunit;

namespace GravityNet.UnitTests.Capturing;

public class CaptureScriptTests
{
    [Fact]
    public void The_script_has_the_bounds_and_the_filter_as_one_word()
    {
        var script = CaptureScript.For(new CapturePlan { Interface = "flannel.1", Filter = "icmp or udp port 53", Count = 10, Seconds = 5, SnapLength = 512 });
        Assert.EndsWith("exec timeout $group -s INT 5 tcpdump -U -n --immediate-mode -i 'flannel.1' -s 512 -B 4096 -c 10 -w - -- 'icmp or udp port 53'\n", script, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_filter_and_count_neither_is_there()
    {
        var script = CaptureScript.For(new CapturePlan { Interface = "cni0", Filter = " " });
        Assert.EndsWith("-i 'cni0' -s 2048 -B 4096 -w -\n", script, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", script, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_in_the_filter_stays_in_the_filter()
    {
        var script = CaptureScript.For(new CapturePlan { Interface = "cni0", Filter = "icmp'; touch /tmp/x; '" });
        Assert.Contains(@"-- 'icmp'\''; touch /tmp/x; '\'''", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cni0", true)]
    [InlineData("flannel.1", true)]
    [InlineData("veth0a1b2c3d@if2", false)]
    [InlineData("eth0:1", true)]
    [InlineData("any", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("a\nb", false)]
    [InlineData("sixteencharacter", false)]
    public void An_interface_name_is_checked_before_it_is_used(string name, bool good)
    {
        if (good)
            Assert.Equal(name, new CapturePlan { Interface = name }.Interface);
        else
            Assert.Throws<ArgumentException>(() => new CapturePlan { Interface = name });
    }

    [Fact]
    public void On_the_underlay_a_filter_lets_all_of_vxlan_through()
    {
        Assert.Equal("udp dst port 8472 or (icmp)", CapturePlan.OnUnderlay("icmp", 8472));
        Assert.Null(CapturePlan.OnUnderlay(" ", 8472));
    }
}
