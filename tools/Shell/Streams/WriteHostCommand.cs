using System.Collections;
using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Write-Host: text on the host, and in the information stream.</summary>
[Cmdlet(VerbsCommunications.Write, "Host")]
public sealed class WriteHostCommand : PSCmdlet
{
    /// <summary>What to write.</summary>
    [Parameter(Position = 0, ValueFromRemainingArguments = true, ValueFromPipeline = true)]
    [Alias("Msg", "Message")]
    public object? Object { get; set; }

    /// <summary>Leaves out the line end.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>What stands between the items of a list; a space when omitted.</summary>
    [Parameter]
    public object Separator { get; set; } = " ";

    /// <summary>Colour of the text.</summary>
    [Parameter]
    public ConsoleColor ForegroundColor { get; set; } = (ConsoleColor)(-1);

    /// <summary>Colour behind the text.</summary>
    [Parameter]
    public ConsoleColor BackgroundColor { get; set; } = (ConsoleColor)(-1);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var message = new HostInformationMessage { Message = Text(Object), NoNewLine = NoNewline };
        if (Enum.IsDefined(ForegroundColor) || Enum.IsDefined(BackgroundColor))
        {
            // both, or the engine fills in a black of its own
            message.ForegroundColor = ForegroundColor;
            message.BackgroundColor = BackgroundColor;
        }

        // the engine shows what carries this tag, whatever $InformationPreference says
        WriteInformation(message, ["PSHOST"]);
    }

    private string Text(object? value)
    {
        var bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is string or null or System.Xml.XmlNode || bare is not IEnumerable items)
            return value?.ToString() ?? "";

        var text = new StringBuilder();
        var first = true;
        foreach (var item in items)
        {
            if (!first)
                text.Append(Separator);
            text.Append(Text(item));
            first = false;
        }

        return text.ToString();
    }
}
