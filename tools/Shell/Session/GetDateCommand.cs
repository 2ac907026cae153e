using System.Globalization;
using System.Management.Automation;

namespace GravityNet.Shell;

/// <summary>Get-Date.</summary>
[Cmdlet(VerbsCommon.Get, "Date", DefaultParameterSetName = "DateAndFormat")]
[OutputType(typeof(DateTime), typeof(string))]
public sealed class GetDateCommand : PSCmdlet
{
    /// <summary>The time to show; now when omitted.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LastWriteTime")]
    public DateTime Date { get; set; }

    /// <summary>Seconds since 1970 in UTC.</summary>
    [Parameter]
    [Alias("UnixTime")]
    public long UnixTimeSeconds { get; set; }

    /// <summary>The year.</summary>
    [Parameter]
    [ValidateRange(1, 9999)]
    public int Year { get; set; }

    /// <summary>The month.</summary>
    [Parameter]
    [ValidateRange(1, 12)]
    public int Month { get; set; }

    /// <summary>The day of the month.</summary>
    [Parameter]
    [ValidateRange(1, 31)]
    public int Day { get; set; }

    /// <summary>The hour.</summary>
    [Parameter]
    [ValidateRange(0, 23)]
    public int Hour { get; set; }

    /// <summary>The minute.</summary>
    [Parameter]
    [ValidateRange(0, 59)]
    public int Minute { get; set; }

    /// <summary>The second.</summary>
    [Parameter]
    [ValidateRange(0, 59)]
    public int Second { get; set; }

    /// <summary>The millisecond.</summary>
    [Parameter]
    [ValidateRange(0, 999)]
    public int Millisecond { get; set; }

    /// <summary>A .NET format, or FileDate, FileDateTime and their Universal forms.</summary>
    [Parameter]
    public string Format { get; set; } = "";

    /// <summary>Tells it in UTC.</summary>
    [Parameter]
    public SwitchParameter AsUTC { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var time = Given(nameof(Date)) ? Date
            : Given(nameof(UnixTimeSeconds)) ? DateTimeOffset.FromUnixTimeSeconds(UnixTimeSeconds).LocalDateTime
            : DateTime.Now;
        time = Adjust(time);
        if (AsUTC)
            time = time.ToUniversalTime();
        if (Format.Length == 0)
            WriteObject(time);
        else
            WriteObject(Formatted(time));
    }

    private bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private DateTime Adjust(DateTime time)
    {
        if (Given(nameof(Year)))
            time = time.AddYears(Year - time.Year);
        if (Given(nameof(Month)))
            time = time.AddMonths(Month - time.Month);
        if (Given(nameof(Day)))
            time = time.AddDays(Day - time.Day);
        if (Given(nameof(Hour)))
            time = time.AddHours(Hour - time.Hour);
        if (Given(nameof(Minute)))
            time = time.AddMinutes(Minute - time.Minute);
        if (Given(nameof(Second)))
            time = time.AddSeconds(Second - time.Second);
        // setting the millisecond takes away what is finer
        return Given(nameof(Millisecond)) ? time.AddTicks(Millisecond * TimeSpan.TicksPerMillisecond - time.Ticks % TimeSpan.TicksPerSecond) : time;
    }

    private string Formatted(DateTime time) => Format.ToUpperInvariant() switch
    {
        "FILEDATE" => time.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
        "FILEDATEUNIVERSAL" => time.ToUniversalTime().ToString("yyyyMMddZ", CultureInfo.InvariantCulture),
        "FILEDATETIME" => time.ToString("yyyyMMddTHHmmssffff", CultureInfo.InvariantCulture),
        "FILEDATETIMEUNIVERSAL" => time.ToUniversalTime().ToString("yyyyMMddTHHmmssffffZ", CultureInfo.InvariantCulture),
        _ => time.ToString(Format, CultureInfo.CurrentCulture),
    };
}
