using System.Diagnostics;

namespace GravityNet.Labs.Running;

/// <summary>Bounded waiting.</summary>
internal static class Wait
{
    /// <summary>Asks again and again until the answer is not null.</summary>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="limit">How long.</param>
    /// <param name="ask">The question.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LabException">The time is over.</exception>
    public static async Task<T> ForAsync<T>(string what, TimeSpan limit, Func<Task<T?>> ask, CancellationToken cancellationToken)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (clock.Elapsed > limit)
                throw new LabException($"{what}: not within {limit.TotalSeconds:0.#} s");
            await Task.Delay(30, cancellationToken);
        }
    }
}
