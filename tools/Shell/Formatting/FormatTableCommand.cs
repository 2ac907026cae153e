using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace GravityNet.Shell;

/// <summary>Format-Table. The engine's base class does the work; only its inner command must be put in.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    /// <summary>Creates the cmdlet.</summary>
    public FormatTableCommand() => FormattingEngine.Attach(this, "Table");
}
