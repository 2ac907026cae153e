using System.Globalization;

namespace GravityNet;

/// <summary>
/// One chain of a table with its rules.
/// </summary>
/// <param name="Table">The table's name.</param>
/// <param name="Name">The chain's name.</param>
public sealed record IptablesChain(string Table, string Name)
{
    private readonly long _packets = -1;
    private readonly long _bytes = -1;

    // its rules' numbers in the table: from _start on where they stand in one piece
    private IptablesTable? _table;
    private List<int>? _numbers;
    private int _start;
    private int _count;

    /// <summary>ACCEPT or DROP for a built-in chain, <c>-</c> for another; empty where the text does not declare the chain.</summary>
    public string Policy { get; init; } = "";

    /// <summary>Packets that the policy met; null where the text does not tell.</summary>
    public long? Packets { get => _packets < 0 ? null : _packets; init => _packets = value ?? -1; }

    /// <summary>Bytes of these packets; null where the text does not tell.</summary>
    public long? Bytes { get => _bytes < 0 ? null : _bytes; init => _bytes = value ?? -1; }

    /// <summary>The rules in order.</summary>
    public IReadOnlyList<IptablesRule> Rules => _table is null ? [] : new RuleRange(_table, _start, _count, _numbers);

    /// <summary>How many rules it has.</summary>
    internal int RuleCount => _count;

    /// <summary>The number in the table of its rule at a place.</summary>
    internal int RuleNumber(int place) => _numbers is null ? _start + place : _numbers[place];

    /// <summary>A rule's line by its place in the chain, without reading the rule.</summary>
    internal ReadOnlySpan<char> TextOf(int place) => _table!.TextOf(RuleNumber(place)).Span;

    internal TextSlice Origin { get; init; }

    /// <summary>The blanks of a line that has others than iptables-save prints (<see cref="BlankForm"/>); null where it has those.</summary>
    internal string? Form { get; init; }

    /// <summary>Adds a rule by its number in the table.</summary>
    internal void Add(IptablesTable table, int number)
    {
        if (_table is null) (_table, _start) = (table, number);
        // other chains' rules stand between
        else if (_numbers is null && _start + _count != number) _numbers = [.. Enumerable.Range(_start, _count)];
        _numbers?.Add(number);
        _count++;
    }

    /// <summary>Takes the rules of the same chain as it stood before.</summary>
    internal void TakeRules(IptablesChain old) => (_table, _numbers, _start, _count) = (old._table, old._numbers, old._start, old._count);

    /// <summary>The declaration as the line that it was read from: <c>:KUBE-SERVICES - [0:0]</c>.</summary>
    public string Print()
    {
        var line = new BlankForm.Writer(Form);
        line.Add($":{Name}");
        line.Add(Policy);
        if (Packets is { } packets) line.Add(string.Create(CultureInfo.InvariantCulture, $"[{packets}:{Bytes ?? 0}]"));
        return line.ToString();
    }

    /// <inheritdoc cref="Print"/>
    public override string ToString() => Print();
}
