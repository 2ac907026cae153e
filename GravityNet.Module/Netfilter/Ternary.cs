namespace GravityNet.Netfilter;

/// <summary>An answer that may not be known: Kleene's three values, in their order of truth.</summary>
internal enum Ternary
{
    /// <summary>Surely not.</summary>
    No,

    /// <summary>Something that decides is not known.</summary>
    Unknown,

    /// <summary>Surely.</summary>
    Yes,
}

/// <summary>Kleene's logic of three values: what is unknown stays so unless the other side decides alone.</summary>
internal static class TernaryLogic
{
    extension(Ternary self)
    {
        /// <summary>Yes where both are.</summary>
        public Ternary And(Ternary other) => self < other ? self : other;

        /// <summary>Yes where one is.</summary>
        public Ternary Or(Ternary other) => self > other ? self : other;

        /// <summary>Yes for No; the unknown stays unknown.</summary>
        public Ternary Not() => Ternary.Yes - (int)self;

        /// <summary>The opposite where a <c>!</c> asks for it.</summary>
        public Ternary NotIf(bool negated) => negated ? Ternary.Yes - (int)self : self;
    }

    /// <summary>The sure answer of a condition; null is unknown.</summary>
    public static Ternary Of(bool? known) => known is not { } sure ? Ternary.Unknown : sure ? Ternary.Yes : Ternary.No;
}
