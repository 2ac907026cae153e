namespace GravityNet.Netfilter;

/// <summary>Bits of a number of which some may not be known: a packet's mark, TCP's flags.</summary>
/// <param name="Value">The bits that are known; 0 where they are not.</param>
/// <param name="Known">A mask of the known bits.</param>
internal readonly record struct KnownBits(uint Value, uint Known)
{
    /// <summary>Nothing is known.</summary>
    public static KnownBits Unknown => default;

    /// <summary>All bits are known.</summary>
    public static KnownBits Of(uint value) => new(value, uint.MaxValue);

    /// <summary>Whether the bits under a mask are the value: <c>(mark &amp; mask) == value</c> (xt_mark.c).</summary>
    public Ternary Is(uint value, uint mask) =>
        (value & ~mask) != 0 || ((Value ^ value) & mask & Known) != 0 ? Ternary.No : (mask & ~Known) == 0 ? Ternary.Yes : Ternary.Unknown;

    /// <summary>Clears the bits under a mask, then flips those of the value: what <c>--set-xmark VALUE/MASK</c> does, and all other ways to set a mark.</summary>
    public KnownBits SetXmark(uint value, uint mask)
    {
        var known = Known | mask;
        return new(((Value & ~mask) ^ value) & known, known);
    }

    /// <summary>Clears the bits under a mask and flips those of other bits: <c>(own &amp; ~mask) ^ (other &amp; otherMask)</c>.</summary>
    public KnownBits Take(KnownBits other, uint mask, uint otherMask)
    {
        var known = (Known | mask) & (other.Known | ~otherMask);
        return new(((Value & ~mask) ^ (other.Value & otherMask)) & known, known);
    }

    /// <summary><c>0x4000</c>, with <c>/MASK</c> where not all bits are known, <c>?</c> where none is.</summary>
    public override string ToString() => Known == 0 ? "?" : Known == uint.MaxValue ? $"0x{Value:x}" : $"0x{Value:x}/0x{Known:x}";
}
