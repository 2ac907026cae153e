using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>One connected shell for all tests of a class that change nothing in it.</summary>
public sealed class ConnectedShell(LabFixture fixture) : IDisposable
{
    private ModuleShell? _shell;

    /// <summary>The shell; connected when it is asked for first.</summary>
    public ModuleShell Shell => _shell ??= fixture.Connect();

    public void Dispose()
    {
        _shell?.Run("Disconnect-GravityCluster");
        _shell?.Dispose();
    }
}
