using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace GravityNet.Shell;

/// <summary>
/// Puts the engine's inner commands into its public base classes. The bases carry all parameters and behaviour of Format-* and Out-*,
/// and the classes that complete them ship only inside PowerShell itself.
/// </summary>
internal static class FormattingEngine
{
    private const string Namespace = "Microsoft.PowerShell.Commands.Internal.Format.";

    /// <summary>Makes a Format-* cmdlet print in a shape: Table, List, Wide or Complex.</summary>
    public static void Attach(FrontEndCommandBase cmdlet, string shape)
    {
        var value = Enum.Parse(EngineInternals.Type(Namespace + "FormatShape"), shape);
        Implementation.SetValue(cmdlet, EngineInternals.New(Namespace + "InnerFormatShapeCommand", value));
    }

    /// <summary>Limits the nesting of a Complex shape.</summary>
    public static void SetDepth(FrontEndCommandBase cmdlet, int depth)
    {
        var parameters = EngineInternals.Field(Namespace + "InnerFormatShapeCommand", "_parameters").GetValue(Implementation.GetValue(cmdlet))!;
        var complex = EngineInternals.New(Namespace + "ComplexSpecificParameters");
        EngineInternals.Field(Namespace + "ComplexSpecificParameters", "maxDepth").SetValue(complex, depth);
        EngineInternals.Field(Namespace + "FormattingCommandLineParameters", "shapeParameters").SetValue(parameters, complex);
    }

    /// <summary>Makes an Out-* cmdlet write the formatted lines to a writer.</summary>
    public static void Attach(FrontEndCommandBase cmdlet, TextWriter writer, int width, bool noNewLine)
    {
        var inner = EngineInternals.New(Namespace + "OutputManagerInner");
        var lines = EngineInternals.New(Namespace + "TextWriterLineOutput", writer, width, noNewLine);
        EngineInternals.Property(Namespace + "OutputManagerInner", "LineOutput").SetValue(inner, lines);
        Implementation.SetValue(cmdlet, inner);
    }

    private static System.Reflection.FieldInfo Implementation { get; } = EngineInternals.Field(Namespace + "FrontEndCommandBase", "implementation");
}
