using System.Diagnostics;
using Xunit;

namespace GravityNet.UnitTests.Text;

/// <summary>
/// Changed text crashes nothing, hangs nothing, and loses no line. A short run each time; for longer ones <c>GRAVITYNET_FUZZ_SECONDS</c>
/// gives each language its time. A failure tells the seed, and <c>GRAVITYNET_FUZZ_SEED</c> makes the same run again.
/// </summary>
public sealed class FuzzTests
{
    private const int ShortRun = 150;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Facts => [.. Languages.Facts];

    [Theory]
    [MemberData(nameof(Facts))]
    public void No_text_crashes_hangs_or_loses_a_line(string fact)
    {
        var language = Languages.Get(fact);
        var texts = Languages.TextsOf(fact).Select(t => t.Text).ToList();
        var seed = Seed.Now;
        var seconds = Seed.Seconds;
        var clock = Stopwatch.StartNew();
        for (var run = 0; seconds is null ? run < ShortRun : clock.Elapsed.TotalSeconds < seconds; run++)
        {
            var mutant = new Mutant(seed + run).Of(texts);
            var one = Stopwatch.StartNew();
            try
            {
                language.Holds(mutant);
            }
            catch (Exception e)
            {
                Assert.Fail($"{fact}, GRAVITYNET_FUZZ_SEED={seed + run}: {e.GetType().Name}: {e.Message}\n{e.StackTrace}");
            }

            Assert.True(one.Elapsed < Patience, $"{fact}, GRAVITYNET_FUZZ_SEED={seed + run}: {mutant.Length} characters took {one.Elapsed}");
        }
    }
}
