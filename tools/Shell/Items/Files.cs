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
            var category = failed is UnauthorizedAccessException ? ErrorCategory.PermissionDenied : ErrorCategory.OpenError;
            cmdlet.ThrowTerminatingError(new ErrorRecord(failed, "FileOpenFailure", category, path));
            throw;
        }
    }
}
