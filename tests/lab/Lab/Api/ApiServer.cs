using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using GravityNet.Labs.Plan;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace GravityNet.Labs.Api;

/// <summary>
/// A Kubernetes API server for reading: discovery, version, lists (whole, by namespace, by selector, in pages), single objects, and watches.
/// </summary>
internal sealed class ApiServer(StateFolder state)
{
    /// <summary>The version that it says it is.</summary>
    public const string Version = "v1.26.1";

    private readonly ObjectStore _store = new(state.ApiObjects);

    private static readonly string[] EmptyList = [];

    private static readonly ApiResource[] Resources =
    [
        new("v1", "nodes", "Node", "node", "no", IsNamespaced: false),
        new("v1", "namespaces", "Namespace", "namespace", "ns", IsNamespaced: false),
        new("v1", "configmaps", "ConfigMap", "configmap", "cm", IsNamespaced: true),
        new("v1", "pods", "Pod", "pod", "po", IsNamespaced: true),
        new("v1", "services", "Service", "service", "svc", IsNamespaced: true),
        new("v1", "endpoints", "Endpoints", "endpoints", "ep", IsNamespaced: true),
        new("discovery.k8s.io/v1", "endpointslices", "EndpointSlice", "endpointslice", null, IsNamespaced: true),
    ];

