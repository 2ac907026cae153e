namespace GravityNet;

/// <summary>How a part of a node's network stands, from best to worst.</summary>
internal enum QuestionStatus
{
    /// <summary>All that was asked is known and right.</summary>
    Ok,

    /// <summary>Something that is needed was not collected.</summary>
    Unknown,

    /// <summary>Something breaks traffic.</summary>
    Fault,
}
