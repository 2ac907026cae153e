using System.Text.Json.Serialization;

namespace GravityNet.Labs.Plan;

/// <summary>Which of the kernel's two rule sets the nodes' iptables commands work on.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IptablesFlavor>))]
public enum IptablesFlavor
{
    /// <summary>The one that the machine's commands work on.</summary>
    Machine,

    /// <summary>The old xtables one.</summary>
    Legacy,

    /// <summary>nf_tables.</summary>
    Nft,
}
