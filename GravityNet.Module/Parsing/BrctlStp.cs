using System.Globalization;
using GravityNet.Text;

namespace GravityNet.Parsing;

/// <summary>
/// Reads <c>brctl showstp BRIDGE</c>: a part for the bridge and one for each port, with a name above and lines of labels and values.
/// </summary>
public static class BrctlStp
{
    /// <summary>Reads the text of a fact.</summary>
    public static Parsed<BridgeStp> Parse(string node, string fact, string text)
    {
        var bridges = new List<BridgeStp>();
        var unread = new List<SourceLine>();
        var lines = new FactLines(node, fact, text);
        var pool = new LinePool();
        Span<char> buffer = stackalloc char[LineReader.BufferSize];
        var ports = new List<BridgeStpPort>();
        var isOpen = false;
        while (lines.Next())
        {
            if (lines.IsBlank) continue;
            var line = new LineReader(lines.Current, buffer, pool);
            if (lines.IsIndented)
            {
                if (!isOpen) unread.Add(lines.Source());
                else if (ports.Count > 0) ports[^1] = PortLine(ports[^1], ref line);
                else bridges[^1] = BridgeLine(bridges[^1], ref line);
                continue;
            }

            line.Next();
            if (isOpen && PortHead(lines.Source(), ref line) is { } port)
            {
                ports.Add(port);
                continue;
            }

            Flush();
            var head = new LineReader(lines.Current, buffer, pool);
            isOpen = head.Next() && head.Rest.IsWhiteSpace();
            if (isOpen) bridges.Add(BridgeHead(node, lines.Source(), ref head));
            else unread.Add(lines.Source());
        }

        Flush();
        return new(bridges, unread);

        void Flush()
        {
            if (ports.Count == 0) return;
            bridges[^1] = bridges[^1] with { Ports = [.. ports] };
            ports.Clear();
        }
    }

    // cni0
    private static BridgeStp BridgeHead(string node, SourceLine source, ref LineReader line)
    {
        var name = line.Text();
        line.Take(BridgeStp.Field.Interface);
        return new() { Node = node, Interface = name, Source = source, Lines = [Ended(ref line)] };
    }

    // veth1 (1)
    private static BridgeStpPort? PortHead(SourceLine source, ref LineReader line)
    {
        var name = line.Text();
        line.Take(BridgeStpPort.Field.Interface);
        if (!line.Next() || line.Current is not ['(', .. var digits, ')'] || !LineReader.IsNumber(digits, out var number) || number > int.MaxValue) return null;
        line.Take(BridgeStpPort.Field.Number);
        return new() { Interface = name, Number = (int)number, Source = source, Lines = [Ended(ref line)] };
    }

    // a label that comes again stays as it is printed
    //  root port		   0			path cost		   0
    private static BridgeStp BridgeLine(BridgeStp bridge, ref LineReader line)
    {
        while (Label(ref line) is { Length: > 0 } label)
        {
            bridge = label switch
            {
                "bridge id" when bridge.Id.Length == 0 => bridge with { Id = Text(ref line, BridgeStp.Field.Id) ?? bridge.Id },
                "designated root" when bridge.DesignatedRoot.Length == 0 => bridge with { DesignatedRoot = Text(ref line, BridgeStp.Field.DesignatedRoot) ?? bridge.DesignatedRoot },
                "root port" when bridge.RootPort is null => bridge with { RootPort = Number(ref line, BridgeStp.Field.RootPort) },
                "path cost" when bridge.PathCost is null => bridge with { PathCost = Number(ref line, BridgeStp.Field.PathCost) },
                "max age" when bridge.MaxAge is null => bridge with { MaxAge = Decimal(ref line, BridgeStp.Field.MaxAge) },
                "bridge max age" when bridge.BridgeMaxAge is null => bridge with { BridgeMaxAge = Decimal(ref line, BridgeStp.Field.BridgeMaxAge) },
                "hello time" when bridge.HelloTime is null => bridge with { HelloTime = Decimal(ref line, BridgeStp.Field.HelloTime) },
                "bridge hello time" when bridge.BridgeHelloTime is null => bridge with { BridgeHelloTime = Decimal(ref line, BridgeStp.Field.BridgeHelloTime) },
                "forward delay" when bridge.ForwardDelay is null => bridge with { ForwardDelay = Decimal(ref line, BridgeStp.Field.ForwardDelay) },
                "bridge forward delay" when bridge.BridgeForwardDelay is null => bridge with { BridgeForwardDelay = Decimal(ref line, BridgeStp.Field.BridgeForwardDelay) },
                "ageing time" when bridge.AgeingTime is null => bridge with { AgeingTime = Decimal(ref line, BridgeStp.Field.AgeingTime) },
                "hello timer" when bridge.HelloTimer is null => bridge with { HelloTimer = Decimal(ref line, BridgeStp.Field.HelloTimer) },
                "tcn timer" when bridge.TcnTimer is null => bridge with { TcnTimer = Decimal(ref line, BridgeStp.Field.TcnTimer) },
                "topology change timer" when bridge.TopologyChangeTimer is null => bridge with { TopologyChangeTimer = Decimal(ref line, BridgeStp.Field.TopologyChangeTimer) },
                "gc timer" when bridge.GcTimer is null => bridge with { GcTimer = Decimal(ref line, BridgeStp.Field.GcTimer) },
                "flags" when bridge.Flags.Count == 0 => bridge with { Flags = Flags(ref line, BridgeStp.Field.Flags) ?? bridge.Flags },
                _ => bridge,
            };
        }

        return bridge with { Lines = [.. bridge.Lines, Ended(ref line)] };
    }

