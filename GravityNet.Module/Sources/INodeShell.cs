namespace GravityNet.Sources;

/// <summary>
/// Runs commands on one node. Whatever ends a run (cancellation, time-out, a lost connection), nothing stays behind on the node.
/// </summary>
public interface INodeShell : IAsyncDisposable
{
    /// <summary>The node's name, for errors: what it was reached by, until it is known what it calls itself.</summary>
    string Node { get; set; }

    /// <summary>
    /// Runs a script on the node and returns when it ended.
    /// </summary>
    /// <param name="script">
    /// A POSIX shell script of any size. It is handed over whole: it needs no quoting of the caller's. It runs under the node's <c>sh</c> in a
    /// session of its own, with an empty standard input, <c>LC_ALL=C</c> and root's tools on the path; what it leaves in the background is ended.
    /// </param>
    /// <param name="timeout">The script is ended on the node after this time.</param>
    /// <param name="cancel">Ends the script on the node.</param>
    /// <exception cref="SourceException">The node cannot be reached, or the time ran out.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    Task<ShellResult> RunAsync(string script, TimeSpan timeout, CancellationToken cancel);

    /// <summary>
    /// Runs a script whose standard output is read as bytes while it runs (a packet capture).
    /// </summary>
    /// <param name="script">As in <see cref="RunAsync"/>.</param>
    /// <param name="timeout">As in <see cref="RunAsync"/>.</param>
    /// <param name="onOutput">Called with each piece of standard output, in order, never two at a time.</param>
    /// <param name="cancel">Ends the script on the node.</param>
    /// <returns>Exit code and standard error; the output is empty, it went to <paramref name="onOutput"/>.</returns>
    Task<ShellResult> StreamAsync(string script, TimeSpan timeout, Action<ReadOnlyMemory<byte>> onOutput, CancellationToken cancel);

    /// <summary>
    /// Makes a TCP connection that starts at the node, to what only the node may reach: etcd or an API server on its loopback. No command runs for it.
    /// </summary>
    /// <param name="host">Host name or address, as the node knows it.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The connection, for the caller to close. Where the node makes none, its first reading says so (an <see cref="IOException"/>).</returns>
    /// <exception cref="IOException">The node's shell makes no connections, or has lost its own.</exception>
    Task<Stream> OpenStreamAsync(string host, int port, CancellationToken cancel);
}

/// <summary>What a script on a node left.</summary>
/// <param name="ExitCode">The script's exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Elapsed">How long it took, seen from here.</param>
public sealed record ShellResult(int ExitCode, string Output, string Error, TimeSpan Elapsed);
