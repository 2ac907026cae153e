using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace GravityNet.Shell;

/// <summary>Format-Custom.</summary>
[Cmdlet(VerbsCommon.Format, "Custom")]
public sealed class FormatCustomCommand : OuterFormatTableAndListBase
{
    private const int DeepestLevel = 5;

    /// <summary>Creates the cmdlet.</summary>
    public FormatCustomCommand() => FormattingEngine.Attach(this, "Complex");

    /// <summary>How many levels of nested objects are shown.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Depth { get; set; } = DeepestLevel;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        FormattingEngine.SetDepth(this, Depth);
    }
}
