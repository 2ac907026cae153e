using System.Collections;
using System.Globalization;
using System.Reflection;
using GravityNet.Parsing;
using GravityNet.UnitTests.Text;
using Xunit;

namespace GravityNet.UnitTests.Tables;

/// <summary>
/// Records made up by chance are read as they were from what they print, and what was read prints the same line again.
/// </summary>
public sealed class TablePropertyTests
{
    private const int Count = 2000;

    [Fact]
    public void Routes() => Hold(r => r.Route(), IpRoutes.Parse);

    [Fact]
    public void Rules() => Hold(r => r.Rule(), IpRules.Parse);

    [Fact]
    public void Neighbors() => Hold(r => r.Neighbor(), IpNeighbors.Parse);

    [Fact]
    public void Rows_of_forwarding_databases() => Hold(r => r.Row(), BridgeFdb.Parse);

    [Fact]
    public void Nexthops() => Hold(r => r.Nexthop(), IpNexthops.Parse);

    [Fact]
    public void Switches() => Hold(r => r.Forwarding(), IpNetconf.Parse);

    // these have several lines, or columns
    [Fact]
    public void Routes_of_several_ways() => Hold(r => r.Multipath(), IpRoutes.Parse, r => r.Print());

    [Fact]
    public void Ports_of_bridges() => Hold(r => r.Link(), BridgeLinks.Parse, l => l.Print());

    [Fact]
    public void Vlans() => Hold(r => r.Vlan(), BridgeVlans.Parse);

    [Fact]
    public void Bridges() => Hold(r => r.Bridge(), Brctl.ParseShow, b => b.Print());

    [Fact]
    public void Stations() => Hold(r => r.Station(), Brctl.ParseShowMacs);

    private static void Hold<T>(Func<TableRandom, T> make, Func<string, string, string, Parsed<T>> parse, Func<T, string>? print = null) where T : class
    {
        var seed = Seed.Now;
        var random = new TableRandom(seed);
        for (var i = 0; i < Count; i++)
        {
            var made = make(random);
            var line = print is null ? made.ToString()! : print(made);
            var parsed = parse("n", "fact", line);

            Assert.True(parsed.Records.Count == 1 && parsed.Unread.Count == 0, $"seed {seed}: {line}");
            Assert.Equal($"seed {seed}: {line}", $"seed {seed}: {typeof(T).GetMethod("Print", [])!.Invoke(parsed.Records[0], [])}");
            Assert.Equal($"seed {seed}: {line}\n{Told(made)}", $"seed {seed}: {line}\n{Told(parsed.Records[0])}");
        }
    }

    // every public field but the place that it was read from
    private static string Told(object record) => string.Join('\n', record.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(p => p.Name is not "Source" && p.CanWrite)
        .Select(p => $"{p.Name} = {(p.GetValue(record) is IEnumerable list and not string ? string.Join(" | ", list.Cast<object>()) : Convert.ToString(p.GetValue(record), CultureInfo.InvariantCulture))}"));
}
