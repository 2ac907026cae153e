namespace GravityNet;

/// <summary>A port of a service, or of its endpoints, as <c>kubectl describe</c> prints it.</summary>
public sealed record DescribedPort
{
    /// <summary>The port's name; empty for none (kubectl prints <c>&lt;unset&gt;</c>).</summary>
    public string Name { get; init; } = "";

    /// <summary>The number.</summary>
    public required int Port { get; init; }

    /// <summary>TCP, UDP or SCTP.</summary>
    public required string Protocol { get; init; }

    /// <summary>The pods' port, a number or a name; empty where not told.</summary>
    public string TargetPort { get; init; } = "";

    /// <summary>The port on each node; null for none.</summary>
    public int? NodePort { get; init; }

    /// <summary>Where the service's packets go, address and port; those past the third are not printed (<c>+ 2 more...</c>).</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>The port in short.</summary>
    public override string ToString() => Name.Length > 0 ? $"{Name} {Port}/{Protocol}" : $"{Port}/{Protocol}";
}
