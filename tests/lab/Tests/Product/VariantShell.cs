using GravityNet.Labs.Plan;
using GravityNet.ModuleTests;

namespace GravityNet.LabTests.Product;

/// <summary>One shell for all tests of a class, connected to all nodes of a lab with options.</summary>
public sealed class VariantShell : IDisposable
{
    private ModuleShell? _shell;

    /// <summary>The lab and the shell; both are made when they are asked for first.</summary>
    /// <param name="fixture">The labs.</param>
    /// <param name="variant">The lab's options; the same for all tests of the class.</param>
    public async Task<(Lab Lab, ModuleShell Shell)> OpenAsync(LabFixture fixture, LabOptions variant)
    {
        var lab = await fixture.VariantAsync(variant);
        if (_shell is null)
        {
            _shell = new ModuleShell();
            _shell.Run($"$null = Connect-GravityCluster {string.Join(", ", lab.Status.Nodes.Select(n => n.Address))} {lab.Status.ConnectOptions()}");
        }

        return (lab, _shell);
    }

    public void Dispose()
    {
        _shell?.Run("Disconnect-GravityCluster");
        _shell?.Dispose();
    }
}
