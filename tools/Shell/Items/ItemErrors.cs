using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Runs a provider's call for one path and reports its failure as a non-terminating error, so that the other paths are still served.</summary>
internal static class ItemErrors
{
    public static void Report(PSCmdlet cmdlet, object target, Action call)
    {
        try
        {
            call();
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (Exception failed) when (failed is IContainsErrorRecord)
        {
            cmdlet.WriteError(new ErrorRecord(((IContainsErrorRecord)failed).ErrorRecord, failed));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var category = failed is UnauthorizedAccessException ? ErrorCategory.PermissionDenied : ErrorCategory.InvalidOperation;
            cmdlet.WriteError(new ErrorRecord(failed, failed.GetType().Name, category, target));
        }
    }
}
