using GravityNet.Text;

namespace GravityNet;

/// <summary>
/// A line of <c>brctl showstp</c> without its values.
/// </summary>
/// <param name="Form">The places of labels and values.</param>
/// <param name="Words">The labels' words, and what no field takes.</param>
internal sealed record StpLine(LineForm Form, IReadOnlyList<string> Words);
