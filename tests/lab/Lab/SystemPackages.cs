using GravityNet.Labs.Running;

namespace GravityNet.Labs;

/// <summary>The system's packages that the lab needs, and how they get on the machine.</summary>
internal static class SystemPackages
{
    private const string ServicePolicy = "/usr/sbin/policy-rc.d";

    // a program that shows that the package is there, and Debian's package with it
    private static readonly (string Program, string Package)[] Needed =
    [
        ("ip", "iproute2"),
        ("bridge", "iproute2"),
        ("brctl", "bridge-utils"),
        ("iptables-restore", "iptables"),
        ("nft", "nftables"),
        ("ipset", "ipset"),
        ("conntrack", "conntrack"),
        ("tcpdump", "tcpdump"),
        ("ethtool", "ethtool"),
        ("ping", "iputils-ping"),
        ("host", "bind9-host"),
        ("dig", "bind9-dnsutils"),
        ("curl", "curl"),
        ("nsenter", "util-linux"),
        ("ssh", "openssh-client"),
        ("sshd", "openssh-server"),
        ("openssl", "openssl"),
        ("sudo", "sudo"),
        ("tini", "tini"),
        ("tmux", "tmux"),
        ("busybox", "busybox"),
        ("dnsmasq", "dnsmasq-base"),
        ("etcd", "etcd-server"),
        ("etcdctl", "etcd-client"),
        ("kubectl", "kubernetes-client"),
        ("sysctl", "procps"),
        ("/lib/systemd/systemd-journal-remote", "systemd-journal-remote"),
        ("/usr/share/i18n/locales/de_DE", "locales"),
        ("/usr/lib/cni/bridge", "containernetworking-plugins"),
    ];

    /// <summary>The packages that are missing.</summary>
    public static IReadOnlyList<string> Missing => [.. Needed.Where(n => !Exists(n.Program)).Select(n => n.Package).Distinct()];

    /// <summary>Makes sure that nothing is missing.</summary>
    /// <exception cref="LabException">Something is; the message names it and how to install it.</exception>
    public static void Require()
    {
        if (Missing is { Count: > 0 } missing)
            throw new LabException($"missing: {string.Join(' ', missing)}; 'lab install' installs it (as root, with apt-get)");
    }

    /// <summary>Installs what is missing, without starting any service.</summary>
    /// <param name="report">Gets a line for what is done.</param>
    /// <exception cref="LabException">It cannot be installed here; the message names what is missing.</exception>
    public static async Task InstallAsync(Action<string> report)
    {
        var missing = Missing;
        if (missing.Count == 0)
        {
            report("all system packages are there");
            return;
        }

        if (!Environment.IsPrivilegedProcess || !Exists("apt-get"))
            throw new LabException($"please install these packages, as this needs root and apt-get: {string.Join(' ', missing)}");
        report($"installing {string.Join(' ', missing)}");
        var policy = !File.Exists(ServicePolicy);
        if (policy)
        {
            // Debian's way to say that packages must not start their services
            await File.WriteAllTextAsync(ServicePolicy, "#!/bin/sh\nexit 101\n");
            File.SetUnixFileMode(ServicePolicy, (UnixFileMode)0b111_101_101);
        }

        try
        {
            // where a list of packages cannot be fetched, an older one may still do; only the install has to succeed
            var update = await AptAsync("update");
            var install = await AptAsync(["install", "-y", "--no-install-recommends", .. missing]);
            if (!install.Succeeded || Missing.Count > 0)
                throw new LabException($"apt-get could not install {string.Join(' ', Missing)}: {install.Error.Trim()} {update.Error.Trim()}");
        }
        finally
        {
            if (policy)
                File.Delete(ServicePolicy);
        }
    }

    private static Task<CommandResult> AptAsync(params IReadOnlyList<string> arguments) => Command.TryAsync(
        ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", .. arguments], limit: TimeSpan.FromMinutes(8));

    private static bool Exists(string program) =>
        program[0] == '/' ? File.Exists(program) : Command.SystemPath.Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
