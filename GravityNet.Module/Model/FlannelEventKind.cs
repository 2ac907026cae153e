namespace GravityNet;

/// <summary>What a message of flanneld says: the words of <see cref="FlannelEvent.Kind"/>. The messages are those of flannel 0.7 to 0.28 and of Gravity's fork.</summary>
public static class FlannelEventKind
{
    /// <summary>It looks for an interface to send from.</summary>
    public const string SearchingInterface = "SearchingInterface";

    /// <summary>It has chosen an interface and an address.</summary>
    public const string InterfaceChosen = "InterfaceChosen";

    /// <summary>It found no interface.</summary>
    public const string InterfaceNotFound = "InterfaceNotFound";

    /// <summary>It has chosen the address that the others send to.</summary>
    public const string ExternalAddress = "ExternalAddress";

    /// <summary>It has its store of leases: etcd, or Kubernetes.</summary>
    public const string SubnetManagerCreated = "SubnetManagerCreated";

    /// <summary>It knows the backend, or its settings: VNI, port, direct routing.</summary>
    public const string BackendConfig = "BackendConfig";

    /// <summary>It found no configuration of the network.</summary>
    public const string ConfigMissing = "ConfigMissing";

    /// <summary>It looks for a free subnet.</summary>
    public const string PickingSubnet = "PickingSubnet";

    /// <summary>It has a new lease.</summary>
    public const string LeaseAllocated = "LeaseAllocated";

    /// <summary>It goes on with the lease that it had.</summary>
    public const string LeaseReused = "LeaseReused";

    /// <summary>The lease that it had does not fit the configuration any more.</summary>
    public const string LeaseIncompatible = "LeaseIncompatible";

    /// <summary>It says when it will renew its lease.</summary>
    public const string LeaseRenewalDue = "LeaseRenewalDue";

    /// <summary>It has renewed its lease.</summary>
    public const string LeaseRenewed = "LeaseRenewed";

    /// <summary>It could not renew its lease, and tries again.</summary>
    public const string LeaseRenewalFailed = "LeaseRenewalFailed";

    /// <summary>Its lease is gone: it ends.</summary>
    public const string LeaseExpired = "LeaseExpired";

    /// <summary>It has told the CNI plugin its subnet and MTU.</summary>
    public const string WroteSubnetFile = "WroteSubnetFile";

    /// <summary>It could not write that file.</summary>
    public const string SubnetFileFailed = "SubnetFileFailed";

    /// <summary>It runs, and programs what it hears of leases.</summary>
    public const string BackendRunning = "BackendRunning";

    /// <summary>It watches for other nodes' leases.</summary>
    public const string Watching = "Watching";

    /// <summary>It missed changes of leases, or may have.</summary>
    public const string WatchFailed = "WatchFailed";

    /// <summary>It writes the entries for another node's subnet.</summary>
    public const string SubnetAdded = "SubnetAdded";

    /// <summary>It removes the entries for another node's subnet.</summary>
    public const string SubnetRemoved = "SubnetRemoved";

    /// <summary>A lease of another backend: nothing is programmed for it.</summary>
    public const string SubnetIgnored = "SubnetIgnored";

    /// <summary>It could not write or remove a neighbor entry, an FDB row or a route.</summary>
    public const string ProgrammingFailed = "ProgrammingFailed";

    /// <summary>The device was there with other settings, and was made anew: its MAC changed.</summary>
    public const string DeviceRecreated = "DeviceRecreated";

    /// <summary>A route was gone and was written again.</summary>
    public const string RouteRecovered = "RouteRecovered";

    /// <summary>The kernel asked for an address that nobody leases (flannel before 0.8).</summary>
    public const string L3Miss = "L3Miss";

    /// <summary>The kernel asked for a MAC that nobody leases (flannel before 0.8).</summary>
    public const string L2Miss = "L2Miss";

    /// <summary>Somebody had removed its iptables rules: it writes them again.</summary>
    public const string IptablesRepaired = "IptablesRepaired";

    /// <summary>It adds an iptables rule.</summary>
    public const string IptablesRuleAdded = "IptablesRuleAdded";

    /// <summary>It deletes an iptables rule.</summary>
    public const string IptablesRuleDeleted = "IptablesRuleDeleted";

    /// <summary>It could not write its iptables rules.</summary>
    public const string IptablesFailed = "IptablesFailed";

    /// <summary>etcd did not answer, or with an error.</summary>
    public const string EtcdError = "EtcdError";

    /// <summary>It ends because it was told to.</summary>
    public const string Stopping = "Stopping";

    /// <summary>systemd starts it.</summary>
    public const string ServiceStarting = "ServiceStarting";

    /// <summary>systemd has started it.</summary>
    public const string ServiceStarted = "ServiceStarted";

    /// <summary>systemd has stopped it.</summary>
    public const string ServiceStopped = "ServiceStopped";

    /// <summary>It ended by itself with an error, as systemd tells.</summary>
    public const string ServiceFailed = "ServiceFailed";
}
