using System.Diagnostics;
using System.Globalization;
using GravityNet.Parsing;

namespace GravityNet.Bench;

/// <summary>
/// How fast links, routes and forwarding databases of a large node are read, beside a tool that does no more than to part the words; and in how much memory.
/// </summary>
internal static class TablesBench
{
    /// <summary>The argument with which this program measures nothing else, and needs no nodes.</summary>
    public const string Only = "-Tables";

    private const int Growth = 4;

    /// <summary>Measures all three.</summary>
    /// <param name="part">What part of the full size: 1 for all of it.</param>
    /// <param name="rounds">How often.</param>
    public static async IAsyncEnumerable<string> RunAsync(double part, int rounds)
    {
        yield return await OneAsync("ip -d addr", "links", (int)(5_000 * part), rounds, TablesText.Links, text => IpLinks.Parse("bench", "ip-addr", text));
        yield return await OneAsync("ip route", "routes", (int)(100_000 * part), rounds, TablesText.Routes, text => IpRoutes.Parse("bench", "ip-route", text));
        yield return await OneAsync("bridge fdb", "rows", (int)(100_000 * part), rounds, TablesText.Fdb, text => BridgeFdb.Parse("bench", "bridge-fdb", text));
    }

    private static async Task<string> OneAsync<T>(string command, string noun, int count, int rounds, Func<int, string> make, Func<string, Parsed<T>> parse)
    {
        var text = make(count);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text);
            // warm: what a session reads first is compiled for it
            for (var i = 0; i < 3; i++) Time(text, count, parse);
            var series = await new Series(string.Create(CultureInfo.InvariantCulture, $"{command}, {count:N0} {noun}"), "parse", "awk '{n+=NF} END{print n}' of the same file")
                .RunAsync(rounds, () => Task.FromResult(Time(text, count, parse)), () => PeerAsync(file));
            var one = Held(text, parse);
            var more = Held(make(Growth * count), parse);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{series}\n    memory: {one / 1e6:0.0} MB held beside {text.Length * 2 / 1e6:0.0} MB of text, {(double)more / one:0.0} times that for {Growth} times the text");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static TimeSpan Time<T>(string text, int count, Func<string, Parsed<T>> parse)
    {
        // the round before left its records
        GC.Collect();
        var clock = Stopwatch.StartNew();
        var parsed = parse(text);
        var time = clock.Elapsed;
        return parsed.Records.Count == count && parsed.Unread.Count == 0 ? time : throw new InvalidOperationException($"{parsed.Records.Count} of {count} records were read.");
    }

    private static long Held<T>(string text, Func<string, Parsed<T>> parse)
    {
        var before = GC.GetTotalMemory(true);
        var parsed = parse(text);
        var held = GC.GetTotalMemory(true) - before;
        GC.KeepAlive(parsed);
        return held;
    }

    private static async Task<TimeSpan> PeerAsync(string file)
    {
        var clock = Stopwatch.StartNew();
        await Programs.RunAsync("awk", ["{n+=NF} END{print n}", file]);
        return clock.Elapsed;
    }
}
