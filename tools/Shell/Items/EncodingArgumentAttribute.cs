using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Takes an encoding by the names that PowerShell's -Encoding knows, by a code page's number or name.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EncodingArgumentAttribute : ArgumentTransformationAttribute
{
    /// <summary>UTF-8 without a byte order mark, PowerShell's default.</summary>
    public static Encoding Default { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            string name => Named(name),
            int page => Encoding.GetEncoding(page),
            _ => inputData,
        };
    }

    private static Encoding Named(string name)
    {
        switch (name.ToUpperInvariant())
        {
            case "UTF8" or "UTF8NOBOM" or "DEFAULT":
                return Default;
            case "UTF8BOM":
                return new UTF8Encoding(encoderShouldEmitUTF8Identifier: true);
            case "ASCII":
                return Encoding.ASCII;
            case "ANSI" or "OEM":
                return Encoding.Latin1;
            case "UNICODE" or "UTF-16" or "STRING":
                return Encoding.Unicode;
            case "BIGENDIANUNICODE":
                return Encoding.BigEndianUnicode;
            case "UTF32":
                return Encoding.UTF32;
            case "BIGENDIANUTF32":
                return new UTF32Encoding(bigEndian: true, byteOrderMark: true);
        }

        try
        {
            return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Encoding.GetEncoding(page) : Encoding.GetEncoding(name);
        }
        catch (ArgumentException unknown)
        {
            throw new ArgumentTransformationMetadataException($"'{name}' is no encoding that this system knows.", unknown);
        }
    }
}
