using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GravityNet.Sources;
using GravityNet.Transports.Kubernetes.Config;

namespace GravityNet.Transports.Kubernetes;

/// <summary>
/// A cluster and a user of it: a context of a kubeconfig, or the service account of a pod. The files that it names are read each time, because
/// tokens and certificates are renewed in them.
/// </summary>
internal sealed class KubeLogin
{
    private const string Kubectl = "See whether kubectl works with the same file.";

    private readonly string _origin;
    private readonly ClusterPart _cluster;
    private readonly string _clusterFolder;
    private readonly UserPart _user;
    private readonly string _userFolder;
    private readonly Func<string, string> _read;

    private KubeLogin(
        string origin, string words, (ClusterPart Part, string Folder) cluster, (UserPart Part, string Folder) user, INodeShell? node = null, Func<string, string>? read = null)
    {
        Node = node;
        _origin = origin;
        Words = words;
        (_cluster, _clusterFolder) = cluster;
        (_user, _userFolder) = user;
        _read = read ?? File.ReadAllText;
        Server = ReadUrl(_cluster.Server, "server");
        if (Server.Scheme is not ("https" or "http")) throw Unusable($"its server '{Place}' is neither https nor http");
        Proxy = string.IsNullOrEmpty(_cluster.ProxyUrl) ? null : ReadUrl(_cluster.ProxyUrl, "proxy-url");
        if (_user.AuthProvider is { } provider)
        {
            throw Unusable(
                $"{words} logs in by the auth provider '{provider.Name}', which is not supported",
                "Use its successor: an exec plugin (gke-gcloud-auth-plugin, kubelogin), or a token or a client certificate.");
        }

        if (_user.AsGroups is [_, _, ..] || (_user.AsExtra?.Values.Any(v => v is [_, _, ..]) ?? false))
        {
            // .NET sends the values of one header in one line, which the API reads as one group
            throw Unusable($"{words} acts as several groups at once (as-groups, as-user-extra), which is not supported", "Use a user with one as-groups, or none.");
        }

        if (_user.Exec is { } exec)
        {
            Exec = node is null ? new(exec, this, _userFolder)
                : throw Unusable($"{words} logs in by the exec plugin '{exec.Command}', which is the node's and would run here", "Use kubectl on the node, or a kubeconfig of this machine.");
        }
    }

    /// <summary>Who logs in, for errors: <c>the user 'joe' of the context 'work'</c>.</summary>
    public string Words { get; }

    /// <summary>The API server.</summary>
    public Uri Server { get; }

    /// <summary>The node that the connections start at; null for this machine.</summary>
    public INodeShell? Node { get; }

    /// <summary>The API server for errors: its URL without what may be secret in one, and the node on the way.</summary>
    public string Place => Server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/')
        + (Node is null ? "" : $" through {Node.Node}");

    /// <summary>The proxy to go through; null for that of the environment.</summary>
    public Uri? Proxy { get; }

    /// <summary>Whether the server may show any certificate.</summary>
    public bool SkipTlsVerify => _cluster.SkipTlsVerify;

    /// <summary>The name that the server's certificate is for; null for that of the URL.</summary>
    public string? TlsServerName => string.IsNullOrEmpty(_cluster.TlsServerName) ? null : _cluster.TlsServerName;

    /// <summary>The program that logs in; null for none.</summary>
    public ExecPlugin? Exec { get; }

    /// <summary>User name and password; null for none.</summary>
    public (string Name, string Password)? Password =>
        string.IsNullOrEmpty(_user.UserName) ? null : (_user.UserName, _user.Password ?? "");

    /// <summary>HTTP headers that ask to act as another user ("User impersonation", Kubernetes documentation).</summary>
    public IEnumerable<(string Name, string Value)> Impersonation
    {
        get
        {
            if (!string.IsNullOrEmpty(_user.As)) yield return ("Impersonate-User", _user.As);
            if (!string.IsNullOrEmpty(_user.AsUid)) yield return ("Impersonate-Uid", _user.AsUid);
            foreach (var group in _user.AsGroups ?? []) yield return ("Impersonate-Group", group);
            foreach (var (key, values) in _user.AsExtra ?? [])
            {
                foreach (var value in values) yield return ($"Impersonate-Extra-{Uri.EscapeDataString(key)}", value);
            }
        }
    }

    /// <summary>The files that the login names, with their whole paths, each once.</summary>
    public IEnumerable<string> Files =>
        new[]
        {
            _cluster.AuthorityData is null ? Whole(_cluster.AuthorityFile, _clusterFolder) : null,
            Whole(_user.TokenFile, _userFolder),
            _user.CertificateData is null ? Whole(_user.CertificateFile, _userFolder) : null,
            _user.KeyData is null ? Whole(_user.KeyFile, _userFolder) : null,
        }.OfType<string>().Distinct();

    /// <summary>Takes a context of a kubeconfig.</summary>
    /// <param name="config">The kubeconfig.</param>
    /// <param name="context">The context; null for the current one.</param>
    /// <param name="node">The node that the kubeconfig is of; null for this machine.</param>
    /// <param name="read">Reads a file of the node's.</param>
    /// <exception cref="SourceException">There is no such context, or it cannot be used.</exception>
    public static KubeLogin From(KubeConfig config, string? context, INodeShell? node = null, Func<string, string>? read = null)
    {
        var found = config.Find(context);
        var words = found.UserName.Length == 0 ? $"the context '{found.Context}'" : $"the user '{found.UserName}' of the context '{found.Context}'";
        return new(config.Place, words, (found.Cluster, found.ClusterFolder), (found.User, found.UserFolder), node, read);
    }