    /// <summary>Serves until the process is ended.</summary>
    public async Task RunAsync()
    {
        var pem = await File.ReadAllTextAsync(state.ApiCertificate);
        using var callers = new Callers(state);
        // an ephemeral key is enough for a server on Linux, and leaves no file
        using var certificate = X509Certificate2.CreateFromPem(pem, pem);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = state.Path });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
            options.Listen(IPAddress.Any, ClusterPlan.ApiPort, listen => listen.UseHttps(certificate, https =>
            {
                // whose certificate it is, and whether that is enough, is said in an answer and not by the connection
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            })));
        await using var app = builder.Build();
        app.Run(context => callers.Name(context) is { } user
            ? AnswerAsync(context, user)
            : FailAsync(context, 401, "Unauthorized", "Unauthorized"));
        await app.RunAsync();
    }

    private async Task AnswerAsync(HttpContext context, string user)
    {
        var path = context.Request.Path.Value!.Trim('/');
        if (context.Request.Method != "GET")
            await FailAsync(context, 405, "MethodNotAllowed", "this API server is for reading only");
        else if (Discovery(path, $"{context.Connection.LocalIpAddress!.MapToIPv4()}:{context.Connection.LocalPort}") is { } document)
            await SendAsync(context, document);
        else if (path is "healthz" or "livez" or "readyz")
            await context.Response.WriteAsync("ok");
        else if (Route.Parse(path) is { } route && Resources.FirstOrDefault(r => r.Group == route.Group && r.Name == route.Resource) is { } resource)
            await (Callers.MayRead(user, resource.Name) ? SendObjectsAsync(context, route, resource) : ForbidAsync(context, route, resource, user));
        else
            await FailAsync(context, 404, "NotFound", "the server could not find the requested resource");
    }

    private async Task SendObjectsAsync(HttpContext context, Route route, ApiResource resource)
    {
        var query = context.Request.Query;
        bool Fits(JsonObject item) => (route.Namespace is null || (string?)item["metadata"]!["namespace"] == route.Namespace)
            && Selector.Matches(item, query["labelSelector"], Selector.Label)
            && Selector.Matches(item, query["fieldSelector"], Selector.Field);
        if (route.Name is null && IsWatch(context))
        {
            await WatchAnswer.SendAsync(context, _store, resource.Name, new JsonObject { ["kind"] = resource.Kind, ["apiVersion"] = resource.Group }, Fits);
            return;
        }

        var (all, version) = _store.List(resource.Name);
        var items = all.Where(Fits).ToList();
        if (route.Name is null)
        {
            await SendAsync(context, Page(resource, items, version, query));
        }
        else if (items.FirstOrDefault(o => (string?)o["metadata"]!["name"] == route.Name) is { } found)
        {
            await SendAsync(context, found);
        }
        else
        {
            await FailAsync(context, 404, "NotFound", $"{resource.Name} \"{route.Name}\" not found");
        }
    }

    private static JsonObject Page(ApiResource resource, List<JsonObject> items, long version, IQueryCollection query)
    {
        // the token is the number of objects already sent; a real server's is opaque too
        _ = int.TryParse(query["continue"], CultureInfo.InvariantCulture, out var start);
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : items.Count;
        var page = items.Skip(start).Take(limit).Select(JsonNode (o) => o.DeepClone()).ToArray();
        var left = items.Count - start - page.Length;
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (left > 0)
        {
            metadata["continue"] = (start + page.Length).ToString(CultureInfo.InvariantCulture);
            metadata["remainingItemCount"] = left;
        }

        return new JsonObject
        {
            ["kind"] = resource.Kind + "List",
            ["apiVersion"] = resource.Group,
            ["metadata"] = metadata,
            ["items"] = new JsonArray(page),
        };
    }

    private static JsonNode? Discovery(string path, string local) => path switch
    {
        "api" => Json(new
        {
            kind = "APIVersions",
            versions = new[] { "v1" },
            serverAddressByClientCIDRs = new[] { new { clientCIDR = "0.0.0.0/0", serverAddress = local } },
        }),
        "apis" => Json(new { kind = "APIGroupList", apiVersion = "v1", groups = new[] { DiscoveryGroup } }),
        "apis/discovery.k8s.io" => Json(DiscoveryGroup),
        "api/v1" => ResourceList("v1"),
        "apis/discovery.k8s.io/v1" => ResourceList("discovery.k8s.io/v1"),
        "version" => Json(new
        {
            major = "1",
            minor = "26",
            gitVersion = Version,
            gitCommit = "",
            gitTreeState = "clean",
            buildDate = "2023-01-18T19:15:26Z",
            goVersion = "go1.19.5",
            compiler = "gc",
            platform = "linux/amd64",
        }),
        _ => null,
    };

    private static object DiscoveryGroup => new
    {
        name = "discovery.k8s.io",
        versions = new[] { new { groupVersion = "discovery.k8s.io/v1", version = "v1" } },
        preferredVersion = new { groupVersion = "discovery.k8s.io/v1", version = "v1" },
    };

    private static JsonNode ResourceList(string group) => Json(new
    {
        kind = "APIResourceList",
        apiVersion = "v1",
        groupVersion = group,
        resources = Resources.Where(r => r.Group == group).Select(r => new
        {
            name = r.Name,
            singularName = r.Singular,
            namespaced = r.IsNamespaced,
            kind = r.Kind,
            verbs = new[] { "get", "list", "watch" },
            shortNames = r.ShortName is null ? EmptyList : [r.ShortName],
        }),
    });

    private static JsonNode Json(object value) => System.Text.Json.JsonSerializer.SerializeToNode(value)!;

    private static Task SendAsync(HttpContext context, JsonNode body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private static bool IsWatch(HttpContext context) => context.Request.Query["watch"].ToString() is "true" or "True" or "1";

    private static Task ForbidAsync(HttpContext context, Route route, ApiResource resource, string user)
    {
        var slash = resource.Group.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : resource.Group[..slash];
        var verb = route.Name is not null ? "get" : IsWatch(context) ? "watch" : "list";
        var scope = route.Namespace is { } ns ? $"in the namespace \"{ns}\"" : "at the cluster scope";
        var which = route.Name is { } name ? $" \"{name}\"" : "";
        return FailAsync(context, 403, "Forbidden",
            $"{resource.Name}{(group.Length > 0 ? "." + group : "")}{which} is forbidden: User \"{user}\" cannot {verb} resource \"{resource.Name}\" in API group \"{group}\" {scope}");
    }

    private static Task FailAsync(HttpContext context, int code, string reason, string message)
    {
        context.Response.StatusCode = code;
        return SendAsync(context, Json(new { kind = "Status", apiVersion = "v1", metadata = new { }, status = "Failure", message, reason, code }));
    }

    private sealed record ApiResource(string Group, string Name, string Kind, string Singular, string? ShortName, bool IsNamespaced);

    private sealed record Route(string Group, string Resource, string? Namespace, string? Name)
    {
        // api/v1/… or apis/GROUP/v1/…, then [namespaces/NAMESPACE/]RESOURCE[/NAME]
        public static Route? Parse(string path) => path.Split('/') switch
        {
            ["api", "v1", .. var rest] => Parse("v1", rest),
            ["apis", var name, var version, .. var rest] => Parse($"{name}/{version}", rest),
            _ => null,
        };

        private static Route? Parse(string group, string[] rest) => rest switch
        {
            [var resource] => new Route(group, resource, null, null),
            ["namespaces", var ns, var resource] => new Route(group, resource, ns, null),
            ["namespaces", var ns, var resource, var name] => new Route(group, resource, ns, name),
            [var resource, var name] => new Route(group, resource, null, name),
            _ => null,
        };
    }
}
