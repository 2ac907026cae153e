namespace GravityNet.Snapshots;

/// <summary>CRC-32 as zip has it (APPNOTE 4.4.7). The library reads a zip without comparing it, and gives a file as long as the archive says it is.</summary>
internal static class ZipChecksum
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (value, _) => (value & 1) == 0 ? value >> 1 : 0xedb88320 ^ (value >> 1)))];

    /// <summary>The checksum of a file.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var next in bytes) sum = Table[(byte)(sum ^ next)] ^ (sum >> 8);
        return ~sum;
    }
}