    /// <summary>Takes the service account that Kubernetes gives to each pod ("Accessing the Kubernetes API from a Pod", Kubernetes documentation).</summary>
    /// <param name="folder">Where its files are mounted.</param>
    /// <exception cref="SourceException">This process runs in no pod, or its pod has no service account.</exception>
    public static KubeLogin FromPod(string folder)
    {
        var host = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST");
        var port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT");
        var token = Path.Combine(folder, "token");
        var authority = Path.Combine(folder, "ca.crt");
        var missing = string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) ? "the environment variables KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set"
            : !File.Exists(token) ? $"'{token}' is not there"
            : !File.Exists(authority) ? $"'{authority}' is not there"
            : null;
        if (missing is not null)
        {
            throw new SourceException(
                SourceFailure.BadAnswer,
                "-InCluster",
                $"This does not run in a pod with a service account: {missing}.",
                "Run it in a pod that mounts its service account's token, or name a kubeconfig with -KubeConfig.");
        }

        var server = host!.Contains(':', StringComparison.Ordinal) ? $"https://[{host}]:{port}" : $"https://{host}:{port}";
        return new(folder, "the pod's service account", (new() { Server = server, AuthorityFile = authority }, ""), (new() { TokenFile = token }, ""));
    }

    /// <summary>Reads all that can be read before anybody is asked, so that a mistake in the files is told at once.</summary>
    /// <exception cref="SourceException">Something cannot be used.</exception>
    public void Check(Action<string> onWarning)
    {
        Authorities();
        if (Exec is null) Certificates(Read());
        if (SkipTlsVerify && Server.Scheme == "https")
        {
            onWarning($"{_origin} says insecure-skip-tls-verify: the certificate of the Kubernetes API at {Place} is not checked, and whoever is on the way there can take the login and forge the answers.");
        }
    }

    /// <summary>The authorities that the server's certificate is checked against; null for those that the machine trusts.</summary>
    /// <exception cref="SourceException">They cannot be read.</exception>
    public X509Certificate2Collection? Authorities()
    {
        if (Text(_cluster.AuthorityData, _cluster.AuthorityFile, _clusterFolder, "certificate-authority") is not { } pem) return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException failure)
        {
            throw Unusable($"its certificate-authority is not what it should be ({failure.Message.TrimEnd('.')})", Kubectl, failure);
        }

        return authorities.Count > 0 ? authorities : throw Unusable("its certificate-authority holds no certificate");
    }

    /// <summary>Reads what the files say of the login. A token file goes before a token, and data before a file, as in kubectl.</summary>
    /// <exception cref="SourceException">A file cannot be read.</exception>
    public KubeCredential Read() => new(
        (Text(null, _user.TokenFile, _userFolder, "tokenFile") ?? (string.IsNullOrEmpty(_user.Token) ? null : _user.Token))?.Trim(),
        Text(_user.CertificateData, _user.CertificateFile, _userFolder, "client-certificate"),
        Text(_user.KeyData, _user.KeyFile, _userFolder, "client-key"));

    /// <summary>Reads a login's certificates, and says what is wrong with them.</summary>
    /// <exception cref="SourceException">They cannot be used.</exception>
    public X509Certificate2Collection Certificates(KubeCredential credential)
    {
        try
        {
            return credential.Certificates();
        }
        catch (CryptographicException failure)
        {
            throw Unusable($"the client certificate of {Words} is not what it should be ({failure.Message.TrimEnd('.')})", Kubectl, failure);
        }
    }

    /// <summary>Says that the kubeconfig cannot be used.</summary>
    public SourceException Unusable(string why, string remedy = Kubectl, Exception? inner = null) => KubeConfig.Unusable(_origin, why, remedy, inner);

    /// <summary>The cluster as an exec plugin is told of it ("ExecCredential", client.authentication.k8s.io).</summary>
    public Dictionary<string, object> Describe()
    {
        var cluster = new Dictionary<string, object> { ["server"] = _cluster.Server! };
        if (TlsServerName is { } name) cluster["tls-server-name"] = name;
        if (SkipTlsVerify) cluster["insecure-skip-tls-verify"] = true;
        if (Text(_cluster.AuthorityData, _cluster.AuthorityFile, _clusterFolder, "certificate-authority") is { } pem)
            cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
        if (!string.IsNullOrEmpty(_cluster.ProxyUrl)) cluster["proxy-url"] = _cluster.ProxyUrl;
        return cluster;
    }

    private Uri ReadUrl(string? text, string field) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0 ? url : throw Unusable($"its {field} is no URL");

    private string? Text(string? data, string? file, string folder, string field)
    {
        if (!string.IsNullOrEmpty(data))
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException failure)
            {
                throw Unusable($"its {field}-data is not base64", Kubectl, failure);
            }
        }

        if (Whole(file, folder) is not { } path) return null;
        try
        {
            return _read(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"its {field} cannot be read: {failure.Message.TrimEnd('.')}", Kubectl, failure);
        }
    }

    // a node's paths are POSIX paths wherever this runs
    private string? Whole(string? file, string folder) =>
        string.IsNullOrEmpty(file) ? null : Node is null ? Path.Combine(folder, file) : file[0] == '/' ? file : $"{folder}/{file}";
}
