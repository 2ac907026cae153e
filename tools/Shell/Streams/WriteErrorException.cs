// scripts and views know the type by the name that PowerShell's own modules give it
namespace Microsoft.PowerShell.Commands;

/// <summary>What Write-Error reports when it is given a text alone.</summary>
public sealed class WriteErrorException : SystemException
{
    /// <summary>Creates it without a text.</summary>
    public WriteErrorException()
    {
    }

    /// <summary>Creates it.</summary>
    /// <param name="message">The text.</param>
    public WriteErrorException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates it.</summary>
    /// <param name="message">The text.</param>
    /// <param name="innerException">What lies behind it.</param>
    public WriteErrorException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
