using GravityNet.Connecting;
using GravityNet.Snapshots;
using GravityNet.Sources;
using Xunit;

namespace GravityNet.UnitTests.Connecting;

/// <summary>What an opened cluster says of itself.</summary>
public sealed class ClusterOpenerTests
{
    [Theory]
    [InlineData(true, true, "")]
    [InlineData(true, false, "")]
    [InlineData(false, true, "")]
    [InlineData(false, false, "Neither etcd nor a Kubernetes API was found")]
    public async Task A_connection_without_any_store_is_told(bool leases, bool objects, string warning)
    {
        var snapshot = Snapshot.Open(Path.Combine(AppContext.BaseDirectory, "recordings", "healthy.tar.gz"));
        await using var cluster = new GravityCluster("node-1", snapshot.Nodes, leases ? [snapshot] : [], objects ? snapshot : null, throttle: 2);
        var report = new Report();
        await ClusterOpener.DescribeAsync(cluster, report, TestContext.Current.CancellationToken);
        if (warning.Length == 0) Assert.Empty(report.Warnings);
        else Assert.StartsWith(warning, Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    private sealed class Report : IOpeningReport
    {
        public List<string> Warnings { get; } = [];

        public void Error(SourceException problem) => throw problem;

        public void Warning(string text) => Warnings.Add(text);

        public void Verbose(string text)
        {
        }

        public void Progress(string activity, string status, int percent)
        {
        }
    }
}
