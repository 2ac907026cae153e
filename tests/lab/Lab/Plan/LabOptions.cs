using GravityNet.Labs.Running;

namespace GravityNet.Labs.Plan;

/// <summary>How a lab differs from the default one. `lab up` takes each as a switch of the same name; see <see cref="Usage"/>.</summary>
public sealed record LabOptions
{
    /// <summary>The underlay's first three numbers unless told otherwise.</summary>
    public const string DefaultUnderlay = "192.168.33";

    /// <summary>The switches, as `lab help` tells them.</summary>
    public const string Usage = """
            --sudo-node NODE        on this node root may not log in; others may, and use sudo there
            --jump NODE             only a jump host leads to this node's sshd
            --planet NODE           this node is Gravity's: most tools are in Planet only, where `gravity exec` leads
            --iptables legacy|nft   what the nodes' iptables commands work on (default: as the machine's)
            --leases v2|v3|both|annotations
                                    where flannel's leases are (default: v2)
            --etcd-tls              etcd asks for certificates
            --more-services         services of all kinds, and pods that are not ready or about to go
            --old-kube-proxy        services' rules as kube-proxy 1.18 writes them
            --underlay A.B.C        the first three numbers of the nodes' addresses (default: 192.168.33)
        """;

    /// <summary>The node where root may not log in, or null.</summary>
    public string? SudoNode { get; init; }

    /// <summary>The node whose sshd only a jump host leads to, or null.</summary>
    public string? Jump { get; init; }

    /// <summary>What the nodes' iptables commands work on.</summary>
    public IptablesFlavor Iptables { get; init; }

    /// <summary>Where flannel's leases are.</summary>
    public LeaseHome Leases { get; init; }

    /// <summary>Whether etcd speaks TLS only, with clients that show a certificate.</summary>
    public bool EtcdTls { get; init; }

    /// <summary>The node that runs Planet, or null.</summary>
    public string? Planet { get; init; }

    /// <summary>Whether there are services of all kinds.</summary>
    public bool MoreServices { get; init; }

    /// <summary>Whether kube-proxy's rules are those of 1.18 and not those of 1.26.</summary>
    public bool OldKubeProxy { get; init; }

    /// <summary>The first three numbers of the nodes' and the client's addresses. Labs that one client reaches at once need different ones.</summary>
    public string Underlay { get; init; } = DefaultUnderlay;

    /// <summary>Reads switches.</summary>
    /// <param name="arguments">The switches with their values.</param>
    /// <returns>The options, or null when a switch is not known or lacks its value.</returns>
    /// <exception cref="LabException">A value does not fit; the message says which do.</exception>
    public static LabOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new LabOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--sudo-node" when value is not null:
                    options = options with { SudoNode = Node(value) };
                    i++;
                    break;
                case "--jump" when value is not null:
                    options = options with { Jump = Node(value) };
                    i++;
                    break;
                case "--iptables" when value is not null:
                    options = options with { Iptables = Choice<IptablesFlavor>(value) };
                    i++;
                    break;
                case "--leases" when value is not null:
                    options = options with { Leases = Choice<LeaseHome>(value) };
                    i++;
                    break;
                case "--etcd-tls":
                    options = options with { EtcdTls = true };
                    break;
                case "--more-services":
                    options = options with { MoreServices = true };
                    break;
                case "--old-kube-proxy":
                    options = options with { OldKubeProxy = true };
                    break;
                case "--planet" when value is not null:
                    options = options with { Planet = Node(value) };
                    i++;
                    break;
                case "--underlay" when value is not null:
                    options = options with { Underlay = value };
                    i++;
                    break;
                default:
                    return null;
            }
        }

        return options;
    }

    private static T Choice<T>(string name)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        return names.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse<T>(found)
            : throw new LabException($"no '{name}'; there is {string.Join(", ", names).ToLowerInvariant()}");
    }

    private static string Node(string name)
    {
        var names = ClusterPlan.Default.Nodes.Select(n => n.Name).ToList();
        return names.Contains(name) ? name : throw new LabException($"no node '{name}'; the nodes are {string.Join(", ", names)}");
    }
}
