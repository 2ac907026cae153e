using System.Management.Automation;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace GravityNet.Shell;

/// <summary>ConvertFrom-Json.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>The text, in one piece or by lines.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = "";

    /// <summary>Ordered tables instead of objects.</summary>
    [Parameter]
    public SwitchParameter AsHashtable { get; set; }

    /// <summary>The deepest nesting that is accepted.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Depth { get; set; } = 1024;

    /// <summary>Hands a list down as one object.</summary>
    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _lines.Add(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_lines.Count == 0)
            return;
        // each line may be a document of its own; if the first is not, all of them are one
        if (_lines.Count == 1 || !TryParse(_lines[0], out var first))
        {
            Emit(Parse(string.Join(Environment.NewLine, _lines)));
            return;
        }

        Emit(first);
        foreach (var line in _lines.Skip(1))
            Emit(Parse(line));
    }

    private void Emit(JToken? token)
    {
        if (token is null)
            return;
        WriteObject(Value(token), enumerateCollection: !NoEnumerate && token is JArray);
    }

    private JToken? Parse(string text)
    {
        try
        {
            return Deserialize(text);
        }
        catch (JsonException wrong)
        {
            var error = new ArgumentException($"Conversion from JSON failed with error: {wrong.Message}", wrong);
            ThrowTerminatingError(new ErrorRecord(error, "System.ArgumentException", ErrorCategory.NotSpecified, null));
            return null;
        }
    }

    private bool TryParse(string text, out JToken? token)
    {
        try
        {
            token = Deserialize(text);
            return !string.IsNullOrWhiteSpace(text);
        }
        catch (JsonException)
        {
            token = null;
            return false;
        }
    }

    private JToken? Deserialize(string text)
    {
        var settings = new JsonSerializerSettings
        {
            TypeNameHandling = TypeNameHandling.None,
            MetadataPropertyHandling = MetadataPropertyHandling.Ignore,
            MaxDepth = Depth,
        };
        return JsonConvert.DeserializeObject<JToken>(text, settings);
    }

    private object? Value(JToken token) => token switch
    {
        JArray list => list.Where(t => t.Type != JTokenType.Comment).Select(Value).ToArray(),
        JObject table when AsHashtable => Table(table),
        JObject table => Object(table),
        JValue value => value.Value,
        _ => token.ToString(),
    };

    private OrderedHashtable Table(JObject table)
    {
        var result = new OrderedHashtable();
        foreach (var property in table.Properties())
            result.Add(property.Name, Value(property.Value));
        return result;
    }

    private PSObject Object(JObject table)
    {
        var result = new PSObject();
        foreach (var property in table.Properties())
        {
            if (property.Name.Length == 0)
                Refuse("The provided JSON includes a property whose name is an empty string, this is only supported using the -AsHashTable switch.", "EmptyKeyInJsonString");
            if (result.Properties[property.Name] is { } other)
                Refuse($"Cannot convert the JSON string because it contains keys with different casing: '{other.Name}' and '{property.Name}'. Use the -AsHashTable switch instead.", "KeysWithDifferentCasingInJsonString");
            result.Properties.Add(new PSNoteProperty(property.Name, Value(property.Value)));
        }

        return result;
    }

    private void Refuse(string message, string id) =>
        ThrowTerminatingError(new ErrorRecord(new InvalidOperationException(message), id, ErrorCategory.InvalidOperation, null));
}
