namespace GravityNet.Capturing;

/// <summary>One frame of a capture, as it was on the link.</summary>
/// <param name="Time">When the frame was captured, by the clock of the capturing node, in UTC.</param>
/// <param name="Length">The frame's length in bytes on the link; more than <paramref name="Data"/> holds where the capture cut it.</param>
/// <param name="Link">What the bytes begin with.</param>
/// <param name="Data">The captured bytes, from the link header on.</param>
public readonly record struct PcapFrame(DateTime Time, int Length, LinkType Link, ReadOnlyMemory<byte> Data);
