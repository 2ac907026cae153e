using GravityNet.Shell;
using Xunit;

namespace GravityNet.ModuleTests.Shell;

public sealed class HostTests
{
    [Fact]
    public void What_is_rendered_is_cut_at_the_screens_width()
    {
        using var shell = new BufferedShell(width: 30);
        var text = shell.Render("[pscustomobject]@{ Name = 'a'; Text = 'x' * 50 } | Format-Table Name, Text");
        Assert.Contains("…", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 30, line));
    }
}
