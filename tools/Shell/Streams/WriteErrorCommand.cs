using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Write-Error: adds an error to the error stream, in the name of the script that calls it.</summary>
[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "NoException")]
public sealed class WriteErrorCommand : PSCmdlet
{
    /// <summary>The exception behind the error.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "WithException")]
    public Exception? Exception { get; set; }

    /// <summary>The text.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    [AllowNull]
    [AllowEmptyString]
    [Alias("Msg")]
    public string? Message { get; set; }

    /// <summary>A whole error.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "ErrorRecord")]
    public ErrorRecord? ErrorRecord { get; set; }

    /// <summary>What kind of error it is.</summary>
    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public ErrorCategory Category { get; set; } = ErrorCategory.NotSpecified;

    /// <summary>A stable name of the error.</summary>
    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public string ErrorId { get; set; } = "";

    /// <summary>What was being worked on.</summary>
    [Parameter(ParameterSetName = "NoException")]
    [Parameter(ParameterSetName = "WithException")]
    public object? TargetObject { get; set; }

    /// <summary>What the reader can do.</summary>
    [Parameter]
    public string RecommendedAction { get; set; } = "";

    /// <summary>What was done when it happened.</summary>
    [Parameter]
    [Alias("Activity")]
    public string CategoryActivity { get; set; } = "";

    /// <summary>Why it happened.</summary>
    [Parameter]
    [Alias("Reason")]
    public string CategoryReason { get; set; } = "";

    /// <summary>Name of what was worked on.</summary>
    [Parameter]
    [Alias("TargetName")]
    public string CategoryTargetName { get; set; } = "";

    /// <summary>Type of what was worked on.</summary>
    [Parameter]
    [Alias("TargetType")]
    public string CategoryTargetType { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var error = ErrorRecord is null ? NewError() : new ErrorRecord(ErrorRecord, null);
        if (RecommendedAction.Length > 0)
            (error.ErrorDetails ??= new ErrorDetails(error.Exception.Message)).RecommendedAction = RecommendedAction;
        if (CategoryActivity.Length > 0)
            error.CategoryInfo.Activity = CategoryActivity;
        if (CategoryReason.Length > 0)
            error.CategoryInfo.Reason = CategoryReason;
        if (CategoryTargetName.Length > 0)
            error.CategoryInfo.TargetName = CategoryTargetName;
        if (CategoryTargetType.Length > 0)
            error.CategoryInfo.TargetType = CategoryTargetType;

        // the error is its caller's, not this command's
        if (GetVariableValue("MyInvocation") is InvocationInfo caller)
        {
            var type = typeof(ErrorRecord).FullName!;
            EngineInternals.Method(type, "SetInvocationInfo").Invoke(error, [caller]);
            EngineInternals.Property(type, "PreserveInvocationInfoOnce").SetValue(error, true);
            error.CategoryInfo.Activity = CategoryActivity.Length > 0 ? CategoryActivity : "Write-Error";
        }

        WriteError(error);
    }

    private ErrorRecord NewError()
    {
        var exception = Exception ?? new Microsoft.PowerShell.Commands.WriteErrorException(Message);
        var id = ErrorId.Length > 0 ? ErrorId : exception.GetType().FullName!;
        var error = new ErrorRecord(exception, id, Category, TargetObject);
        if (Exception is not null && !string.IsNullOrEmpty(Message))
            error.ErrorDetails = new ErrorDetails(Message);
        return error;
    }
}
