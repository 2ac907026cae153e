// scripts and views know the types by the names that PowerShell's own modules give them
namespace Microsoft.PowerShell.Commands;

/// <summary>The lines around one that Select-String found.</summary>
public sealed class MatchInfoContext
{
    /// <summary>The lines before it.</summary>
    public string[] PreContext { get; internal set; } = [];

    /// <summary>The lines behind it.</summary>
    public string[] PostContext { get; internal set; } = [];

    /// <summary>The lines before it that no earlier find shows already.</summary>
    public string[] DisplayPreContext { get; internal set; } = [];

    /// <summary>The lines behind it up to the next find.</summary>
    public string[] DisplayPostContext { get; internal set; } = [];
}
