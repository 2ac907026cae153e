using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.PowerShell.Commands;

namespace GravityNet.Shell;

/// <summary>Select-String: the lines of files, or of what comes in, that a pattern matches.</summary>
[Cmdlet(VerbsCommon.Select, "String", DefaultParameterSetName = "File")]
[OutputType(typeof(MatchInfo), typeof(bool), typeof(string))]
public sealed class SelectStringCommand : PSCmdlet
{
    private readonly List<string> _piped = [];
    private List<Regex> _regexes = [];
    private CompareInfo _texts = CultureInfo.CurrentCulture.CompareInfo;
    private bool _done;

    /// <summary>The patterns: regular expressions, or texts with -SimpleMatch. One must match.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string[] Pattern { get; set; } = [];

    /// <summary>The files; wildcards work.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = "File")]
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, ParameterSetName = "FileRaw")]
    public string[] Path { get; set; } = [];

    /// <summary>The files, their names taken as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralFile")]
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralFileRaw")]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>What comes in: texts, or files to look into.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Object")]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "ObjectRaw")]
    [AllowNull]
    [AllowEmptyString]
    public PSObject? InputObject { get; set; }

    /// <summary>Writes the lines alone.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ObjectRaw")]
    [Parameter(Mandatory = true, ParameterSetName = "FileRaw")]
    [Parameter(Mandatory = true, ParameterSetName = "LiteralFileRaw")]
    public SwitchParameter Raw { get; set; }

    /// <summary>Takes the patterns as plain texts.</summary>
    [Parameter]
    public SwitchParameter SimpleMatch { get; set; }

    /// <summary>The culture of plain texts: its name, Ordinal or Invariant.</summary>
    [Parameter]
    public string? Culture { get; set; }

    /// <summary>Tells A from a.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <summary>Tells whether there is any, and no more.</summary>
    [Parameter(ParameterSetName = "Object")]
    [Parameter(ParameterSetName = "File")]
    [Parameter(ParameterSetName = "LiteralFile")]
    public SwitchParameter Quiet { get; set; }

    /// <summary>The first of each file.</summary>
    [Parameter]
    public SwitchParameter List { get; set; }

    /// <summary>Leaves out the reverse video.</summary>
    [Parameter]
    public SwitchParameter NoEmphasis { get; set; }

    /// <summary>Wildcards of full paths of which one must match.</summary>
    [Parameter]
    public string[] Include { get; set; } = [];

    /// <summary>Wildcards of full paths of which none may match.</summary>
    [Parameter]
    public string[] Exclude { get; set; } = [];

    /// <summary>The lines that no pattern matches.</summary>
    [Parameter]
    public SwitchParameter NotMatch { get; set; }

    /// <summary>Finds every place of a line, not the first alone.</summary>
    [Parameter]
    public SwitchParameter AllMatches { get; set; }

    /// <summary>The encoding, where a file has no mark; UTF-8 when omitted.</summary>
    [Parameter]
    [EncodingArgument]
    [ValidateNotNullOrEmpty]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Default;

    /// <summary>Lines around each: one number, or those before and those behind.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateCount(1, 2)]
    [ValidateRange(0, int.MaxValue)]
    public int[] Context { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Culture is not null)
            _texts = (Culture.Equals("Invariant", StringComparison.OrdinalIgnoreCase) ? CultureInfo.InvariantCulture : ValueComparer.CultureNamed(Culture)).CompareInfo;
        if (!SimpleMatch)
            _regexes = [.. Pattern.Select(Compile)];
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (_done)
            return;
        if (!ParameterSetName.StartsWith("Object", StringComparison.Ordinal))
        {
            foreach (var path in Path)
                ReadAll(GetResolvedProviderPathFromPSPath(path, out _));
            foreach (var path in LiteralPath)
                ReadAll([GetUnresolvedProviderPathFromPSPath(path)]);
            if (Quiet && !_done)
                WriteObject(false);
        }
        else if (InputObject?.BaseObject is FileInfo file)
        {
            ReadAll([file.FullName]);
        }
        else if (InputObject is not null)
        {
            // lines around one are known when all lines are
            _piped.Add(LanguagePrimitives.ConvertTo<string>(InputObject));
            if (Context.Length == 0)
                Search(_piped, MatchInfo.InputStream, _piped.Count - 1);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Context.Length > 0)
            Search(_piped, MatchInfo.InputStream, 0);
    }

    private void ReadAll(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            if (_done || Stopping)
                return;
            if (!Directory.Exists(file) && (Include.Length == 0 || Matches(Include, file)) && !Matches(Exclude, file))
                ItemErrors.Report(this, file, () => Search(File.ReadAllLines(file, Encoding), file, 0));
        }
    }

    private static bool Matches(string[] wildcards, string file) => wildcards.Any(w => WildcardPattern.Get(w, WildcardOptions.IgnoreCase).IsMatch(file));

    private void Search(IReadOnlyList<string> lines, string path, int start)
    {
        var found = new List<(int At, string Pattern, Match[] Matches)>();
        for (var i = start; i < lines.Count && !Stopping; i++)
        {
            if (Find(lines[i]) is not { } match)
                continue;
            if (Quiet)
            {
                _done = true;
                WriteObject(true);
                return;
            }

            found.Add((i, match.Pattern, match.Matches));
            if (List && path != MatchInfo.InputStream)
                break;
        }

        for (var i = 0; i < found.Count; i++)
        {
            var (at, pattern, matches) = found[i];
            if (Raw)
                WriteObject(lines[at]);
            else
                WriteObject(Found(lines, path, at, pattern, matches, i > 0 ? found[i - 1].At : -1, i + 1 < found.Count ? found[i + 1].At : lines.Count));
        }
    }

    private MatchInfo Found(IReadOnlyList<string> lines, string path, int at, string pattern, Match[] matches, int last, int next) => new()
    {
        IgnoreCase = !CaseSensitive,
        LineNumber = (ulong)at + 1,
        Line = lines[at],
        Path = path,
        Pattern = pattern,
        Matches = matches,
        Emphasised = !NoEmphasis && Host.UI.SupportsVirtualTerminal,
        Context = Context.Length > 0 ? Around(lines, at, last, next) : null,
    };

    // no line is displayed twice: what lies behind one find goes before what lies before the next
    private MatchInfoContext Around(IReadOnlyList<string> lines, int at, int last, int next)
    {
        var (before, after) = (Context[0], Context[^1]);
        var shown = last < 0 ? 0 : Math.Min(last + after, at - 1) + 1;
        return new()
        {
            PreContext = Slice(lines, at - before, at),
            PostContext = Slice(lines, at + 1, (long)at + 1 + after),
            DisplayPreContext = Slice(lines, Math.Max(at - before, shown), at),
            DisplayPostContext = Slice(lines, at + 1, Math.Min((long)at + 1 + after, next)),
        };
    }

    private static string[] Slice(IReadOnlyList<string> lines, int start, long end)
    {
        var from = Math.Max(start, 0);
        return [.. lines.Skip(from).Take((int)Math.Max(Math.Min(end, lines.Count) - from, 0))];
    }

    private (string Pattern, Match[] Matches)? Find(string line)
    {
        (string Pattern, Match[] Matches)? found = null;
        for (var i = 0; i < Pattern.Length && found is null; i++)
        {
            if (SimpleMatch)
            {
                var same = string.Equals(Culture, "Ordinal", StringComparison.OrdinalIgnoreCase)
                    ? line.Contains(Pattern[i], CaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)
                    : _texts.IndexOf(line, Pattern[i], CaseSensitive ? CompareOptions.None : CompareOptions.IgnoreCase) >= 0;
                if (same)
                    found = (Pattern[i], []);
                continue;
            }

            Match[] matches = AllMatches ? [.. _regexes[i].Matches(line).Cast<Match>()] : _regexes[i].Match(line) is { Success: true } first ? [first] : [];
            if (matches.Length > 0)
                found = (Pattern[i], matches);
        }

        return !NotMatch ? found : found is null ? (Pattern[0], []) : null;
    }

    private Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, CaseSensitive ? RegexOptions.None : RegexOptions.IgnoreCase);
        }
        catch (ArgumentException wrong)
        {
            var error = new ArgumentException($"The string {pattern} is not a valid regular expression: {wrong.Message}", wrong);
            ThrowTerminatingError(new ErrorRecord(error, "InvalidRegex", ErrorCategory.InvalidArgument, pattern));
            throw;
        }
    }
}
