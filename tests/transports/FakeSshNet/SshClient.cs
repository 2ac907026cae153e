namespace Renci.SshNet;

/// <summary>A type of the real library's name that can do nothing.</summary>
public static class SshClient
{
    public static string Origin => "fake";
}
