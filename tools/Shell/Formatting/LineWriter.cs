using System.Text;

namespace GravityNet.Shell;

/// <summary>Hands every finished line to a callback.</summary>
internal sealed class LineWriter(Action<string> take) : TextWriter
{
    private readonly StringBuilder _started = new();

    public override Encoding Encoding => Encoding.Unicode;

    public override void Write(char value) => _started.Append(value);

    public override void Write(string? value) => _started.Append(value);

    public override void WriteLine(string? value)
    {
        take(_started.Append(value).ToString());
        _started.Clear();
    }
}
