using System.Globalization;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// What made-up records and changed texts are made from: the same at each run of the tests, so that a failure is the change's that brought it. While fuzzing
/// (<c>GRAVITYNET_FUZZ_SECONDS</c>) each run has its own; <c>GRAVITYNET_FUZZ_SEED</c> repeats one that a failure told.
/// </summary>
public static class Seed
{
    private const int Usual = 20260101;

    /// <summary>How long to fuzz each language; null for the short run.</summary>
    public static int? Seconds => Number("GRAVITYNET_FUZZ_SECONDS");

    /// <summary>This run's seed.</summary>
    public static int Now => Number("GRAVITYNET_FUZZ_SEED") ?? (Seconds is null ? Usual : Random.Shared.Next());

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