    private static BridgeStpPort PortLine(BridgeStpPort port, ref LineReader line)
    {
        while (Label(ref line) is { Length: > 0 } label)
        {
            port = label switch
            {
                "port id" when port.PortId.Length == 0 => port with { PortId = Text(ref line, BridgeStpPort.Field.PortId) ?? port.PortId },
                "state" when port.State.Length == 0 => port with { State = Text(ref line, BridgeStpPort.Field.State) ?? port.State },
                "designated root" when port.DesignatedRoot.Length == 0 => port with { DesignatedRoot = Text(ref line, BridgeStpPort.Field.DesignatedRoot) ?? port.DesignatedRoot },
                "path cost" when port.PathCost is null => port with { PathCost = Number(ref line, BridgeStpPort.Field.PathCost) },
                "designated bridge" when port.DesignatedBridge.Length == 0 => port with { DesignatedBridge = Text(ref line, BridgeStpPort.Field.DesignatedBridge) ?? port.DesignatedBridge },
                "message age timer" when port.MessageAgeTimer is null => port with { MessageAgeTimer = Decimal(ref line, BridgeStpPort.Field.MessageAgeTimer) },
                "designated port" when port.DesignatedPort.Length == 0 => port with { DesignatedPort = Text(ref line, BridgeStpPort.Field.DesignatedPort) ?? port.DesignatedPort },
                "forward delay timer" when port.ForwardDelayTimer is null => port with { ForwardDelayTimer = Decimal(ref line, BridgeStpPort.Field.ForwardDelayTimer) },
                "designated cost" when port.DesignatedCost is null => port with { DesignatedCost = Number(ref line, BridgeStpPort.Field.DesignatedCost) },
                "hold timer" when port.HoldTimer is null => port with { HoldTimer = Decimal(ref line, BridgeStpPort.Field.HoldTimer) },
                "flags" when port.Flags.Count == 0 => port with { Flags = Flags(ref line, BridgeStpPort.Field.Flags) ?? port.Flags },
                _ => port,
            };
        }

        return port with { Lines = [.. port.Lines, Ended(ref line)] };
    }

    // words with one blank between them are a label; tabs or more blanks part it from its value
    private static string Label(ref LineReader line)
    {
        if (!line.Next()) return "";
        var label = line.Text();
        while (!line.Peek().IsEmpty)
        {
            line.Next();
            label += " " + line.Text();
        }

        return label;
    }

    private static string? Text<TField>(ref LineReader line, TField field) where TField : struct, Enum => line.Next() && line.Take(field) ? line.Text() : null;

    private static int? Number<TField>(ref LineReader line, TField field) where TField : struct, Enum =>
        line.Next() && LineReader.IsNumber(line.Current, out var number) && number <= int.MaxValue && line.Take(field) ? (int)number : null;

    private static decimal? Decimal<TField>(ref LineReader line, TField field) where TField : struct, Enum =>
        line.Next() && decimal.TryParse(line.Current, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && line.Current.SequenceEqual(Printing.Printed(number)) && line.Take(field) ? number : null;

    private static List<string>? Flags<TField>(ref LineReader line, TField field) where TField : struct, Enum
    {
        if (!line.Next() || !line.Take(field)) return null;
        var flags = new List<string> { line.Text() };
        while (line.More() is { } flag) flags.Add(flag);
        return flags;
    }

    private static StpLine Ended(ref LineReader line)
    {
        var (words, form) = line.End();
        return new(form, words);
    }
}
