using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Etcdserverpb;

namespace GravityNet.Transports.Etcd;

/// <summary>Writes a range of keys as <c>etcdctl get -w json</c> prints it: base64 keys and values, zero and false left out.</summary>
internal static class EtcdctlJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON document on one line.</summary>
    public static string Write(RangeResponse range)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteStartObject("header");
            json.WriteNumber("cluster_id", range.Header.ClusterId);
            json.WriteNumber("member_id", range.Header.MemberId);
            json.WriteNumber("revision", range.Header.Revision);
            json.WriteNumber("raft_term", range.Header.RaftTerm);
            json.WriteEndObject();
            if (range.Kvs.Count > 0)
            {
                json.WriteStartArray("kvs");
                foreach (var pair in range.Kvs)
                {
                    json.WriteStartObject();
                    json.WriteBase64String("key", pair.Key.Span);
                    json.WriteNumber("create_revision", pair.CreateRevision);
                    json.WriteNumber("mod_revision", pair.ModRevision);
                    json.WriteNumber("version", pair.Version);
                    json.WriteBase64String("value", pair.Value.Span);
                    if (pair.Lease != 0) json.WriteNumber("lease", pair.Lease);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteNumber("count", range.Count);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
