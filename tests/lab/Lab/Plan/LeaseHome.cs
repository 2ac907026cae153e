using System.Text.Json.Serialization;

namespace GravityNet.Labs.Plan;

/// <summary>Where flannel keeps its leases.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LeaseHome>))]
public enum LeaseHome
{
    /// <summary>In etcd's v2 API.</summary>
    V2,

    /// <summary>In etcd's v3 API; etcd has no v2 API then.</summary>
    V3,

    /// <summary>In both APIs of one etcd, which do not see each other's keys.</summary>
    Both,

    /// <summary>In annotations of the Kubernetes nodes, as with flannel's --kube-subnet-mgr. etcd has none of its keys.</summary>
    Annotations,
}
