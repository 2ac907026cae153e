using GravityNet.Sources;
using YamlDotNet.Core;

namespace GravityNet.Transports.Kubernetes.Config;

/// <summary>
/// kubeconfig files merged into one, with kubectl's rules ("Organizing Cluster Access Using kubeconfig Files", Kubernetes documentation): the
/// first file that names an entry wins, and a relative path is relative to the file that it stands in.
/// </summary>
internal sealed class KubeConfig
{
    private readonly Dictionary<string, (ClusterPart Part, string Folder)> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (UserPart Part, string Folder)> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContextPart> _contexts = new(StringComparer.Ordinal);
    private string? _current;

    private KubeConfig(string place) => Place = place;

    /// <summary>The files, for errors.</summary>
    public string Place { get; }

    /// <summary>Reads the files of this machine that the options name.</summary>
    /// <exception cref="SourceException">A file is missing or is no kubeconfig.</exception>
    public static KubeConfig Load(KubeOptions options)
    {
        var files = Files(options);
        var config = new KubeConfig(string.Join(", ", files));
        foreach (var file in files)
        {
            try
            {
                config.Add(File.ReadAllText(file), file, Path.GetDirectoryName(file) ?? "");
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw Unusable(file, failure.Message.TrimEnd('.'), "Name a file that you may read with -KubeConfig.", failure);
            }
        }

        return config;
    }

    /// <summary>Reads a file's text that came from elsewhere.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">Where it came from, for errors.</param>
    /// <param name="folder">The folder that its relative paths begin at.</param>
    /// <exception cref="SourceException">The text is no kubeconfig.</exception>
    public static KubeConfig Parse(string text, string place, string folder)
    {
        var config = new KubeConfig(place);
        config.Add(text, place, folder);
        return config;
    }

    /// <summary>Finds the cluster and the user of a context.</summary>
    /// <param name="context">The context; null for the current one.</param>
    /// <exception cref="SourceException">There is no such context, cluster or user.</exception>
    public (string Context, ClusterPart Cluster, string ClusterFolder, string UserName, UserPart User, string UserFolder) Find(string? context)
    {
        var name = context ?? _current;
        var others = _contexts.Count == 0 ? "it has no contexts" : $"it has {string.Join(", ", _contexts.Keys.Order(StringComparer.Ordinal).Select(k => $"'{k}'"))}";
        if (string.IsNullOrEmpty(name)) throw Unusable(Place, $"it names no current context; {others}", "Name one of them with -KubeContext.");
        if (!_contexts.TryGetValue(name, out var part)) throw Unusable(Place, $"it has no context '{name}'; {others}", "Name one of them with -KubeContext.");
        if (part.Cluster is null || !_clusters.TryGetValue(part.Cluster, out var cluster))
            throw Unusable(Place, $"the cluster '{part.Cluster}' of its context '{name}' is not in it", "Name another context with -KubeContext, or mend the file.");

        // a context without a user is a login as nobody
        (UserPart Part, string Folder) user = (new UserPart(), "");
        if (!string.IsNullOrEmpty(part.User) && !_users.TryGetValue(part.User, out user))
            throw Unusable(Place, $"the user '{part.User}' of its context '{name}' is not in it", "Name another context with -KubeContext, or mend the file.");
        return (name, cluster.Part, cluster.Folder, part.User ?? "", user.Part, user.Folder);
    }

    /// <summary>Says that a kubeconfig cannot be used.</summary>
    public static SourceException Unusable(string place, string why, string remedy, Exception? inner = null) =>
        new(SourceFailure.BadAnswer, place, $"The kubeconfig '{place}' cannot be used: {why}.", remedy, inner);

    private static IReadOnlyList<string> Files(KubeOptions options)
    {
        const string Remedy = "Name an existing kubeconfig file with -KubeConfig.";
        if (options.ConfigFiles.FirstOrDefault(f => !File.Exists(f)) is { } missing)
            throw new SourceException(SourceFailure.BadAnswer, missing, $"The kubeconfig '{missing}' does not exist.", Remedy);
        if (options.ConfigFiles.Count > 0) return options.ConfigFiles;

        // of the variable's files, those that are not there are passed over
        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } named)
        {
            IReadOnlyList<string> there = [.. named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(File.Exists).Select(Path.GetFullPath)];
            if (there.Count > 0) return there;
            throw new SourceException(SourceFailure.BadAnswer, named, $"The environment variable KUBECONFIG names no file that exists: '{named}'.", Remedy);
        }

        var usual = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
        if (File.Exists(usual)) return [usual];
        throw new SourceException(SourceFailure.BadAnswer, usual, $"No kubeconfig was named, and '{usual}' does not exist.", Remedy);
    }

    private void Add(string text, string file, string folder)
    {
        KubeConfigFile? read;
        try
        {
            read = KubeConfigFile.Parse(text);
        }
        catch (YamlException failure)
        {
            // the reader's own words may quote the line, and with it a secret
            throw Unusable(file, $"line {failure.Start.Line} is not what a kubeconfig has there", "See whether kubectl works with the same file.");
        }

        if (read is null) return;
        if (!string.IsNullOrEmpty(read.CurrentContext)) _current ??= read.CurrentContext;
        foreach (var entry in read.Clusters ?? []) _clusters.TryAdd(entry.Name ?? "", (entry.Cluster ?? new(), folder));
        foreach (var entry in read.Users ?? []) _users.TryAdd(entry.Name ?? "", (entry.User ?? new(), folder));
        foreach (var entry in read.Contexts ?? []) _contexts.TryAdd(entry.Name ?? "", entry.Context ?? new());
    }
}
