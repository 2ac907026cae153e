using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A line of <c>ip -d link</c> that tells what one kind of device, or one kind of port, has: <c>vxlan id 1 ...</c>, <c>bridge_slave state forwarding ...</c>.
/// </summary>
public abstract record LinkPart
{
    /// <summary>The line's first word: the kind of device (<c>vxlan</c>), or of port (<c>bridge_slave</c>).</summary>
    public abstract string Kind { get; }

    /// <summary>Words that have no field of their own, in order.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The line it was read from; null for one that was not read.</summary>
    public SourceLine? Source { get; init; }

    /// <summary>The form of its line; null for one that was not read.</summary>
    internal LineForm? Form { get; init; }

    /// <summary>The line as it was read, from the fields, without what stands at its end of every device (<see cref="LinkQueues"/>).</summary>
    public string Print() => Print(Form);

    /// <summary>The line in a form; in the plain one where that is null.</summary>
    internal abstract string Print(LineForm? form);
}
