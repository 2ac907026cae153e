using GravityNet.Labs.Plan;
using GravityNet.LabTests;

[assembly: AssemblyFixture(typeof(LabFixture))]
// one lab for all tests, and faults break it for everybody
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace GravityNet.LabTests;

/// <summary>
/// The running lab. The tests run inside its outside namespace, so that they reach nodes, etcd and API by their addresses:
/// `lab up`, `lab outside -- dotnet GravityNet.LabTests.dll`, `lab down`. A test class asks for the fixture in its constructor.
/// </summary>
public sealed class LabFixture : IAsyncDisposable
{
    private readonly Dictionary<LabOptions, Lab> _variants = [];

    private readonly Lazy<Lab> _lab = new(Find);

    /// <summary>The lab. Skips the test where a lab is not possible: it needs Linux and root.</summary>
    public Lab Lab
    {
        get
        {
            Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "the lab needs Linux and root");
            return _lab.Value;
        }
    }

    /// <summary>What runs, and how to reach it.</summary>
    public LabStatus Status => Lab.Status;

    /// <summary>
    /// A lab with options, which is started beside the default one when the first test asks for it and stays until the last test is done.
    /// The tests reach its nodes by their addresses: it has an underlay of its own.
    /// </summary>
    /// <param name="options">How it differs from the default one.</param>
    public async Task<Lab> VariantAsync(LabOptions options)
    {
        var cancel = TestContext.Current.CancellationToken;
        if (_variants.TryGetValue(options, out var variant))
            return variant;
        // below the default lab's folder, so that its `down` takes also what killed tests left
        var state = Path.Combine(Status.StateDirectory, $"variant-{Guid.NewGuid():N}");
        variant = await Lab.UpAsync(state, options with { Underlay = $"192.168.{40 + _variants.Count}" }, cancellationToken: cancel);
        _variants.Add(options, variant);
        await variant.JoinAsync(Environment.ProcessId, cancel);
        return variant;
    }

    /// <summary>Removes the labs with options.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var variant in _variants.Values)
            await Lab.DownAsync(variant.Status.StateDirectory);
    }

    /// <summary>Runs shell lines in a pod.</summary>
    public Task<CommandResult> InPodAsync(string pod, string script) =>
        Lab.InPodAsync(pod, ["sh", "-eu"], script, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Runs shell lines on a node.</summary>
    public Task<CommandResult> OnNodeAsync(string node, string script) =>
        Lab.OnNodeAsync(node, ["sh", "-eu"], script, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Whether a pod gets an answer to a ping of another within a second.</summary>
    public async Task<bool> PingsAsync(string fromPod, string toPod) =>
        (await InPodAsync(fromPod, $"ping -n -c 1 -W 1 {Status.Pod(toPod).Ip}")).Succeeded;

    /// <summary>Breaks something until the returned object is disposed of.</summary>
    public async Task<IAsyncDisposable> BreakAsync(string fault)
    {
        await Lab.FaultAsync(fault, isOn: true, TestContext.Current.CancellationToken);
        return new Healing(Lab, fault);
    }

    private static Lab Find()
    {
        var lab = Lab.Open();
        var here = new FileInfo("/proc/self/ns/net").LinkTarget;
        var outside = new FileInfo($"/proc/{lab.Status.OutsidePid}/ns/net").LinkTarget;
        return here == outside
            ? lab
            : throw new InvalidOperationException("these tests run in the lab's outside namespace: lab outside -- dotnet GravityNet.LabTests.dll");
    }

    private sealed class Healing(Lab lab, string fault) : IAsyncDisposable
    {
        // also when the test is cancelled: the other tests need a healthy lab
        public async ValueTask DisposeAsync() => await lab.FaultAsync(fault, isOn: false, CancellationToken.None);
    }
}
