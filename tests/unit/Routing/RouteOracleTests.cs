using System.Globalization;
using GravityNet.Routing;
using Xunit;

namespace GravityNet.UnitTests.Routing;

/// <summary>The lookup against the kernel: what <c>ip route get</c> answers in a namespace with rules and routes by chance.</summary>
public sealed class RouteOracleTests
{
    private const int Questions = 500;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(false, 3)]
    [InlineData(false, 4)]
    [InlineData(false, 5)]
    [InlineData(false, 6)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(true, 3)]
    [InlineData(true, 4)]
    [InlineData(true, 5)]
    [InlineData(true, 6)]
    public async Task The_route_is_the_one_that_the_kernel_takes(bool isIPv6, int seed)
    {
        var random = new Random(seed);
        await using var kernel = await KernelRoutes.CreateAsync();
        // without rules of its own the kernel asks the tables in another way
        await kernel.AddAsync(random, isIPv6, routes: 60 * (seed % 3 + 1), rules: seed % 3 == 0 ? 0 : 20);
        if (isIPv6 && seed % 2 == 0) await kernel.StopForwardingAsync();
        var state = await kernel.StateAsync();
        Assert.Empty(state.Unread);
        Assert.Equal(isIPv6 && seed % 2 == 0, state.Neighbors.Records.Any(n => n.State == "FAILED"));
        var lookup = RouteLookup.Of(state);
        var queries = Enumerable.Range(0, Questions).Select(_ => KernelRoutes.Query(random, isIPv6)).ToList();
        var answers = await kernel.AskAsync(isIPv6, queries);
        var wrong = new List<string>();
        var unknown = 0;
        for (var i = 0; i < queries.Count; i++)
        {
            var found = lookup.Find(queries[i]);
            if (found.Verdict == "unknown") unknown++;
            else if (Difference(found, answers[i].Route, answers[i].Error) is { Length: > 0 } difference) wrong.Add($"{KernelRoutes.Words(queries[i])}: {difference}\n  {string.Join("\n  ", found.Steps)}");
        }

        Assert.True(wrong.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{wrong.Count} of {queries.Count}\n{string.Join('\n', wrong.Take(8))}\n{state.Facts.Get(isIPv6 ? "ip6-rule" : "ip-rule")!.Text}\n{state.Facts.Get("ip-route")!.Text}"));
        Assert.True(unknown < queries.Count / 20, $"{unknown} of {queries.Count} are unknown");
    }

    private static string Difference(RouteDecision found, Route? route, string error)
    {
        var kernel = route is null ? error : route.ToString();
        if (route is null)
        {
            // the kernel's words for the error that the rule or the route gives
            string[] fits = found.Verdict switch
            {
                "none" => ["Network is unreachable"],
                "unreachable" => [found.Route is null ? "Network is unreachable" : "No route to host"],
                "prohibit" => ["Permission denied"],
                "blackhole" => ["Invalid argument"],
                "invalid" => ["Network is unreachable", "Invalid argument"],
                _ => [],
            };
            return Array.Exists(fits, f => error.EndsWith(f, StringComparison.Ordinal)) ? "" : $"{found}, and the kernel says {kernel}";
        }

        var same = found.Verdict == route.Type
            // the table of local addresses is one with main before the first rule
            && (found.Table == route.Table || (found.Table is "" or "local" && route.Table == "main"))
            && found.TypedNexthops.Any(n => n.Gateway == route.Gateway && n.Interface == route.Interface)
            && (found.PreferredSource.Length == 0 || route.PreferredSource.Length == 0 || found.PreferredSource == route.PreferredSource);
        return same ? "" : $"{found} ({string.Join(" or ", found.TypedNexthops)}), and the kernel says {kernel}";
    }
}
