using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace GravityNet.Shell;

/// <summary>Format-List.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    /// <summary>Creates the cmdlet.</summary>
    public FormatListCommand() => FormattingEngine.Attach(this, "List");
}
