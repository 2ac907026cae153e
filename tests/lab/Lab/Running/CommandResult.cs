namespace GravityNet.Labs;

/// <summary>What a finished command gave.</summary>
/// <param name="ExitCode">Its exit code; 124 when it ran out of time.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Whether the command ended with exit code 0.</summary>
    public bool Succeeded => ExitCode == 0;
}
