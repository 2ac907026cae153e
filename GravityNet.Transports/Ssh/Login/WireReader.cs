using System.Buffers.Binary;
using System.Text;

namespace GravityNet.Transports.Ssh.Login;

/// <summary>Reads the fields that SSH's messages, keys and agents are made of. Format: RFC 4251, section 5.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    /// <summary>Reads one byte.</summary>
    /// <exception cref="FormatException">The data ends before.</exception>
    public byte Byte() => Take(1)[0];

    /// <summary>Reads a number of four bytes.</summary>
    /// <exception cref="FormatException">The data ends before.</exception>
    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>Reads a string with its length before it, as bytes.</summary>
    /// <exception cref="FormatException">The data ends before.</exception>
    public ReadOnlySpan<byte> Bytes() => UInt32() is var length && length <= _rest.Length ? Take((int)length) : throw Short();

    /// <summary>Reads a string with its length before it, as text.</summary>
    /// <exception cref="FormatException">The data ends before.</exception>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw Short();
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static FormatException Short() => new("the data ends in the middle of a field");
}
