namespace GravityNet.LabTests.Product;

/// <summary>Troubles of a node that are no faults of its network. Each ends when the returned object is disposed of.</summary>
internal static class NodeTrouble
{
    /// <summary>The words in the command line of a tool that hangs.</summary>
    public const string Hanging = "sleep 7777";

    // the sessions of clients that have logged in; the listener has another title
    private const string SshSessions = "pgrep -f '^sshd: root@'";

    /// <summary>A tool cannot be run on a node.</summary>
    public static Task<IAsyncDisposable> HideToolAsync(this LabFixture fixture, string node, string tool) => HideToolAsync(fixture.Lab, node, tool);

    /// <summary>A tool cannot be run on a node; where the node runs Planet, in Planet.</summary>
    public static Task<IAsyncDisposable> HideToolAsync(this Lab lab, string node, string tool) =>
        ReplaceToolAsync(lab, node, tool, ": >\"$new\"");

    /// <summary>A tool of a node never ends.</summary>
    public static Task<IAsyncDisposable> HangToolAsync(this LabFixture fixture, string node, string tool) => HangToolAsync(fixture.Lab, node, tool);

    /// <summary>A tool of a node never ends; where the node runs Planet, Planet's tool.</summary>
    public static Task<IAsyncDisposable> HangToolAsync(this Lab lab, string node, string tool) =>
        ReplaceToolAsync(lab, node, tool, $"printf '#!/bin/sh\\nexec {Hanging}\\n' >\"$new\"; chmod 755 \"$new\"");

    /// <summary>The SSH server answers nothing on the connections that it has.</summary>
    public static Task<IAsyncDisposable> FreezeSshAsync(this LabFixture fixture, string node) =>
        fixture.DoAsync(node, $"kill -STOP $({SshSessions})", $"kill -CONT $({SshSessions})");

    /// <summary>Nothing of SSH passes between the node and the client, in silence.</summary>
    public static Task<IAsyncDisposable> CutSshAsync(this LabFixture fixture, string node) => fixture.DoAsync(
        node,
        "iptables -I INPUT -p tcp --dport 22 -j DROP; iptables -I OUTPUT -p tcp --sport 22 -j DROP",
        "iptables -D INPUT -p tcp --dport 22 -j DROP; iptables -D OUTPUT -p tcp --sport 22 -j DROP");

    /// <summary>The SSH server ends the connections that it has.</summary>
    public static async Task EndSshAsync(this LabFixture fixture, string node) =>
        Assert.True((await fixture.OnNodeAsync(node, $"kill $({SshSessions})")).Succeeded);

    /// <summary>etcd answers nothing, on connections that it accepts.</summary>
    public static Task<IAsyncDisposable> FreezeEtcdAsync(this LabFixture fixture) =>
        fixture.DoAsync("node-1", "kill -STOP $(pgrep -x etcd)", "kill -CONT $(pgrep -x etcd)");

    /// <summary>The node does not know the client's key.</summary>
    public static Task<IAsyncDisposable> RefuseKeyAsync(this LabFixture fixture, string node) =>
        fixture.DoAsync(node, "mv /run/sshd/authorized_keys /run/sshd/unused_keys", "mv /run/sshd/unused_keys /run/sshd/authorized_keys");

    /// <summary>
    /// An ordinary user, <c>visitor</c>, may log in on a node at port 2022 with the client's key. Nothing there lets him become root.
    /// </summary>
    public static Task<IAsyncDisposable> AdmitVisitorAsync(this LabFixture fixture, string node) => fixture.DoAsync(
        node,
        $"""
        sed '/^visitor:/d' /etc/passwd >/run/visitor-passwd
        echo 'visitor:x:4711:4711::/tmp:/bin/sh' >>/run/visitor-passwd
        mount --bind /run/visitor-passwd /etc/passwd
        cp /run/sshd/authorized_keys /run/visitor-keys
        chmod 644 /run/visitor-keys
        sed -e 's/^ListenAddress .*/Port 2022/' -e 's/^AllowUsers .*/AllowUsers visitor/' -e 's,^AuthorizedKeysFile .*,AuthorizedKeysFile /run/visitor-keys,' /run/sshd/sshd_config >/run/visitor-sshd
        {StartSshd("visitor", 2022)}
        """,
        "kill $(cat /run/visitor-pid); umount /etc/passwd");

