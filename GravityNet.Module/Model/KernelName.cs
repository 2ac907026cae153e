namespace GravityNet;

/// <summary>
/// What <c>uname -a</c> prints (uname(1)): the kernel, the node's own name and the machine.
/// </summary>
public sealed record KernelName
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The kernel: Linux.</summary>
    public required string Kernel { get; init; }

    /// <summary>What the node calls itself.</summary>
    public required string HostName { get; init; }

    /// <summary>The kernel's release: <c>3.10.0-1160.el7.x86_64</c>.</summary>
    public required string Release { get; init; }

    /// <summary>The kernel's build: <c>#1 SMP ...</c>.</summary>
    public string Version { get; init; } = "";

    /// <summary>The machine's architecture; Red Hat's coreutils repeat it as processor and platform.</summary>
    public required string Machine { get; init; }

    /// <summary>The operating system: GNU/Linux, or Linux (busybox).</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>How often the architecture is printed.</summary>
    internal int MachineCount { get; init; } = 1;

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>The line as it was printed.</summary>
    public string Print() => string.Join(' ', [Kernel, HostName, Release, .. Version.Length > 0 ? [Version] : Array.Empty<string>(), .. Enumerable.Repeat(Machine, MachineCount), OperatingSystem]);

    /// <summary>Kernel and release.</summary>
    public override string ToString() => $"{Kernel} {Release} {Machine}";
}
