namespace GravityNet.UnitTests;

/// <summary>What Gravity's networking training prints.</summary>
internal static class Training
{
    /// <summary>One block that the node kevin-test1 (10.162.0.7, iproute2 of 2020) prints, to the byte: the file of that name under <c>data/training</c>.</summary>
    public static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "training", Path.HasExtension(name) ? name : name + ".txt"));

    /// <summary>The lines that its greps over iptables-save print for kube-dns and gravity-site; several of them come twice.</summary>
    public static string ServiceChains { get; } = Text("iptables-service-chains");
}
