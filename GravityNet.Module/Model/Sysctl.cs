using System.Globalization;

namespace GravityNet;

/// <summary>
/// A kernel setting, as <c>sysctl</c> prints it (sysctl(8), ip-sysctl of the kernel's documentation), or its file under <c>/proc/sys</c> as <c>grep</c> prints it.
/// </summary>
public sealed record Sysctl
{
    internal const string Files = "/proc/sys/";

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The name as sysctl writes it, where a dot in an interface's name is a slash: <c>net.ipv4.conf.flannel/1.forwarding</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The value; several are separated by tabs.</summary>
    public required string Value { get; init; }

    /// <summary>The value as a number; null where it is none.</summary>
    public long? Number => long.TryParse(Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The line it was read from.</summary>
    public required SourceLine Source { get; init; }

    /// <summary>What stands between key and value. Empty for a file's line.</summary>
    internal string Separator { get; init; } = " = ";

    /// <summary>The line as it was printed.</summary>
    public string Print() => Separator.Length > 0 ? $"{Key}{Separator}{Value}" : $"{Files}{Swap(Key)}:{Value}";

    /// <summary>The setting as sysctl prints it.</summary>
    public override string ToString() => $"{Key} = {Value}";

    /// <summary>A key as a path, or a path as a key: dot and slash change places.</summary>
    internal static string Swap(ReadOnlySpan<char> name) => string.Create(name.Length, name, static (to, from) =>
    {
        for (var i = 0; i < from.Length; i++) to[i] = from[i] switch { '.' => '/', '/' => '.', var c => c };
    });
}