    /// <summary>Logins at port 2023 of a node speak German: a decimal comma, and messages where the tools have them.</summary>
    public static Task<IAsyncDisposable> SpeakGermanAsync(this LabFixture fixture, string node) => fixture.DoAsync(
        node,
        $"""
        mkdir -p /run/locale
        localedef -i de_DE -f UTF-8 /run/locale/de_DE.UTF-8 || [ -d /run/locale/de_DE.UTF-8 ]
        sed 's/^ListenAddress .*/Port 2023/' /run/sshd/sshd_config >/run/german-sshd
        echo 'SetEnv LOCPATH=/run/locale LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 LANGUAGE=de' >>/run/german-sshd
        {StartSshd("german", 2023)}
        """,
        "kill $(cat /run/german-pid)");

    /// <summary>
    /// A node has busybox's applets, sshd, tcpdump and iptables, and nothing else of what a question asks: no bash, no iproute2, no bridge-utils, no procps.
    /// </summary>
    public static Task<IAsyncDisposable> LeaveBusyboxAsync(this LabFixture fixture, string node) => fixture.DoAsync(
        node,
        """
        sed 's,^\(root:.*:\)[^:]*$,\1/bin/sh,' /etc/passwd >/run/plain-passwd
        mount --bind /run/plain-passwd /etc/passwd
        for folder in bin sbin; do
            mkdir -p /run/plain/$folder/upper /run/plain/$folder/work
            mount -t overlay -o lowerdir=/usr/$folder,upperdir=/run/plain/$folder/upper,workdir=/run/plain/$folder/work plain /usr/$folder
            cd /usr/$folder
            rm -f bash bridge brctl nstat ss conntrack ethtool dig host nslookup python3* perl*
        done
        for applet in $(busybox --list); do
            [ ! -e /usr/sbin/$applet ] || rm -f /usr/sbin/$applet
            [ $applet = busybox ] || ln -sf busybox /usr/bin/$applet
        done
        """,
        "umount -l /usr/bin; umount -l /usr/sbin; umount /etc/passwd; rm -rf /run/plain");

    // the node's mounts are its own: no other node and not the machine sees the other file
    private static Task<IAsyncDisposable> ReplaceToolAsync(Lab lab, string node, string tool, string make) => lab.DoAsync(
        node,
        $"new=/run/instead-of-{tool}; rm -f \"$new\"; {make}; mount --bind \"$new\" \"$(readlink -f \"$(command -v {tool})\")\"",
        $"while read -r _ _ _ root at _; do case $root in */instead-of-{tool}) umount \"$at\" ;; esac; done </proc/self/mountinfo");

    /// <summary>Does something on a node, and something else when the returned object is disposed of.</summary>
    public static Task<IAsyncDisposable> DoAsync(this LabFixture fixture, string node, string script, string undo) => fixture.Lab.DoAsync(node, script, undo);

    /// <summary>Does something on a node, and something else when the returned object is disposed of.</summary>
    public static async Task<IAsyncDisposable> DoAsync(this Lab lab, string node, string script, string undo)
    {
        var answer = await lab.OnNodeAsync(node, ["sh", "-eu"], script, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(answer.Succeeded, answer.Error);
        return new Undo(lab, node, undo);
    }

    // one more sshd on a node, which reads /run/NAME-sshd and whose number is in /run/NAME-pid
    private static string StartSshd(string name, int port) => $$"""
        setsid /usr/sbin/sshd -D -e -f /run/{{name}}-sshd </dev/null >/var/log/{{name}}-sshd.log 2>&1 &
        echo $! >/run/{{name}}-pid
        for i in $(seq 100); do
            [ -z "$(ss -Hlnt 'sport = :{{port}}')" ] || exit 0
            sleep 0.05
        done
        exit 1
        """;

    private sealed class Undo(Lab lab, string node, string script) : IAsyncDisposable
    {
        // also when the test is cancelled: the other tests need a healthy lab
        public async ValueTask DisposeAsync()
        {
            var answer = await lab.OnNodeAsync(node, ["sh", "-eu"], script, cancellationToken: CancellationToken.None);
            Assert.True(answer.Succeeded, answer.Error);
        }
    }
}
