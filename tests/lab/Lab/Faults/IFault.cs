namespace GravityNet.Labs.Faults;

/// <summary>One way to break the lab. Both directions may be called again without harm.</summary>
internal interface IFault
{
    /// <summary>The name that `lab fault` takes.</summary>
    string Name { get; }

    /// <summary>What is broken, in one line.</summary>
    string Summary { get; }

    /// <summary>Breaks it.</summary>
    Task BreakAsync(FaultScene scene, CancellationToken cancellationToken);

    /// <summary>Restores exactly what was there.</summary>
    Task HealAsync(FaultScene scene, CancellationToken cancellationToken);
}
