using System.Management.Automation;
using System.Reflection;
using System.Text.Json;
using Xunit;

namespace GravityNet.ModuleTests.Views;

/// <summary>Addresses, MACs and lists of output types are values in PowerShell, and plain text in JSON.</summary>
public sealed class ValuePropertyTests
{
    private static readonly string[] AddressEnds = ["Address", "Gateway", "IP", "Network", "Subnet"];
    private static readonly string[] AddressNames = ["Destination", "Local", "OuterDestination", "OuterSource", "PreferredSource", "Source"];

    [Fact]
    public void The_types_file_gives_every_address_and_list_of_every_output_type_its_value()
    {
        using var shell = new ModuleShell();
        var text = new List<string>
        {
            """
            <?xml version="1.0" encoding="utf-8"?>
            <!-- Written by the module's tests under GRAVITYNET_RENEW=1: do not edit. -->
            <Types>

            """,
        };
        foreach (var value in new[] { "MacAddress", "NetAddress" })
        {
            text.Add($"  <Type>\n    <Name>GravityNet.{value}</Name>\n    <Members>\n      <MemberSet>\n        <Name>PSStandardMembers</Name>\n        <Members>\n");
            text.Add("          <NoteProperty><Name>SerializationMethod</Name><Value>String</Value></NoteProperty>\n        </Members>\n      </MemberSet>\n    </Members>\n  </Type>\n");
        }

        foreach (var properties in ValuesOf(shell).GroupBy(p => p.ReflectedType!))
        {
            text.Add($"  <Type>\n    <Name>{properties.Key.FullName}</Name>\n    <Members>\n");
            foreach (var property in properties)
                text.Add($"      <CodeProperty><Name>{property.Name}</Name><GetCodeReference><TypeName>GravityNet.Cmdlets.ValueProperties</TypeName><MethodName>{property.Name}</MethodName></GetCodeReference></CodeProperty>\n");
            text.Add("    </Members>\n  </Type>\n");
        }

        Renewal.Check(string.Concat(text) + "</Types>\n", "GravityNet.Cmdlets", "Views", "GravityNet.types.ps1xml");
    }

    [Fact]
    public void There_is_a_method_for_each_name_in_the_types_file()
    {
        using var shell = new ModuleShell();
        var text = new List<string>
        {
            """
            using System.Management.Automation;

            namespace GravityNet.Cmdlets;

            // Written by the module's tests under GRAVITYNET_RENEW=1: do not edit.
            #pragma warning disable CS1591 // each is the property of that name
            public static partial class ValueProperties
            {

            """,
        };
        foreach (var properties in ValuesOf(shell).GroupBy(p => p.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var name = properties.Key;
            var kinds = properties.Select(KindOf).Distinct().ToList();
            // one name of two kinds: the items are what they are
            var kind = kinds.Count == 1 ? kinds[0] : kinds.TrueForAll(k => k.StartsWith("List", StringComparison.Ordinal)) ? "ListOf<object>" : throw new InvalidOperationException($"{name} is {string.Join(" and ", kinds)}.");
            var type = kind.StartsWith("List", StringComparison.Ordinal) ? kind.Replace("ListOf", "JoinedList", StringComparison.Ordinal) : "object";
            if (text.Count > 1) text.Add("\n");
            text.Add($"    public static {type}? {name}(PSObject instance) => {kind}(instance, nameof({name}));\n");
        }

        Renewal.Check(string.Concat(text) + "}\n", "GravityNet.Cmdlets", "Views", "ValueProperties.Names.cs");
    }

    [Fact]
    public void No_address_of_a_recording_is_left_as_text()
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing");
        var found = 0;
        foreach (var value in Everything(shell))
        {
            foreach (var property in OutputTypes.PropertiesOf(value.BaseObject.GetType()).Where(p => p.PropertyType == typeof(string)))
            {
                if (property.GetValue(value.BaseObject) is not string { Length: > 0 } text || text == "default" || !IsAddress(shell, text)) continue;
                found++;
                var shown = value.Properties[property.Name].Value;
                // where a text may be many things, it stays one
                if (property is { DeclaringType.Name: "ReachabilityResult", Name: "To" }) continue;
                Assert.True(shown is not string, $"{property.DeclaringType!.Name}.{property.Name} is the text {text}");
                Assert.Equal(text, shown.ToString());
            }
        }

        Assert.True(found > 50, $"{found} addresses");
    }

