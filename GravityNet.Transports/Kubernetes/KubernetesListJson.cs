using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace GravityNet.Transports.Kubernetes;

/// <summary>Joins the pages of a list into one JSON document in the API's form, without the bookkeeping that only the API needs.</summary>
internal sealed class KubernetesListJson(string apiVersion, string kind)
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonArray _items = [];

    /// <summary>Adds a page's items.</summary>
    public void Add(IKubernetesObject<V1ListMeta> page)
    {
        var items = JsonNode.Parse(KubernetesJson.Serialize(page))?["items"]?.AsArray();
        if (items is null) return;
        foreach (var item in items.ToList())
        {
            items.Remove(item);

            // half of a pod's text, and nobody's question
            item?["metadata"]?.AsObject().Remove("managedFields");
            _items.Add(item);
        }
    }

    /// <summary>Writes the whole list; it takes no more pages afterwards.</summary>
    public string Write() => new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion, ["items"] = _items }.ToJsonString(Options) + "\n";
}
