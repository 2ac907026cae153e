using System.Diagnostics;
using GravityNet.Facts;
using Xunit;

namespace GravityNet.UnitTests;

/// <summary>The script is run for real, by every shell that a node may have.</summary>
public sealed class FactScriptTests : IDisposable
{
    private static readonly string[] Shells = ["sh", "bash", "dash", "busybox sh"];
    private readonly string _tools = Directory.CreateTempSubdirectory("gravitynet-tools-").FullName;
    private readonly HashSet<string> _linked = [];

    public static TheoryData<string> InstalledShells => [.. Shells.Where(s => File.Exists("/bin/" + s.Split(' ')[0]) || File.Exists("/usr/bin/" + s.Split(' ')[0]))];

    public void Dispose() => Directory.Delete(_tools, recursive: true);

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void A_facts_text_is_what_its_command_prints(string shell)
    {
        var script = new FactScript(new FactRequest("hostname", "uname"));

        var facts = Read(script, Run(shell, script.Text));

        foreach (var name in new[] { "hostname", "uname" })
        {
            var fact = facts.Get(name)!;
            Assert.Equal(Run("sh", FactCatalog.Get(name).Command).Output, fact.Text);
            Assert.Equal((0, "", true, ""), (fact.ExitCode, fact.Error, fact.Answered, fact.Reason));
            Assert.Equal(FactCatalog.Get(name).Command, fact.Command);
            Assert.InRange(fact.Elapsed!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }
    }

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void The_text_is_kept_to_the_byte_whatever_its_end(string shell)
    {
        Tool("hostname", "printf 'no line end'");
        Tool("uname", "printf 'one\\n'");
        Tool("brctl", "printf '\\n\\ntwo\\n\\n'");
        Tool("nstat", "exit 0");
        Tool("conntrack", "printf '\\n'");
        Tool("bridge", "printf '@@gravitynet-0 end 0 1 2\\n\\t  x\\r\\n'");
        var script = new FactScript(new FactRequest("hostname", "uname", "brctl-show", "nstat", "conntrack", "bridge-fdb"));

        var facts = Read(script, Run(shell, script.Text));

        Assert.Equal(
            ["no line end", "one\n", "\n\ntwo\n\n", "", "\n", "@@gravitynet-0 end 0 1 2\n\t  x\r\n"],
            new[] { "hostname", "uname", "brctl-show", "nstat", "conntrack", "bridge-fdb" }.Select(f => facts.Get(f)!.Text));
        Assert.All(facts.Facts.Values, f => Assert.True(f.Answered));
    }

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void Exit_code_and_standard_error_belong_to_their_own_fact(string shell)
    {
        Tool("hostname", "echo fine");
        Tool("bridge", "echo half; echo 'first line' >&2; echo second >&2; exit 3");
        Tool("uname", "printf 'a warning without a line end' >&2; echo Linux");
        var script = new FactScript(new FactRequest("hostname", "bridge-fdb", "uname"));

        var facts = Read(script, Run(shell, script.Text));

        Assert.Equal("", facts.Get("hostname")!.Error);
        var failed = facts.Get("bridge-fdb")!;
        Assert.Equal((3, "half\n", "first line\nsecond"), (failed.ExitCode, failed.Text, failed.Error));
        Assert.Equal("'bridge fdb show' ended with exit code 3: first line", failed.Reason);
        Assert.Equal((0, "Linux\n", "a warning without a line end"), (facts.Get("uname")!.ExitCode, facts.Get("uname")!.Text, facts.Get("uname")!.Error));
    }

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void A_missing_tool_is_named_with_its_package_and_the_others_still_answer(string shell)
    {
        Tool("hostname", "echo there");
        var script = new FactScript(new FactRequest("brctl-show", "hostname"));

        // nothing but the one tool is on the path
        var facts = Read(script, Run(shell, script.Text, path: _tools));

        var missing = facts.Get("brctl-show")!;
        Assert.Equal((127, "", false), (missing.ExitCode, missing.Text, missing.Answered));
        Assert.Contains("brctl", missing.Error, StringComparison.Ordinal);
        Assert.StartsWith("'brctl' is not there: ", missing.Reason, StringComparison.Ordinal);
        Assert.Equal("bridge-utils", FactCatalog.PackageOf("brctl-show"));
        Assert.Equal("there\n", facts.Get("hostname")!.Text);
    }

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void Each_iptables_flavor_that_is_there_is_asked_and_the_default_one_once(string shell)
    {
        Tool("xtables-nft-multi", "echo \"nft rules $*\"");
        Tool("xtables-legacy-multi", "echo \"legacy rules $*\"");
        Link("iptables-save", "xtables-nft-multi");
        var script = new FactScript(new FactRequest([.. FactCatalog.IptablesFacts], []));
        Assert.Equal(["iptables"], Read(script, Run(shell, script.Text, path: OnlyThese)).Facts.Keys);

        Link("iptables-legacy-save", "xtables-legacy-multi");
        Link("iptables-nft-save", "xtables-nft-multi");
        var facts = Read(script, Run(shell, script.Text, path: OnlyThese));
        Assert.Equal(["iptables nft rules -c", "iptables-legacy legacy rules -c"], facts.Facts.Values.Select(f => $"{f.Fact} {f.Text.Trim()}"));

        // a node may have no default, or no way to follow links
        File.Delete(Path.Combine(_tools, "iptables-save"));
        Assert.Equal(["iptables", "iptables-legacy", "iptables-nft"], Read(script, Run(shell, script.Text, path: OnlyThese)).Facts.Keys);
        Link("iptables-save", "xtables-nft-multi");
        File.Delete(Path.Combine(_tools, "readlink"));
        Assert.Equal(["iptables", "iptables-legacy", "iptables-nft"], Read(script, Run(shell, script.Text, path: OnlyThese)).Facts.Keys);
    }

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void The_first_way_that_answers_counts_and_where_none_does_the_first_tells_why(string shell)
    {
        Tool("ip", "case $* in '-d '*) echo Usage >&2; exit 1 ;; 'addr show') echo plain ;; *) echo no such word >&2; exit 2 ;; esac");
        Tool("cat", "echo file >&2; exit 1");
        var script = new FactScript(new FactRequest(["ip-addr", "ip-neighbor", "bridge-fdb"], []));

        var facts = Read(script, Run(shell, script.Text, path: _tools));

        Assert.Equal((0, "plain\n", "ip addr show", ""), (facts.Get("ip-addr")!.ExitCode, facts.Get("ip-addr")!.Text, facts.Get("ip-addr")!.Command, facts.Get("ip-addr")!.Error));
        Assert.Equal((1, "ip -d neighbor show", "Usage"), (facts.Get("ip-neighbor")!.ExitCode, facts.Get("ip-neighbor")!.Command, facts.Get("ip-neighbor")!.Error));
        Assert.True(facts.Get("bridge-fdb")!.IsMissing);
        Assert.Equal("", facts.PodsUnknown);
    }

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void Gravity_that_refuses_is_named_with_what_it_would_have_told(string shell)
    {
        Tool("gravity", "echo '[ERROR]: open /var/lib/gravity/local: permission denied' >&2; exit 255");
        foreach (var needed in (string[])["sh", "sleep"]) File.CreateSymbolicLink(Path.Combine(_tools, needed), "/usr/bin/" + needed);
        var script = new FactScript(new FactRequest("hostname", "bridge-fdb"));

        var facts = Read(script, Run(shell, script.Text, path: _tools));

        var denied = facts.Get("bridge-fdb")!;
        Assert.Equal((false, true, false), (denied.Answered, denied.IsDenied, denied.IsMissing));
        Assert.EndsWith("; gravity exec: [ERROR]: open /var/lib/gravity/local: permission denied", denied.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void What_a_login_may_not_read_is_denied_and_not_empty(string shell)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/iptables-legacy-save")) Assert.Skip("needs root on Linux, and iptables");
        var script = new FactScript(new FactRequest([.. FactCatalog.IptablesFacts, "conntrack"], ["ip-addr"]));

        // an ordinary user; the machine's first process is not its own
        var facts = Read(script, Start(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", .. shell.Split(' ')], ["-c", script.Text], null, ""));

        Assert.All(facts.Facts.Values, f => Assert.Equal((false, true, false), (f.Answered, f.IsDenied, f.IsMissing)));
        Assert.Contains("you must be root", facts.Get("iptables")!.Reason, StringComparison.Ordinal);
        Assert.Empty(facts.Pods);
        Assert.StartsWith("the network namespaces of pods are out of reach: ls: ", facts.PodsUnknown, StringComparison.Ordinal);
        Assert.EndsWith("Permission denied", facts.PodsUnknown, StringComparison.Ordinal);
        Assert.Empty(new NodeState(facts).Iptables.Records);
    }

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void A_tool_that_reads_its_input_does_not_eat_the_script(string shell)
    {
        Tool("hostname", "cat; echo done");
        var script = new FactScript(new FactRequest("hostname", "uname"));

        var facts = Read(script, Run(shell + " -s", input: script.Text));

        Assert.Equal(("done\n", true), (facts.Get("hostname")!.Text, facts.Get("uname")?.Answered));
    }

    [Theory]
    [MemberData(nameof(InstalledShells))]
    public void Each_network_namespace_is_asked_once_and_the_nodes_own_is_not_among_them(string shell)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("making network namespaces needs root on Linux");
        var script = new FactScript(new FactRequest(["hostname"], ["ip-addr", "ip-route"]));
        // A node of its own: no process and no network but these. Two processes share the one pod's namespace.
        var ready = Path.Combine(_tools, "ready");
        var node = $"unshare -n sh -c 'ip addr add 10.9.9.9/32 dev lo; sleep 60 & touch {ready}; exec sleep 60' >/dev/null 2>&1 &\n"
            + $"n=0; until [ -e {ready} ] || [ $((n=n+1)) -gt 100 ]; do sleep 0.05; done\n";
        var made = Start(["unshare", "-n", "-p", "-f", "--mount-proc", "--kill-child", .. shell.Split(' ')], ["-c", node + script.Text], null, "");

        var facts = Read(script, made);

        var pod = Assert.Single(facts.Pods);
        Assert.Matches("^[0-9]+$", pod.Key);
        Assert.True(pod.ProcessId > 1);
        Assert.Null(pod.Pod);
        Assert.Equal(["ip-addr", "ip-route"], pod.Facts.Keys.Order());
        var address = pod.Facts["ip-addr"];
        Assert.Equal((0, $"nsenter -t {pod.ProcessId} -n -- ip -d addr show"), (address.ExitCode, address.Command));
        Assert.Equal("10.9.9.9", Assert.Single(new NodeState(facts).Namespaces[0].Addresses));
    }

    [Fact]
    public void An_output_that_is_cut_anywhere_is_read_as_far_as_it_goes_and_marked()
    {
        var script = new FactScript(new FactRequest(["hostname", "bridge-fdb", "nstat"], ["ip-addr"]), "@@mark");
        const string Output =
            "Welcome!\n@@mark begin hostname\nnode-1\n\n@@mark end 0 10.00 10.02\n@@mark begin bridge-fdb\nhalf\n@@mark end 127 10.02 10.03\n"
            + "@@mark begin nstat\n\n@@mark end 0 10.03 10.04\n@@mark begin netns/4026532001/77/ip-addr\n1: lo: <UP> mtu 1\n\n@@mark end 0 10.04 10.05\n";
        const string Error = "Banner\n@@mark hostname\n@@mark bridge-fdb\nbash: bridge: command not found\n@@mark nstat\n@@mark netns/4026532001/77/ip-addr\n";
        var whole = Answers(script.Read("node-1", "", Output, Error)).ToDictionary(f => f.Fact);
        Assert.Equal(["node-1\n", "half", "", "1: lo: <UP> mtu 1\n"], new[] { "hostname", "bridge-fdb", "nstat", "ip-addr" }.Select(f => whole[f].Text));
        Assert.Equal("'bridge' is not there: bash: bridge: command not found", whole["bridge-fdb"].Reason);

        var cuts = 0;
        for (var length = 0; length < Output.Length; length++)
        {
            var answers = Answers(script.Read("node-1", "", Output[..length], Error)).ToList();
            foreach (var answer in answers.Where(a => a.ExitCode != -1)) Assert.Equal((whole[answer.Fact].Text, whole[answer.Fact].ExitCode), (answer.Text, answer.ExitCode));
            // what was cut is the last, is no answer, and says so
            foreach (var cut in answers.Where(a => a.ExitCode == -1))
            {
                Assert.Same(answers[^1], cut);
                Assert.Equal((false, $"'{cut.Command}' did not end: the answer was cut short"), (cut.Answered, cut.Reason));
                cuts++;
            }
        }

        Assert.InRange(cuts, 50, Output.Length);
        for (var length = 0; length < Error.Length; length++) Assert.Equal(4, Answers(script.Read("node-1", "", Output, Error[..length])).Count());
    }

    [Fact]
    public void A_fact_of_another_name_is_refused_before_anything_runs() =>
        Assert.Throws<ArgumentException>(() => new FactScript(new FactRequest("rm -rf")).Text);

    private static IEnumerable<FactResult> Answers(NodeFacts facts) => facts.Facts.Values.Concat(facts.Pods.SelectMany(p => p.Facts.Values));

    private static NodeFacts Read(FactScript script, (string Output, string Error) printed) => script.Read("node-1", "192.0.2.1", printed.Output, printed.Error);

    private void Tool(string name, string script)
    {
        var file = Path.Combine(_tools, name);
        File.WriteAllText(file, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    // nothing of the machine's but what follows links; the shells' own words need no path
    private string OnlyThese
    {
        get
        {
            var readlink = Path.Combine(_tools, "readlink");
            if (_linked.Add(readlink)) File.CreateSymbolicLink(readlink, "/usr/bin/readlink");
            return _tools;
        }
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(_tools, name), Path.Combine(_tools, target));

    private (string Output, string Error) Run(string shell, string script, string? path = null) => Start(shell.Split(' '), ["-c", script], path, "");

    private (string Output, string Error) Run(string shell, string input) => Start(shell.Split(' '), [], null, input);

    private (string Output, string Error) Start(string[] command, string[] arguments, string? path, string input)
    {
        // looked up here: the path that the program gets may not have it
        var program = new[] { "/usr/bin/", "/bin/" }.Select(folder => folder + command[0]).First(File.Exists);
        var start = new ProcessStartInfo(program, [.. command[1..], .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = path ?? $"{_tools}:/usr/sbin:/usr/bin:/sbin:/bin";
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, error.Result);
    }
}
