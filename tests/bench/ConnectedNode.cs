using GravityNet.Facts;
using GravityNet.Sources;
using GravityNet.Transports;

namespace GravityNet.Bench;

/// <summary>A node connected to as the module does it, at the first collection.</summary>
internal sealed class ConnectedNode(SshTarget target, SshOptions options) : IAsyncDisposable
{
    private INodeShell? _shell;

    /// <summary>Asks for facts in one exec.</summary>
    public async Task<NodeFacts> CollectAsync(FactRequest request)
    {
        _shell ??= await new TransportFactory().ConnectAsync(target, options, CancellationToken.None);
        return await new LiveNode(target.Name, target.Host, _shell, TimeSpan.FromMinutes(1)).CollectAsync(request, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _shell?.DisposeAsync() ?? ValueTask.CompletedTask;
}
