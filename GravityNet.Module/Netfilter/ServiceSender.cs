namespace GravityNet.Netfilter;

/// <summary>
/// Who sends to a service. It matters: packets of pods and from outside come to PREROUTING and those of the node to OUTPUT, only some are masqueraded, local policies
/// make exceptions for pods, and a pod that is an endpoint may meet itself.
/// </summary>
/// <param name="Kind">Where it begins.</param>
/// <param name="Name">How answers call it: <c>pod</c>, <c>node</c>, <c>outside</c>, <c>default/web-1</c>, <c>10.1.2.3</c>, <c>10.1.2.0/24</c>.</param>
internal sealed record ServiceSender(ServiceSenderKind Kind, string Name)
{
    /// <summary>Any pod of the node that is no endpoint of the service.</summary>
    public static ServiceSender Pod { get; } = new(ServiceSenderKind.Pod, "pod");

    /// <summary>The node.</summary>
    public static ServiceSender Node { get; } = new(ServiceSenderKind.Node, "node");

    /// <summary>Somebody outside the cluster whom no rule names.</summary>
    public static ServiceSender Outside { get; } = new(ServiceSenderKind.Outside, "outside");

    /// <summary>The words that name kinds of senders.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["Pod", "Node", "Outside"];

    /// <summary>The source address or network; empty for any of the kind.</summary>
    public string Address { get; init; } = "";

    /// <summary>The node that the sender is on; empty for any, or for none.</summary>
    public string Host { get; init; } = "";

    /// <summary>The sender as a node sees it: a node, or a pod on the host's network, is somebody outside to another node.</summary>
    public ServiceSender SeenFrom(string node) =>
        Kind == ServiceSenderKind.Node && Host.Length > 0 && Host != node ? this with { Kind = ServiceSenderKind.Outside } : this;

    /// <summary>
    /// The sender that a text names: a kind, an address, NAMESPACE/POD or a pod's name. Null where it names none; several where pods of different namespaces share the name.
    /// </summary>
    public static IReadOnlyList<ServiceSender> Find(string text, KubeObjects? objects)
    {
        if (Kinds.FirstOrDefault(k => k.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } kind)
            return [kind switch { "Pod" => Pod, "Node" => Node, _ => Outside }];
        if (MaskedAddress.Parse(text) is { } address)
        {
            if (objects?.PodAt(text) is { } owner) return [Of(owner, address.IsIPv6)];
            return objects?.Nodes?.FirstOrDefault(n => n.InternalIP == text) is { } node
                ? [new(ServiceSenderKind.Node, text) { Address = text, Host = node.Name }]
                : [new(ServiceSenderKind.Outside, text) { Address = text }];
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var (space, name) = slash < 0 ? ("", text) : (text[..slash], text[(slash + 1)..]);
        return [.. (objects?.Pods ?? []).Where(p => p.Name == name && (space.Length == 0 || p.Namespace == space)).Select(p => Of(p, null))];
    }

    private static ServiceSender Of(Pod pod, bool? isIPv6) => new(pod.HostNetwork ? ServiceSenderKind.Node : ServiceSenderKind.Pod, $"{pod.Namespace}/{pod.Name}")
    {
        Address = isIPv6 is { } six ? pod.Addresses.FirstOrDefault(a => Addresses.IsIPv6(a) == six, pod.Address) : pod.Address,
        Host = pod.Node,
    };
}
