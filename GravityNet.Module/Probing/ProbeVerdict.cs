namespace GravityNet.Probing;

/// <summary>What a probe told, from best to worst. Printed in lower case.</summary>
internal enum ProbeVerdict
{
    /// <summary>Every request was answered.</summary>
    Ok,

    /// <summary>Nothing can be said: the probe could not be sent, or what it gave is not an answer.</summary>
    Unknown,

    /// <summary>Some requests were answered.</summary>
    Partial,

    /// <summary>Somebody on the way, or the target, said no: a reset, a closed port, a firewall's reject.</summary>
    Refused,

    /// <summary>Somebody on the way, or the node itself, said that there is no way to the target.</summary>
    Unreachable,

    /// <summary>Silence.</summary>
    Lost,
}