    [Fact]
    public void Words_of_closed_sets_are_words_in_json()
    {
        using var shell = new ModuleShell();
        foreach (var type in OutputTypes.WithNested(shell))
        {
            Assert.DoesNotContain(OutputTypes.PropertiesOf(type), p => (Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType).IsEnum);
        }
    }

    [Fact]
    public void Each_object_fits_in_json_of_depth_2()
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing");
        foreach (var value in Everything(shell))
        {
            var json = shell.Run("ConvertTo-Json $args[0] -Depth 2", value).Single().ToString();
            using var document = JsonDocument.Parse(json);
            Assert.True(shell.Streams.Warning.Count == 0, $"{value.BaseObject.GetType().Name}: {string.Join(' ', shell.Streams.Warning)}");
            foreach (var property in OutputTypes.PropertiesOf(value.BaseObject.GetType()).Where(IsText))
                Assert.Equal(property.GetValue(value.BaseObject), document.RootElement.GetProperty(property.Name).GetString());
        }
    }

    [Fact]
    public void No_list_is_written_into_csv_as_the_name_of_its_type()
    {
        using var shell = ModuleShell.OnRecording("b-fdb-missing");
        foreach (var value in Everything(shell))
        {
            var csv = string.Join('\n', shell.Lines("ConvertTo-Csv -InputObject $args[0]", value));
            Assert.DoesNotContain("System.", csv, StringComparison.Ordinal);
            Assert.DoesNotContain("`1", csv, StringComparison.Ordinal);
            Assert.DoesNotContain(" { ", csv, StringComparison.Ordinal);
        }
    }

    /// <summary>What each question gives on a recording.</summary>
    private static IEnumerable<PSObject> Everything(ModuleShell shell) => shell.Run("""
        Get-GravityCluster
        Get-OverlayLease
        Get-OverlayLease -Config
        $rows = Get-VxlanFdb
        $rows
        $rows.Fdb
        $rows.Neighbor
        $rows.Route
        $bridges = Get-NodeBridge
        $bridges
        $bridges.Ports
        $bridges.Macs
        $bridges.Neighbors
        $chains = Get-ServiceNatChain kube-dns node-1
        $chains
        $chains.Rules
        $chains.Endpoints
        Get-ServiceNatChain -AllNodes
        Get-NodeForwarding
        $pods = Get-PodNetwork
        $pods
        Get-NodeRoute
        Get-NodeRoute -To 10.244.65.4, 10.244.19.1, 10.100.214.177, fd00::1
        Get-NodeRoute -To 10.244.65.4 -From 10.244.19.2 -InputInterface cni0
        Test-PodReachability node-1
        Invoke-NodeCapture node-1
        Get-NodeForwarding node-1
        Get-PodNetwork -Node node-1
        Get-NodeRoute node-1
        Get-NodeRoute node-1 -To 10.244.65.2
        """).Where(o => o is not null);

    private static bool IsAddress(ModuleShell shell, string text) =>
        ReadBy(shell, "NetAddress", text) || ReadBy(shell, "MacAddress", text);

    private static bool ReadBy(ModuleShell shell, string type, string text)
    {
        var read = Type(shell, type).GetMethod("TryParse")!;
        return (bool)read.Invoke(null, [text, null])!;
    }

    private static Type Type(ModuleShell shell, string name) => ((Assembly)shell.Run("[GravityNet.NetAddress].Assembly").Single().BaseObject).GetType($"GravityNet.{name}", throwOnError: true)!;

    private static IEnumerable<PropertyInfo> ValuesOf(ModuleShell shell) =>
        OutputTypes.WithNested(shell).SelectMany(t => OutputTypes.PropertiesOf(t).Where(p => IsText(p) || OutputTypes.ElementOf(p.PropertyType) is not null).OrderBy(p => p.Name, StringComparer.Ordinal));

    /// <summary>Whether a property has the text of an address or MAC.</summary>
    private static bool IsText(PropertyInfo property) =>
        property.PropertyType == typeof(string) && (IsMac(property) || AddressNames.Contains(property.Name) || Array.Exists(AddressEnds, e => property.Name.EndsWith(e, StringComparison.Ordinal)));

    private static bool IsMac(PropertyInfo property) => property.Name.EndsWith("mac", StringComparison.OrdinalIgnoreCase);

    private static string KindOf(PropertyInfo property) => OutputTypes.ElementOf(OutputTypes.TypedOf(property)) switch
    {
        null => IsMac(property) ? "MacOf" : "AddressOf",
        var element when element == typeof(string) => "ListOf<string>",
        { IsPrimitive: true } => "ListOf<object>",
        var element => $"ListOf<{element.Name}>",
    };
}
