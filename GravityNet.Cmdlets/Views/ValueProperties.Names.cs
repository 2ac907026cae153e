using System.Management.Automation;

namespace GravityNet.Cmdlets;

// Written by the module's tests under GRAVITYNET_RENEW=1: do not edit.
#pragma warning disable CS1591 // each is the property of that name
public static partial class ValueProperties
{
    public static object? Address(PSObject instance) => AddressOf(instance, nameof(Address));

    public static JoinedList<InterfaceAddress>? Addresses(PSObject instance) => ListOf<InterfaceAddress>(instance, nameof(Addresses));

    public static JoinedList<string>? AltNames(PSObject instance) => ListOf<string>(instance, nameof(AltNames));

    public static object? BridgeAddress(PSObject instance) => AddressOf(instance, nameof(BridgeAddress));

    public static object? BridgeMac(PSObject instance) => MacOf(instance, nameof(BridgeMac));

    public static object? Destination(PSObject instance) => AddressOf(instance, nameof(Destination));

    public static object? DestinationAddress(PSObject instance) => AddressOf(instance, nameof(DestinationAddress));

    public static object? DestinationMac(PSObject instance) => MacOf(instance, nameof(DestinationMac));

    public static JoinedList<ServiceNodeDifference>? Differences(PSObject instance) => ListOf<ServiceNodeDifference>(instance, nameof(Differences));

    public static JoinedList<ServiceChainEndpoint>? Endpoints(PSObject instance) => ListOf<ServiceChainEndpoint>(instance, nameof(Endpoints));

    public static JoinedList<ServiceChainEntry>? Entries(PSObject instance) => ListOf<ServiceChainEntry>(instance, nameof(Entries));

    public static JoinedList<string>? Evidence(PSObject instance) => ListOf<string>(instance, nameof(Evidence));

    public static JoinedList<string>? ExternalAddresses(PSObject instance) => ListOf<string>(instance, nameof(ExternalAddresses));

    public static JoinedList<string>? Flags(PSObject instance) => ListOf<string>(instance, nameof(Flags));

    public static object? Gateway(PSObject instance) => AddressOf(instance, nameof(Gateway));

    public static object? GatewayMac(PSObject instance) => MacOf(instance, nameof(GatewayMac));

    public static JoinedList<InterfaceAddress>? Inet(PSObject instance) => ListOf<InterfaceAddress>(instance, nameof(Inet));

    public static JoinedList<string>? LayerWords(PSObject instance) => ListOf<string>(instance, nameof(LayerWords));

    public static object? LeaseMac(PSObject instance) => MacOf(instance, nameof(LeaseMac));

    public static JoinedList<Link>? Links(PSObject instance) => ListOf<Link>(instance, nameof(Links));

    public static object? Local(PSObject instance) => AddressOf(instance, nameof(Local));

    public static object? Mac(PSObject instance) => MacOf(instance, nameof(Mac));

    public static JoinedList<BridgeStation>? Macs(PSObject instance) => ListOf<BridgeStation>(instance, nameof(Macs));

    public static JoinedList<NexthopMember>? Members(PSObject instance) => ListOf<NexthopMember>(instance, nameof(Members));

    public static JoinedList<RouteMetric>? Metrics(PSObject instance) => ListOf<RouteMetric>(instance, nameof(Metrics));

    public static JoinedList<object>? Missing(PSObject instance) => ListOf<object>(instance, nameof(Missing));

    public static JoinedList<object>? Neighbors(PSObject instance) => ListOf<object>(instance, nameof(Neighbors));

    public static object? Network(PSObject instance) => AddressOf(instance, nameof(Network));

    public static JoinedList<RouteNexthop>? Nexthops(PSObject instance) => ListOf<RouteNexthop>(instance, nameof(Nexthops));

    public static JoinedList<NftObject>? NftObjects(PSObject instance) => ListOf<NftObject>(instance, nameof(NftObjects));

    public static JoinedList<string>? Node(PSObject instance) => ListOf<string>(instance, nameof(Node));

    public static JoinedList<object>? Nodes(PSObject instance) => ListOf<object>(instance, nameof(Nodes));

    public static JoinedList<string>? NotCompared(PSObject instance) => ListOf<string>(instance, nameof(NotCompared));

    public static JoinedList<LinkLine>? Others(PSObject instance) => ListOf<LinkLine>(instance, nameof(Others));

    public static object? OuterDestination(PSObject instance) => AddressOf(instance, nameof(OuterDestination));

    public static object? OuterSource(PSObject instance) => AddressOf(instance, nameof(OuterSource));

    public static object? OverlayNetwork(PSObject instance) => AddressOf(instance, nameof(OverlayNetwork));

    public static object? PermanentMac(PSObject instance) => MacOf(instance, nameof(PermanentMac));

    public static object? PodMac(PSObject instance) => MacOf(instance, nameof(PodMac));

    public static JoinedList<BridgePort>? Ports(PSObject instance) => ListOf<BridgePort>(instance, nameof(Ports));

    public static object? PreferredSource(PSObject instance) => AddressOf(instance, nameof(PreferredSource));

    public static JoinedList<object>? Problems(PSObject instance) => ListOf<object>(instance, nameof(Problems));

    public static object? PublicIP(PSObject instance) => AddressOf(instance, nameof(PublicIP));

    public static JoinedList<Route>? Routes(PSObject instance) => ListOf<Route>(instance, nameof(Routes));

    public static JoinedList<IptablesRule>? Rules(PSObject instance) => ListOf<IptablesRule>(instance, nameof(Rules));

    public static object? ServerAddress(PSObject instance) => AddressOf(instance, nameof(ServerAddress));

    public static JoinedList<IpvsServer>? Servers(PSObject instance) => ListOf<IpvsServer>(instance, nameof(Servers));

    public static object? ServiceAddress(PSObject instance) => AddressOf(instance, nameof(ServiceAddress));

    public static object? ServiceNetwork(PSObject instance) => AddressOf(instance, nameof(ServiceNetwork));

    public static JoinedList<IpsetEntry>? SetEntries(PSObject instance) => ListOf<IpsetEntry>(instance, nameof(SetEntries));

    public static object? Source(PSObject instance) => AddressOf(instance, nameof(Source));

    public static object? SourceAddress(PSObject instance) => AddressOf(instance, nameof(SourceAddress));

    public static object? SourceMac(PSObject instance) => MacOf(instance, nameof(SourceMac));

    public static JoinedList<string>? Stages(PSObject instance) => ListOf<string>(instance, nameof(Stages));

    public static JoinedList<Connection>? StaleConnections(PSObject instance) => ListOf<Connection>(instance, nameof(StaleConnections));

    public static JoinedList<NexthopStatistics>? Statistics(PSObject instance) => ListOf<NexthopStatistics>(instance, nameof(Statistics));

    public static JoinedList<string>? Steps(PSObject instance) => ListOf<string>(instance, nameof(Steps));

    public static object? Subnet(PSObject instance) => AddressOf(instance, nameof(Subnet));

    public static JoinedList<string>? Unknown(PSObject instance) => ListOf<string>(instance, nameof(Unknown));

    public static JoinedList<IpvsService>? VirtualServers(PSObject instance) => ListOf<IpvsService>(instance, nameof(VirtualServers));

    public static object? VtepMAC(PSObject instance) => MacOf(instance, nameof(VtepMAC));

    public static JoinedList<string>? Words(PSObject instance) => ListOf<string>(instance, nameof(Words));
}
