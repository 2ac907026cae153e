using System.Runtime.InteropServices;

namespace GravityNet.Text;

/// <summary>
/// Lets equal words of a text share one object. It forgets: a word that comes again much later is made anew, so that a large text of distinct words costs no table of them.
/// </summary>
/// <typeparam name="T">What a word becomes.</typeparam>
/// <param name="size">How many it remembers at most: a power of two.</param>
/// <param name="make">Makes the object of a word.</param>
/// <param name="isOf">Whether an object is that of a word.</param>
internal sealed class WordCache<T>(int size, WordCache<T>.Maker make, WordCache<T>.Comparer isOf) where T : class
{
    private readonly T?[] _slots = new T?[size];

    internal delegate T Maker(ReadOnlySpan<char> word);

    internal delegate bool Comparer(T known, ReadOnlySpan<char> word);

    /// <summary>The object of a word.</summary>
    public T Get(ReadOnlySpan<char> word)
    {
        ref var slot = ref _slots[Hash(word) & (uint)(_slots.Length - 1)];
        return slot is { } known && isOf(known, word) ? known : slot = make(word);
    }

    // Nobody gains by words that fall together: each then only takes the other's place.
    private static uint Hash(ReadOnlySpan<char> word)
    {
        var hash = (ulong)word.Length;
        foreach (var four in MemoryMarshal.Cast<char, ulong>(word)) hash = (hash ^ four) * 0x9E3779B97F4A7C15;
        for (var i = word.Length & ~3; i < word.Length; i++) hash = (hash ^ word[i]) * 0x9E3779B97F4A7C15;
        return (uint)(hash >> 32);
    }
}
