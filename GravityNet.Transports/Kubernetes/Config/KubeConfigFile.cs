using YamlDotNet.Serialization;

namespace GravityNet.Transports.Kubernetes.Config;

/// <summary>
/// A kubeconfig file as it is written (kind Config of v1, "kubeconfig (v1)" in the Kubernetes reference); what only kubectl's other commands
/// need is left out.
/// </summary>
internal sealed class KubeConfigFile
{
    [YamlMember(Alias = "current-context")]
    public string? CurrentContext { get; set; }

    [YamlMember(Alias = "clusters")]
    public List<ClusterEntry>? Clusters { get; set; }

    [YamlMember(Alias = "users")]
    public List<UserEntry>? Users { get; set; }

    [YamlMember(Alias = "contexts")]
    public List<ContextEntry>? Contexts { get; set; }

    /// <summary>Reads a file's text; null for an empty one.</summary>
    /// <exception cref="YamlDotNet.Core.YamlException">The text is no YAML, or a value is of another kind.</exception>
    public static KubeConfigFile? Parse(string text) =>
        new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<KubeConfigFile?>(text);
}

/// <summary>A cluster by its name.</summary>
internal sealed class ClusterEntry
{
    [YamlMember(Alias = "name")]
    public string? Name { get; set; }

    [YamlMember(Alias = "cluster")]
    public ClusterPart? Cluster { get; set; }
}

/// <summary>Where an API server is and how it proves itself.</summary>
internal sealed class ClusterPart
{
    [YamlMember(Alias = "server")]
    public string? Server { get; set; }

    [YamlMember(Alias = "tls-server-name")]
    public string? TlsServerName { get; set; }

    [YamlMember(Alias = "insecure-skip-tls-verify")]
    public bool SkipTlsVerify { get; set; }

    [YamlMember(Alias = "certificate-authority")]
    public string? AuthorityFile { get; set; }

    [YamlMember(Alias = "certificate-authority-data")]
    public string? AuthorityData { get; set; }

    [YamlMember(Alias = "proxy-url")]
    public string? ProxyUrl { get; set; }
}

/// <summary>A user by its name.</summary>
internal sealed class UserEntry
{
    [YamlMember(Alias = "name")]
    public string? Name { get; set; }

    [YamlMember(Alias = "user")]
    public UserPart? User { get; set; }
}

/// <summary>As whom to log in, and as whom to act then.</summary>
internal sealed class UserPart
{
    [YamlMember(Alias = "token")]
    public string? Token { get; set; }

    [YamlMember(Alias = "tokenFile")]
    public string? TokenFile { get; set; }

    [YamlMember(Alias = "username")]
    public string? UserName { get; set; }

    [YamlMember(Alias = "password")]
    public string? Password { get; set; }

    [YamlMember(Alias = "client-certificate")]
    public string? CertificateFile { get; set; }

    [YamlMember(Alias = "client-certificate-data")]
    public string? CertificateData { get; set; }

    [YamlMember(Alias = "client-key")]
    public string? KeyFile { get; set; }

    [YamlMember(Alias = "client-key-data")]
    public string? KeyData { get; set; }

    [YamlMember(Alias = "exec")]
    public ExecPart? Exec { get; set; }

    [YamlMember(Alias = "auth-provider")]
    public AuthProviderPart? AuthProvider { get; set; }

    [YamlMember(Alias = "as")]
    public string? As { get; set; }

    [YamlMember(Alias = "as-uid")]
    public string? AsUid { get; set; }

    [YamlMember(Alias = "as-groups")]
    public List<string>? AsGroups { get; set; }

    [YamlMember(Alias = "as-user-extra")]
    public Dictionary<string, List<string>>? AsExtra { get; set; }
}

/// <summary>A program that logs in.</summary>
internal sealed class ExecPart
{
    [YamlMember(Alias = "apiVersion")]
    public string? ApiVersion { get; set; }

    [YamlMember(Alias = "command")]
    public string? Command { get; set; }

    [YamlMember(Alias = "args")]
    public List<string>? Args { get; set; }

    [YamlMember(Alias = "env")]
    public List<EnvironmentEntry>? Env { get; set; }

    [YamlMember(Alias = "installHint")]
    public string? InstallHint { get; set; }

    [YamlMember(Alias = "interactiveMode")]
    public string? InteractiveMode { get; set; }

    [YamlMember(Alias = "provideClusterInfo")]
    public bool ProvideClusterInfo { get; set; }
}

/// <summary>A variable for the program.</summary>
internal sealed class EnvironmentEntry
{
    [YamlMember(Alias = "name")]
    public string? Name { get; set; }

    [YamlMember(Alias = "value")]
    public string? Value { get; set; }
}

/// <summary>A way to log in that was built into kubectl until 1.25; only its name is of interest.</summary>
internal sealed class AuthProviderPart
{
    [YamlMember(Alias = "name")]
    public string? Name { get; set; }
}

/// <summary>A context by its name.</summary>
internal sealed class ContextEntry
{
    [YamlMember(Alias = "name")]
    public string? Name { get; set; }

    [YamlMember(Alias = "context")]
    public ContextPart? Context { get; set; }
}

/// <summary>A cluster and a user of it.</summary>
internal sealed class ContextPart
{
    [YamlMember(Alias = "cluster")]
    public string? Cluster { get; set; }

    [YamlMember(Alias = "user")]
    public string? User { get; set; }
}
