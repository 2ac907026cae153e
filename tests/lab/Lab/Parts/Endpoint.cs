using GravityNet.Labs.Plan;

namespace GravityNet.Labs.Parts;

/// <summary>One address behind a service.</summary>
/// <param name="Address">The address.</param>
/// <param name="Pod">The pod that has it, or null for an address that is no pod's.</param>
internal sealed record Endpoint(string Address, PodPlan? Pod = null)
{
    /// <summary>The node that it is on, or null where it is no pod's.</summary>
    public string? Node => Pod?.Node;

    /// <summary>Whether it takes new connections.</summary>
    public bool IsReady => Pod is null or { Condition: PodCondition.Ready };

    /// <summary>Whether its pod is being deleted.</summary>
    public bool IsTerminating => Pod is { Condition: PodCondition.Terminating };

    /// <summary>Whether it answers, being deleted or not.</summary>
    public bool IsServing => IsReady || IsTerminating;
}
