using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>Paths as users type them.</summary>
internal static class Paths
{
    /// <summary>The full path, from the runspace's current folder on. Ends the command where no file can have it.</summary>
    public static string Resolve(PSCmdlet cmdlet, string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            const string message = "A path has a NUL character, and no file has such a name.";
            cmdlet.ThrowTerminatingError(Errors.Create(new ArgumentException(message), "PathUnfit", ErrorCategory.InvalidArgument, path, message, "Give the path of a file."));
        }

        return cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
    }
}
