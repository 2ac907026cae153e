using GravityNet.Parsing;
using GravityNet.Sources;
using GravityNet.UnitTests.Probing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests;

public sealed class IpsetSaveTests
{
    private static readonly string Sample = Languages.TextsOf("ipset").Single(t => t.Place.Contains("all-types", StringComparison.Ordinal)).Text;

    [Fact]
    public void Sets_have_their_entries()
    {
        var parsed = IpsetSave.Parse("node-1", "ipset", Sample);

        Assert.Empty(parsed.Unread);
        var cluster = parsed.Records[0];
        Assert.Equal(("KUBE-CLUSTER-IP", "hash:ip,port", "inet", 65536L, (long?)null), (cluster.Name, cluster.Type, cluster.Family, cluster.MaxElements, cluster.Timeout));
        Assert.Equal(["10.96.0.1,tcp:443", "10.96.0.10,sctp:9", "10.96.0.10,udp:53"], cluster.Entries.Select(e => e.Element));
        var pods = parsed.Records.Single(s => s.Name == "weave-local-pods").Entries[0];
        Assert.Equal((12L, 3456L, "namespace: default, pod: web  1", (long?)null, false), (pods.Packets, pods.Bytes, pods.Comment, pods.Timeout, pods.IsExcluded));
        Assert.True(parsed.Records.Single(s => s.Name == "public").Entries[1].IsExcluded);
        Assert.Equal("", parsed.Records.Single(s => s.Type == "bitmap:port").Family);
    }

    [Fact]
    public void An_excerpt_and_what_nobody_knows_are_kept()
    {
        var parsed = IpsetSave.Parse("n", "ipset", "add A 10.0.0.1\nipset v7.17: Kernel error received: Operation not permitted\nadd A\nflush\nadd A 10.0.0.2 timeout 7\n");

        Assert.Equal([2, 3, 4], parsed.Unread.Select(l => l.Line));
        var set = Assert.Single(parsed.Records);
        Assert.Equal(("A", ""), (set.Name, set.Type));
        Assert.Equal("add A 10.0.0.1\nadd A 10.0.0.2 timeout 7", set.Print());
    }

    [Fact]
    public async Task Changed_fields_are_what_the_kernel_gets()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("network namespaces need root on Linux");
        if (!File.Exists("/usr/sbin/ipset") && !File.Exists("/sbin/ipset")) Assert.Skip("ipset is not installed");
        await using var space = await NamespaceShell.CreateAsync();
        var changed = IpsetSave.Parse("n", "ipset", Sample).Records.Select(Change).ToList();

        var result = await RunAsync(space, $"ipset restore <<'end of sets'\n{string.Join('\n', changed.Select(s => s.Print()))}\nend of sets");
        Assert.True(result.ExitCode == 0, result.Error);
        var saved = IpsetSave.Parse("n", "ipset", (await RunAsync(space, "ipset save")).Output);

        Assert.Empty(saved.Unread);
        // sets come in the order in which they were made, a list of sets last; entries in no order
        foreach (var (expected, actual) in changed.OrderBy(s => s.Name).Zip(saved.Records.OrderBy(s => s.Name)))
        {
            Assert.Equal((expected.Name, expected.Type, expected.MaxElements, expected.Timeout), (actual.Name, actual.Type, actual.MaxElements, actual.Timeout));
            Assert.Equal(expected.Entries.Select(Told).Order(), actual.Entries.Select(Told).Order());
        }

        static string Told(IpsetEntry e) => $"{e.Element} {e.Packets} {e.Bytes} {e.Comment} {e.Timeout > 0} {e.IsExcluded}";
    }

    private static Ipset Change(Ipset set) => (set.MaxElements is null ? set : set with { MaxElements = 70000 }) with
    {
        Timeout = set.Timeout is null ? null : 1000,
        Entries = [.. set.Entries.Select(e => e with
        {
            Element = e.Element.Replace("10.96.", "10.97.", StringComparison.Ordinal),
            Timeout = e.Timeout is null ? null : 2000,
            Packets = e.Packets is null ? null : 7,
            Bytes = e.Bytes is null ? null : 700,
            Comment = e.Comment.Length == 0 ? "" : "other  'words'",
        })],
    };

    private static Task<ShellResult> RunAsync(NamespaceShell space, string script) => space.RunAsync(script, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
}
