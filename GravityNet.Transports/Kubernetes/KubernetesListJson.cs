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

    /// <summary>A page of the client library's types as JSON.</summary>
    public static JsonElement Element(IKubernetesObject<V1ListMeta> page) => JsonElement.Parse(KubernetesJson.Serialize(page));

    /// <summary>Adds a page's items.</summary>
    /// <returns>The name of the next page; null or empty where this is the last.</returns>
    /// <exception cref="JsonException">The page is no list.</exception>
    public string? Add(JsonElement page)
    {
        if (page.ValueKind != JsonValueKind.Object) throw new JsonException("the answer is no list");
        var list = JsonObject.Create(page)!;
        if (list["items"] is JsonArray items)
        {
            foreach (var item in items.ToList())
            {
                items.Remove(item);

                // half of a pod's text, and nobody's question
                (item?["metadata"] as JsonObject)?.Remove("managedFields");
                _items.Add(item);
            }
        }

        return (string?)(list["metadata"] as JsonObject)?["continue"];
    }

    /// <summary>Writes the whole list; it takes no more pages afterwards.</summary>
    public string Write() => new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion, ["items"] = _items }.ToJsonString(Options) + "\n";
}
