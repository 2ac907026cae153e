using System.Globalization;

namespace GravityNet;

/// <summary>
/// A MAC that a bridge knows, with the port it is behind and the pod that has it.
/// </summary>
/// <param name="Mac">The MAC address.</param>
/// <param name="Interface">The bridge's port; empty where unknown.</param>
/// <param name="IsLocal">Whether it is the port's own MAC; else a station behind the port was heard with it.</param>
/// <param name="AgeSeconds">Seconds since it was heard; null where unknown (brctl is missing).</param>
/// <param name="Namespace">The pod's namespace; empty where unknown.</param>
/// <param name="Pod">The pod; empty where unknown.</param>
public sealed record BridgeStation(string Mac, string Interface, bool IsLocal, double? AgeSeconds, string Namespace, string Pod)
{
    /// <summary>One line, in the words of <c>bridge fdb</c> and <c>brctl showmacs</c>: <c>da:d8:ee:0a:0d:6f dev vethd181c5c0 age 1.77 default/shell-node-1</c>.</summary>
    public override string ToString()
    {
        var age = AgeSeconds is { } seconds && !IsLocal ? string.Create(CultureInfo.InvariantCulture, $" age {seconds:0.00}") : "";
        return $"{Mac}{(Interface.Length > 0 ? $" dev {Interface}" : "")}{(IsLocal ? " local" : "")}{age}{(Pod.Length > 0 ? $" {Namespace}/{Pod}" : "")}";
    }
}
