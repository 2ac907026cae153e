namespace GravityNet.LabTests.Product;

/// <summary>Troubles of a node that are no faults of its network. Each ends when the returned object is disposed of.</summary>
internal static class NodeTrouble
{
    /// <summary>The words in the command line of a tool that hangs.</summary>
    public const string Hanging = "sleep 7777";

    // the sessions of clients that have logged in; the listener has another title
    private const string SshSessions = "pgrep -f '^sshd: root@'";

    /// <summary>A tool cannot be run on a node.</summary>
    public static Task<IAsyncDisposable> HideToolAsync(this LabFixture fixture, string node, string tool) =>
        ReplaceToolAsync(fixture, node, tool, ": >\"$new\"");

    /// <summary>A tool of a node never ends.</summary>
    public static Task<IAsyncDisposable> HangToolAsync(this LabFixture fixture, string node, string tool) =>
        ReplaceToolAsync(fixture, node, tool, $"printf '#!/bin/sh\\nexec {Hanging}\\n' >\"$new\"; chmod 755 \"$new\"");

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

    // the node's mounts are its own: no other node and not the machine sees the other file
    private static Task<IAsyncDisposable> ReplaceToolAsync(LabFixture fixture, string node, string tool, string make) => fixture.DoAsync(
        node,
        $"new=/run/instead-of-{tool}; rm -f \"$new\"; {make}; mount --bind \"$new\" \"$(readlink -f \"$(command -v {tool})\")\"",
        $"while read -r _ _ _ root at _; do case $root in */instead-of-{tool}) umount \"$at\" ;; esac; done </proc/self/mountinfo");

    /// <summary>Does something on a node, and something else when the returned object is disposed of.</summary>
    public static async Task<IAsyncDisposable> DoAsync(this LabFixture fixture, string node, string script, string undo)
    {
        var answer = await fixture.OnNodeAsync(node, script);
        Assert.True(answer.Succeeded, answer.Error);
        return new Undo(fixture.Lab, node, undo);
    }

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
