using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Get-ChildItem.</summary>
[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Path")]
public sealed class GetChildItemCommand : ItemCommand
{
    private List<WildcardPattern> _include = [];
    private List<WildcardPattern> _exclude = [];
    private WildcardPattern? _filter;

    /// <summary>A wildcard that names must match.</summary>
    [Parameter(Position = 1)]
    public string Filter { get; set; } = "";

    /// <summary>Wildcards of which one must match.</summary>
    [Parameter]
    public string[] Include { get; set; } = [];

    /// <summary>Wildcards of which none may match.</summary>
    [Parameter]
    public string[] Exclude { get; set; } = [];

    /// <summary>Descends into containers.</summary>
    [Parameter]
    [Alias("s", "r")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Levels to descend.</summary>
    [Parameter]
    public uint Depth { get; set; } = uint.MaxValue;

    /// <summary>Includes hidden items.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Names only.</summary>
    [Parameter]
    public SwitchParameter Name { get; set; }

    /// <summary>Folders only.</summary>
    [Parameter]
    [Alias("ad")]
    public SwitchParameter Directory { get; set; }

    /// <summary>Files only.</summary>
    [Parameter]
    [Alias("af")]
    public SwitchParameter File { get; set; }

    /// <summary>Hidden items only.</summary>
    [Parameter]
    [Alias("ah", "h")]
    public SwitchParameter Hidden { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _include = [.. Include.Select(p => WildcardPattern.Get(p, WildcardOptions.IgnoreCase))];
        _exclude = [.. Exclude.Select(p => WildcardPattern.Get(p, WildcardOptions.IgnoreCase))];
        if (Filter.Length > 0)
            _filter = WildcardPattern.Get(Filter, WildcardOptions.IgnoreCase);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var recurse = Recurse || MyInvocation.BoundParameters.ContainsKey(nameof(Depth));
        foreach (var path in Path.Length == 0 ? ["."] : Path)
        {
            ItemErrors.Report(this, path, () =>
            {
                foreach (var item in InvokeProvider.ChildItem.Get([path], recurse, Depth, Force || Hidden, IsLiteral))
                {
                    if (Stopping)
                        return;
                    if (Wanted(item))
                        WriteObject(Name ? NameOf(item, GetUnresolvedProviderPathFromPSPath(path)) : item);
                }
            });
        }
    }

    private static string Leaf(PSObject item) => item.Properties["PSChildName"]?.Value as string ?? item.ToString();

    private static string NameOf(PSObject item, string root)
    {
        // below a folder the name is the path from where the listing started
        if (item.BaseObject is FileSystemInfo file && System.IO.Directory.Exists(root))
            return System.IO.Path.GetRelativePath(root, file.FullName);
        return Leaf(item);
    }

    private bool Wanted(PSObject item)
    {
        var name = Leaf(item);
        if (_filter?.IsMatch(name) == false || _exclude.Any(p => p.IsMatch(name)) || (_include.Count > 0 && !_include.Any(p => p.IsMatch(name))))
            return false;
        var isContainer = item.Properties["PSIsContainer"]?.Value is true;
        if ((Directory && !isContainer) || (File && isContainer))
            return false;
        return !Hidden || (item.BaseObject is FileSystemInfo file && file.Attributes.HasFlag(FileAttributes.Hidden));
    }
}
