using System.Text.Json.Serialization;

namespace GravityNet.Labs;

/// <summary>What sudo lets a user do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SudoRight>))]
public enum SudoRight
{
    /// <summary>Nothing. Root needs nothing from it either.</summary>
    None,

    /// <summary>Everything, without a password.</summary>
    Free,

    /// <summary>Everything, with the user's password.</summary>
    WithPassword,
}
