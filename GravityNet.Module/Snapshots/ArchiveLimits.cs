namespace GravityNet.Snapshots;

/// <summary>
/// What an archive may hold. A snapshot comes from somebody else: these keep a damaged or hostile one from filling the memory. All are far above what a cluster of a
/// thousand nodes has.
/// </summary>
/// <param name="FileBytes">The most that is read of one file: a rule set of 430,000 lines takes a quarter of it.</param>
/// <param name="TotalBytes">The most that all files together may unpack to.</param>
/// <param name="Entries">The most entries.</param>
/// <param name="NameLength">The longest path of an entry, in characters. Folders, node, pod and fact of a snapshot's longest take some 800.</param>
/// <param name="Depth">The most folders in an entry's path.</param>
/// <param name="Ratio">How many times its packed size an archive may unpack to, once that is more than <see cref="RatioFrom"/>: what tools print packs 30 times at most.</param>
/// <param name="RatioFrom">The unpacked bytes from which the ratio counts.</param>
internal sealed record ArchiveLimits(long FileBytes, long TotalBytes, int Entries, int NameLength, int Depth, int Ratio, long RatioFrom)
{
    private const long MiB = 1L << 20;

    public static ArchiveLimits Default { get; } = new(256 * MiB, 16384 * MiB, 1_000_000, 1024, 16, 100, 64 * MiB);
}
