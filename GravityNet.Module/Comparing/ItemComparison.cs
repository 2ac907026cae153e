namespace GravityNet.Comparing;

/// <summary>Compares two lists of things.</summary>
internal static class ItemComparison
{
    // chains that are this long or shorter are compared line by line
    private const long MostSteps = 4_000_000;

    /// <summary>
    /// What is on one side alone, and what reads otherwise on the other: things of the same key belong together. The order is that of the reference, then what was added.
    /// </summary>
    public static IEnumerable<ClusterDifference> Compare(string kind, string node, IEnumerable<ComparedItem> before, IEnumerable<ComparedItem> after)
    {
        var now = after.ToLookup(i => (i.Namespace, i.Key));
        var was = before.ToLookup(i => (i.Namespace, i.Key));
        foreach (var group in was)
        {
            var (gone, come) = Without(group, now[group.Key]);
            var pairs = Math.Min(gone.Count, come.Count);
            for (var i = 0; i < pairs; i++) yield return Difference(kind, node, gone[i], come[i]);
            foreach (var item in gone.Skip(pairs)) yield return Difference(kind, node, item, null);
            foreach (var item in come.Skip(pairs)) yield return Difference(kind, node, null, item);
        }

        foreach (var item in now.Where(g => !was.Contains(g.Key)).SelectMany(g => g)) yield return Difference(kind, node, null, item);
    }

    /// <summary>
    /// The same for things whose order counts, such as the rules of a chain: a thing that stands elsewhere among the others is changed, and its place is told.
    /// </summary>
    public static IEnumerable<ClusterDifference> CompareInOrder(string kind, string node, IReadOnlyList<ComparedItem> before, IReadOnlyList<ComparedItem> after)
    {
        var (start, end) = (0, 0);
        while (start < before.Count && start < after.Count && before[start].Text == after[start].Text) start++;
        while (end < before.Count - start && end < after.Count - start && before[^(end + 1)].Text == after[^(end + 1)].Text) end++;
        var (gone, come) = Unmatched(before.Skip(start).Take(before.Count - start - end).ToList(), after.Skip(start).Take(after.Count - start - end).ToList());

        foreach (var item in gone)
        {
            var moved = come.Find(c => c.Text == item.Text);
            if (moved is null)
            {
                yield return Difference(kind, node, item, null);
                continue;
            }

            come.Remove(moved);
            yield return Difference(kind, node, item with { Text = $"{Place(before, item)}: {item.Text}" }, moved with { Text = $"{Place(after, moved)}: {moved.Text}" });
        }

        foreach (var item in come) yield return Difference(kind, node, null, item);
    }

    private static int Place(IReadOnlyList<ComparedItem> items, ComparedItem item)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (ReferenceEquals(items[i], item)) return i + 1;
        }

        return 0;
    }

    private static ClusterDifference Difference(string kind, string node, ComparedItem? was, ComparedItem? now) => new()
    {
        Kind = kind,
        Change = was is null ? "Added" : now is null ? "Removed" : "Changed",
        Node = node,
        Namespace = (was ?? now)!.Namespace,
        Object = (was ?? now)!.Key,
        Before = was?.Text ?? "",
        After = now?.Text ?? "",
        Evidence = [.. new[] { was?.Source is { } old ? $"- {old}" : "", now?.Source is { } line ? $"+ {line}" : "" }.Where(e => e.Length > 0)],
    };

    // both lists without what is in both, as often as it is
    private static (List<ComparedItem> Gone, List<ComparedItem> Come) Without(IEnumerable<ComparedItem> before, IEnumerable<ComparedItem> after)
    {
        var come = after.ToList();
        var gone = new List<ComparedItem>();
        foreach (var item in before)
        {
            var same = come.FindIndex(c => c.Text == item.Text);
            if (same >= 0) come.RemoveAt(same);
            else gone.Add(item);
        }

        return (gone, come);
    }

    // what a longest common subsequence leaves
    private static (List<ComparedItem> Gone, List<ComparedItem> Come) Unmatched(List<ComparedItem> before, List<ComparedItem> after)
    {
        if (before.Count == 0 || after.Count == 0) return (before, after);
        if ((long)before.Count * after.Count > MostSteps) return Unordered(before, after);
        var lengths = new int[before.Count + 1, after.Count + 1];
        for (var i = before.Count - 1; i >= 0; i--)
        {
            for (var j = after.Count - 1; j >= 0; j--)
                lengths[i, j] = before[i].Text == after[j].Text ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }

        var (gone, come) = (new List<ComparedItem>(), new List<ComparedItem>());
        var (a, b) = (0, 0);
        while (a < before.Count || b < after.Count)
        {
            if (a < before.Count && b < after.Count && before[a].Text == after[b].Text) (a, b) = (a + 1, b + 1);
            else if (b == after.Count || (a < before.Count && lengths[a + 1, b] >= lengths[a, b + 1])) gone.Add(before[a++]);
            else come.Add(after[b++]);
        }

        return (gone, come);
    }

    private static (List<ComparedItem> Gone, List<ComparedItem> Come) Unordered(List<ComparedItem> before, List<ComparedItem> after)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in after) counts[item.Text] = counts.GetValueOrDefault(item.Text) + 1;
        var gone = before.FindAll(i => !Take(counts, i));
        counts.Clear();
        foreach (var item in before) counts[item.Text] = counts.GetValueOrDefault(item.Text) + 1;
        return (gone, after.FindAll(i => !Take(counts, i)));

        static bool Take(Dictionary<string, int> counts, ComparedItem item)
        {
            if (counts.GetValueOrDefault(item.Text) == 0) return false;
            counts[item.Text]--;
            return true;
        }
    }
}
