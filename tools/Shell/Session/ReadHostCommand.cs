using System.Management.Automation;
using System.Net;

namespace GravityNet.Shell;

/// <summary>Read-Host.</summary>
[Cmdlet(VerbsCommunications.Read, "Host", DefaultParameterSetName = "AsString")]
public sealed class ReadHostCommand : PSCmdlet
{
    /// <summary>What is asked.</summary>
    [Parameter(Position = 0, ValueFromRemainingArguments = true)]
    [AllowNull]
    public object? Prompt { get; set; }

    /// <summary>Hides what is typed and returns a secure string.</summary>
    [Parameter(ParameterSetName = "AsSecureString")]
    public SwitchParameter AsSecureString { get; set; }

    /// <summary>Hides what is typed.</summary>
    [Parameter(ParameterSetName = "AsString")]
    public SwitchParameter MaskInput { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Prompt is not null)
            Host.UI.Write($"{LanguagePrimitives.ConvertTo(Prompt, typeof(string), Host.CurrentCulture)}: ");
        if (!AsSecureString && !MaskInput)
        {
            WriteObject(Host.UI.ReadLine());
            return;
        }

        var secret = Host.UI.ReadLineAsSecureString();
        WriteObject(AsSecureString ? secret : new NetworkCredential("", secret).Password);
    }
}
