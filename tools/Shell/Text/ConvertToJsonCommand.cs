using System.Management.Automation;
using Newtonsoft.Json;

namespace GravityNet.Shell;

/// <summary>ConvertTo-Json.</summary>
[Cmdlet(VerbsData.ConvertTo, "Json")]
[OutputType(typeof(string))]
public sealed class ConvertToJsonCommand : PSCmdlet, IDisposable
{
    private readonly List<object?> _input = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>What to write; several objects make a list.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <summary>Levels of nested objects.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int Depth { get; set; } = 2;

    /// <summary>One line.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <summary>Words instead of numbers for enums.</summary>
    [Parameter]
    public SwitchParameter EnumsAsStrings { get; set; }

    /// <summary>A list even for one object.</summary>
    [Parameter]
    public SwitchParameter AsArray { get; set; }

    /// <summary>Which characters are written as escapes.</summary>
    [Parameter]
    public StringEscapeHandling EscapeHandling { get; set; } = StringEscapeHandling.Default;

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <inheritdoc/>
    protected override void ProcessRecord() => _input.Add(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_input.Count == 0)
            return;
        var value = _input.Count > 1 || AsArray ? _input.ToArray() : _input[0];
        try
        {
            WriteObject(new JsonWriter(Depth, WriteWarning, _stop.Token).Write(value, Compress, EnumsAsStrings, EscapeHandling));
        }
        catch (InvalidOperationException wrong)
        {
            ThrowTerminatingError(new ErrorRecord(wrong, "NonStringKeyInDictionary", ErrorCategory.InvalidOperation, value));
        }
        catch (OperationCanceledException)
        {
            // stopped: nothing to say
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();
}
