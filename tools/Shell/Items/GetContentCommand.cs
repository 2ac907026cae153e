using System.Management.Automation;
using System.Text;

namespace GravityNet.Shell;

/// <summary>Get-Content.</summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
public sealed class GetContentCommand : ItemCommand, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly ManualResetEventSlim _stopped = new();

    /// <summary>Lines from the start; all when omitted.</summary>
    [Parameter]
    [Alias("First", "Head")]
    [ValidateRange(0, long.MaxValue)]
    public long TotalCount { get; set; } = long.MaxValue;

    /// <summary>Lines from the end.</summary>
    [Parameter]
    [Alias("Last")]
    [ValidateRange(0, int.MaxValue)]
    public int Tail { get; set; } = -1;

    /// <summary>The whole file as one string.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>The encoding, where the file has no mark; UTF-8 when omitted.</summary>
    [Parameter]
    [EncodingArgument]
    public Encoding Encoding { get; set; } = EncodingArgumentAttribute.Default;

    /// <summary>The bytes themselves.</summary>
    [Parameter]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>Goes on with what is added to the file, until Ctrl+C.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    public void Dispose() => _stopped.Dispose();

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopped.Set();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Tail >= 0 && TotalCount != long.MaxValue)
        {
            var wrong = new InvalidOperationException("The parameters TotalCount and Tail cannot be used together. Specify only one.");
            ThrowTerminatingError(new ErrorRecord(wrong, "TailAndHeadCannotCoexist", ErrorCategory.InvalidOperation, null));
        }

        foreach (var path in Path.SelectMany(Resolve))
        {
            ItemErrors.Report(this, path, () =>
            {
                var file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
                if (provider.Name == "FileSystem")
                    Read(file);
                else
                    WriteLines(InvokeProvider.Content.GetReader([path], force: false, literalPath: true)[0].Read(-1).Cast<object>());
            });
        }
    }

    private void Read(string file)
    {
        if (System.IO.Directory.Exists(file))
            throw new UnauthorizedAccessException($"Unable to get content because it is a directory: '{file}'.");
        if (AsByteStream)
        {
            var bytes = System.IO.File.ReadAllBytes(file);
            WriteObject(bytes, enumerateCollection: !Raw);
            return;
        }

        // others may go on to write, and to put another file in its place
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding, detectEncodingFromByteOrderMarks: true);
        if (Raw)
            WriteObject(reader.ReadToEnd());
        else
            WriteLines(Lines(reader));
        while (Wait && !_stopped.Wait(Interval))
        {
            // a file that became shorter is a new one
            if (stream.Length < stream.Position)
            {
                stream.Position = 0;
                reader.DiscardBufferedData();
            }

            foreach (var line in Lines(reader))
                WriteObject(line);
        }
    }

    private static IEnumerable<object> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private void WriteLines(IEnumerable<object> lines)
    {
        if (Tail >= 0)
            lines = lines.TakeLast(Tail);
        var left = TotalCount;
        if (left == 0)
            return;
        foreach (var line in lines)
        {
            WriteObject(line);
            if (--left == 0 || Stopping)
                return;
        }
    }
}
