namespace GravityNet.Labs;

/// <summary>The lab could not do what was asked; the message says what and where.</summary>
public sealed class LabException : Exception
{
    /// <summary>An exception without details.</summary>
    public LabException()
    {
    }

    /// <summary>An exception that says what went wrong.</summary>
    public LabException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what went wrong and what caused it.</summary>
    public LabException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
