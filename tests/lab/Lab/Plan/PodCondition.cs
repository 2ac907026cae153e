namespace GravityNet.Labs.Plan;

/// <summary>What the API says of a pod's readiness.</summary>
public enum PodCondition
{
    /// <summary>It is an endpoint of its services.</summary>
    Ready,

    /// <summary>Its readiness probe fails.</summary>
    NotReady,

    /// <summary>It is being deleted, and answers until it is gone.</summary>
    Terminating,
}
