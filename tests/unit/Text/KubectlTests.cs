using GravityNet.Parsing;
using Xunit;

namespace GravityNet.UnitTests.Text;

/// <summary>What kubectl prints in the training.</summary>
public sealed class KubectlTests
{
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
