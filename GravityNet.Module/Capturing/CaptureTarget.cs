using GravityNet.Sources;

namespace GravityNet.Capturing;

/// <summary>One capture of several: a node and what to capture there.</summary>
/// <param name="Shell">The node's shell.</param>
/// <param name="Plan">The interface and the bounds.</param>
public sealed record CaptureTarget(INodeShell Shell, CapturePlan Plan);
