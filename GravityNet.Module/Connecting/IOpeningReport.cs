using GravityNet.Sources;

namespace GravityNet.Connecting;

/// <summary>Whom the opening of a cluster tells what happens. Called from any thread.</summary>
internal interface IOpeningReport
{
    /// <summary>A node or a store that is not reached; the others go on.</summary>
    void Error(SourceException problem);

    /// <summary>Something that the user should know before relying on the connection.</summary>
    void Warning(string text);

    /// <summary>A step, for who wants to follow them.</summary>
    void Verbose(string text);

    /// <summary>How far it is.</summary>
    void Progress(string activity, string status, int percent);
}
