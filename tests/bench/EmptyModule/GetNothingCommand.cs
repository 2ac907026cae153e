using System.Management.Automation;

namespace GravityNet.EmptyModule;

/// <summary>The one command of a binary module that does nothing: what importing any module costs.</summary>
[Cmdlet(VerbsCommon.Get, "Nothing")]
public sealed class GetNothingCommand : PSCmdlet;
