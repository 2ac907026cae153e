using System.Collections.ObjectModel;

namespace GravityNet.Cmdlets;

/// <summary>
/// A list whose text is its items with <c>; </c> between them. PowerShell writes a list's text into a column of CSV, and that of other lists is their type.
/// </summary>
/// <typeparam name="T">What is in it.</typeparam>
/// <param name="items">The items.</param>
public sealed class JoinedList<T>(IList<T> items) : ReadOnlyCollection<T>(items)
{
    /// <summary>The items' texts.</summary>
    public override string ToString() => string.Join("; ", this);
}
