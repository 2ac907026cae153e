using System.Diagnostics;
using System.Globalization;
using System.Text;
using GravityNet.Netfilter;
using GravityNet.Parsing;

namespace GravityNet.Bench;

/// <summary>The rules of a node with thousands of services: how fast they are read, and in how much memory.</summary>
internal static class RulesBench
{
    /// <summary>The argument with which this program reads a file of rules alone and tells its memory.</summary>
    public const string ReadAlone = "-ReadRules";

    /// <summary>The argument with which the rules alone are measured.</summary>
    public const string Only = "-Rules";

    /// <summary>Measures reading beside iptables' own.</summary>
    /// <param name="services">How many services, of ten endpoints each.</param>
    /// <param name="rounds">How often.</param>
    public static async Task<string> RunAsync(int services, int rounds)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, RulesText.Of(services));
            var text = Read(file);
            var count = text.AsSpan().Count('\n');
            const string Peer = "iptables-nft-restore --test, in a network namespace of its own";
            var index = await new Series($"iptables-save, {count} lines", "parse, with an index of all chains: a rule is read when it is asked for", Peer)
                .RunAsync(rounds, () => Task.FromResult(Time(text, count, false)), () => PeerAsync(file));
            var all = await new Series("the same, with every rule", "parse, and read each rule", Peer)
                .RunAsync(rounds, () => Task.FromResult(Time(text, count, true)), () => PeerAsync(file));
            var chains = await ServicesAsync(text, services, rounds);
            // a process of its own: what came before in this one took memory too
            var memory = await Programs.RunAsync("dotnet", [typeof(RulesBench).Assembly.Location, ReadAlone, file]);
            return $"{index}\n{all}\n    {memory.Trim()}\n{chains}";
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Reads a file of rules once and tells the most memory that the process ever had: with the index, and with all rules.</summary>
    public static string Alone(string file)
    {
        var text = Read(file);
        var rules = Parse(text);
        var index = Peak();
        var count = ReadAll(rules);
        GC.KeepAlive(text);
        return string.Create(CultureInfo.InvariantCulture, $"memory: {index} MB at most of a process that reads the text of {text.Length * 2 / 1_000_000} MB, {Peak()} MB with each of {count} rules");
    }

    // proc_pid_status(5)
    private static int Peak() =>
        int.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1000;

    private static TimeSpan Time(string text, int lines, bool all)
    {
        // the round before left its rules
        GC.Collect();
        var clock = Stopwatch.StartNew();
        var rules = Parse(text);
        var read = all ? ReadAll(rules) : rules.Tables.Sum(t => t.Rules.Count);
        var time = clock.Elapsed;
        // the table's name, a line of each chain and rule, COMMIT
        if (rules.Unread.Count > 0 || rules.Tables.Sum(t => t.Chains.Count) + read + 2 != lines || rules.Table("nat")!.RulesOf("KUBE-SERVICES").Count == 0)
            throw new InvalidOperationException("Rules were lost.");
        return time;
    }

    // the way of one service's packets through rules that are read already, and of all services' with their endpoints
    private static async Task<string> ServicesAsync(string text, int services, int rounds)
    {
        var objects = RulesText.Objects(services);
        const string Peer = "parse the same save, and read each rule";
        var one = await new Series($"one service of {services}", "walk its chain and compare it with the API: the mean of 100 services", Peer)
            .RunAsync(rounds, () => Task.FromResult(One()), () => Task.FromResult(Time(text, text.AsSpan().Count('\n'), true)));
        var all = await new Series($"all {services} services", "walk each chain and compare it with the API", Peer)
            .RunAsync(rounds, () => Task.FromResult(All()), () => Task.FromResult(Time(text, text.AsSpan().Count('\n'), true)));
        return $"{one}\n{all}";

        TimeSpan One()
        {
            GC.Collect();
            var rules = Parse(text);
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < 100; i++)
            {
                var name = $"service-{i * (services / 100)}";
                if (ServiceChains.Resolve("bench", rules, objects, (_, service) => service == name) is not [{ Status: "ok", Endpoints.Count: 10 }]) throw new InvalidOperationException($"{name} is not as it was written.");
            }

            return clock.Elapsed / 100;
        }

        TimeSpan All()
        {
            GC.Collect();
            var rules = Parse(text);
            var clock = Stopwatch.StartNew();
            var chains = ServiceChains.Resolve("bench", rules, objects);
            var time = clock.Elapsed;
            if (chains.Count != services || chains.Any(c => c.Status != "ok" || c.Endpoints.Count != 10)) throw new InvalidOperationException("Services are not as they were written.");
            return time;
        }
    }

    private static int ReadAll(IptablesRuleset rules) => rules.Tables.Sum(t => t.Rules.Count(r => r.Target.Length > 0));

    private static IptablesRuleset Parse(string text) => IptablesSave.Parse("bench", "iptables", text);

    private static async Task<TimeSpan> PeerAsync(string file)
    {
        var clock = Stopwatch.StartNew();
        await Programs.RunAsync("unshare", ["--net", "iptables-nft-restore", "--test", file]);
        return clock.Elapsed;
    }

    // the text once, and no buffer of its size beside it
    private static string Read(string file) => string.Create((int)new FileInfo(file).Length, file, static (letters, name) =>
    {
        using var reader = new StreamReader(name, Encoding.Latin1);
        reader.ReadBlock(letters);
    });
}
