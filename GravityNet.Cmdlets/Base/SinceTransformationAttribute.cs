using System.Globalization;
using System.Management.Automation;

namespace GravityNet.Cmdlets;

/// <summary>
/// Takes a point in time as one, or as how long ago it was: the parameter gets a <see cref="DateTimeOffset"/> or a <see cref="TimeSpan"/>. Text may be a date
/// (<c>2020-01-23 17:00</c>), a time span (<c>01:30:00</c>) or a number with its unit (<c>90s</c>, <c>15m</c>, <c>2h</c>, <c>1d</c>).
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SinceTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        TimeSpan span => span.Duration(),
        DateTimeOffset time => time,
        // without a kind it is the clock of whoever asks
        DateTime time => new DateTimeOffset(time),
        // PowerShell reads 90s and 1d without quotes as numbers of these types
        short seconds => TimeSpan.FromSeconds(Math.Abs((int)seconds)),
        decimal days when Math.Abs(days) < 100_000 => TimeSpan.FromDays((double)Math.Abs(days)),
        string text when Span(text) is { } span => span,
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) => time,
        var other => throw new ArgumentTransformationMetadataException($"'{other}' is neither a time nor a time span. Give a date (2020-01-23 17:00), a DateTime, a TimeSpan (01:30:00), or a number with its unit: 90s, 15m, 2h, 1d."),
    };

    private static TimeSpan? Span(string text)
    {
        if (text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 100_000)
        {
            switch (text[^1])
            {
                case 's': return TimeSpan.FromSeconds(number);
                case 'm': return TimeSpan.FromMinutes(number);
                case 'h': return TimeSpan.FromHours(number);
                case 'd': return TimeSpan.FromDays(number);
                default: break;
            }
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span.Duration() : null;
    }
}
