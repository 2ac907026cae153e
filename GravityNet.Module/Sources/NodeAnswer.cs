namespace GravityNet.Sources;

/// <summary>One node's answer: its state, or why there is none.</summary>
/// <param name="Node">The node.</param>
/// <param name="State">What it answered; null where it did not.</param>
/// <param name="Problem">Why it did not answer; null where it did.</param>
internal sealed record NodeAnswer(string Node, NodeState? State, SourceException? Problem);
