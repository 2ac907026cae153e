namespace GravityNet;

/// <summary>A counter's name and what it counts to.</summary>
/// <param name="Name">The name, as the tool or the kernel's file has it.</param>
/// <param name="Value">The count.</param>
public readonly record struct NamedCount(string Name, long Value);
