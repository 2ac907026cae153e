using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Opens files with the errors that PowerShell gives.</summary>
internal static class Files
{
    public static StreamWriter OpenForWriting(PSCmdlet cmdlet, string path, Encoding encoding, bool append, bool noClobber, bool force)
    {
        try
        {
            if (force && File.Exists(path) && File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly))
                File.SetAttributes(path, File.GetAttributes(path) & ~FileAttributes.ReadOnly);
            var mode = noClobber && !append ? FileMode.CreateNew : append ? FileMode.Append : FileMode.Create;
            return new StreamWriter(new FileStream(path, mode, FileAccess.Write, FileShare.Read), encoding);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            if (noClobber && !append && File.Exists(path))
                cmdlet.ThrowTerminatingError(new ErrorRecord(failed, "NoClobber", ErrorCategory.ResourceExists, path));
            Fail(cmdlet, failed, path);
            throw;
        }
    }

    /// <summary>The files behind a path; where there is none, the path itself, so that opening it gives the error that names it.</summary>
    public static Collection<string> Resolve(PSCmdlet cmdlet, string path)
    {
        try
        {
            var files = cmdlet.GetResolvedProviderPathFromPSPath(path, out _);
            if (files.Count == 0)
                Fail(cmdlet, new FileNotFoundException($"Cannot perform operation because the wildcard path {path} did not resolve to a file."), path);
            return files;
        }
        catch (ItemNotFoundException)
        {
            return [cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)];
        }
    }

    /// <summary>Ends a cmdlet because a file cannot be opened.</summary>
    public static void Fail(PSCmdlet cmdlet, Exception failed, string path)
    {
        var category = failed is UnauthorizedAccessException ? ErrorCategory.PermissionDenied : ErrorCategory.OpenError;
        cmdlet.ThrowTerminatingError(new ErrorRecord(failed, "FileOpenFailure", category, path));
    }
}
