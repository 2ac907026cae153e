using Xunit;

namespace GravityNet.UnitTests;

/// <summary>Tests that measure the process itself, and so run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneTests
{
    public const string Name = "Alone";
}
