namespace GravityNet.Labs;

/// <summary>Someone who may log in to a node over SSH, with the lab's key or with the password.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Password">The password, which sudo may ask for too; null where only the key will do.</param>
/// <param name="Sudo">What sudo lets the user do.</param>
public sealed record LoginStatus(string User, string? Password, SudoRight Sudo);
