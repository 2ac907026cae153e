using System.Buffers.Binary;
using System.Text;
using GravityNet.Transports.Ssh;

namespace GravityNet.TransportTests;

public sealed class KnownHostsTests : IDisposable
{
    private static readonly byte[] Red = Key("ssh-ed25519", 1);
    private static readonly byte[] Blue = Key("ssh-ed25519", 2);
    private static readonly byte[] Rsa = Key("ssh-rsa", 3);

    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-known-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("node-1", 22, "Known")]
    [InlineData("NODE-1", 22, "Known")]
    [InlineData("node-1", 2222, "Unknown")]
    [InlineData("node-2", 22, "Unknown")]
    [InlineData("10.0.0.5", 22, "Known")]
    [InlineData("10.0.0.55", 22, "Known")]
    [InlineData("10.0.0.9", 22, "Unknown")]
    [InlineData("10.0.1.5", 22, "Unknown")]
    [InlineData("web.example", 2222, "Known")]
    [InlineData("web.example", 22, "Unknown")]
    [InlineData("ca.example", 22, "Unknown")]
    public void Names_are_matched_as_ssh_does(string host, int port, string expected)
    {
        var hosts = Write($"""
            # a comment

            node-1,node-1.example {Line(Red)} root@node-1
            10.0.0.*,!10.0.0.9 {Line(Red)}
            [web.example]:2222	{Line(Red)}
            @cert-authority ca.example {Line(Red)}
            @made-up * {Line(Red)}
            broken line
            * ssh-ed25519 not-base64!
            |1|not|a-hash {Line(Red)}
            """);
        Assert.Equal(expected, hosts.Find(KnownHosts.NameOf(host, port), Red).State.ToString());
    }

    [Fact]
    public void Several_keys_of_a_host_are_all_good()
    {
        var hosts = Write($"node-1 {Line(Red)}\nnode-1 {Line(Blue)}\nnode-1 {Line(Rsa)}\n");
        Assert.All([Red, Blue, Rsa], key => Assert.Equal(HostKeyState.Known, hosts.Find("node-1", key).State));
        Assert.Equal(["ssh-ed25519", "ssh-rsa"], hosts.KnownTypes("node-1"));
        Assert.Empty(hosts.KnownTypes("node-2"));
    }

    [Fact]
    public void Another_key_of_a_known_type_is_a_change_and_of_another_type_is_not_taken_for_new()
    {
        var hosts = Write($"# first\nnode-1 {Line(Red)}\n");
        var changed = hosts.Find("node-1", Blue);
        Assert.Equal((HostKeyState.Changed, Path.Combine(_folder, "known_hosts") + ":2"), (changed.State, changed.Place));
        Assert.Equal(HostKeyState.OtherType, hosts.Find("node-1", Rsa).State);

        // accept-new is for hosts never met: a key of another type must not slip in beside the known one
        Assert.Equal(HostKeyState.OtherType, hosts.Add("node-1", Rsa).State);
        Assert.Equal(HostKeyState.OtherType, hosts.Find("node-1", Rsa).State);
    }

    [Fact]
    public void A_revoked_key_is_refused_for_every_host_that_its_line_names()
    {
        var hosts = Write($"node-1 {Line(Red)}\n@revoked * {Line(Red)}\n");
        Assert.Equal(HostKeyState.Revoked, hosts.Find("node-1", Red).State);
        Assert.Equal(HostKeyState.Revoked, hosts.Find("node-2", Red).State);
        Assert.Equal(HostKeyState.Revoked, hosts.Add("node-3", Red).State);
        Assert.Equal(HostKeyState.Unknown, hosts.Find("node-3", Rsa).State);
    }

    [Fact]
    public void An_authority_is_believed_for_the_names_of_its_line_until_it_is_revoked()
    {
        var hosts = Write($"@cert-authority *.example {Line(Red)}\n@cert-authority * {Line(Blue)}\n@revoked *.bad.example {Line(Blue)}\n");
        Assert.Equal((HostKeyState.Known, Path.Combine(_folder, "known_hosts") + ":1"), (hosts.FindAuthority("a.example", Red).State, hosts.FindAuthority("a.example", Red).Place));
        Assert.Equal(HostKeyState.Unknown, hosts.FindAuthority("a.other", Red).State);
        Assert.Equal(HostKeyState.Unknown, hosts.FindAuthority("a.example", Rsa).State);
        Assert.Equal(HostKeyState.Known, hosts.FindAuthority("a.example", Blue).State);
        Assert.Equal(HostKeyState.Revoked, hosts.FindAuthority("a.bad.example", Blue).State);

        // an authority's key is no host's
        Assert.Equal(HostKeyState.Unknown, hosts.Find("a.example", Red).State);
        Assert.Empty(hosts.KnownTypes("a.example"));
        Assert.True(hosts.HasAuthority("b"));
        Assert.False(Write($"b {Line(Red)}\n@revoked * {Line(Red)}\n").HasAuthority("b"));
    }

    [Fact]
    public void A_last_line_without_an_end_is_not_run_into()
    {
        var hosts = Write($"node-1 {Line(Red)}");
        Assert.Equal(HostKeyState.Known, hosts.Add("[node-2]:2222", Blue).State);
        Assert.Equal(
            [$"node-1 {Line(Red)}", $"[node-2]:2222 {Line(Blue)}"],
            File.ReadAllLines(Path.Combine(_folder, "known_hosts")));
    }

    [Fact]
    public async Task Keys_added_at_the_same_time_all_arrive_whole()
    {
        var cancel = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => Open().Add($"node-{i}", Key("ssh-ed25519", i)), cancel)));
        Assert.Equal(40, (await File.ReadAllLinesAsync(Path.Combine(_folder, "known_hosts"), cancel)).Length);
        Assert.All(Enumerable.Range(0, 40), i => Assert.Equal(HostKeyState.Known, Open().Find($"node-{i}", Key("ssh-ed25519", i)).State));
    }

    [Fact]
    public void Of_two_that_meet_a_host_with_different_keys_the_second_is_refused()
    {
        Assert.Equal(HostKeyState.Known, Open().Add("node-1", Red).State);
        Assert.Equal(HostKeyState.Changed, Open().Add("node-1", Blue).State);
    }

    private KnownHosts Open() => new([Path.Combine(_folder, "known_hosts")]);

    private KnownHosts Write(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "known_hosts"), text);
        return Open();
    }

    private static string Line(byte[] key) => $"{KnownHosts.TypeOf(key)} {Convert.ToBase64String(key)}";

    // a key as the file holds it: length and name of the type, then what the type needs
    private static byte[] Key(string type, int number)
    {
        var name = Encoding.ASCII.GetBytes(type);
        var key = new byte[4 + name.Length + 32];
        BinaryPrimitives.WriteInt32BigEndian(key, name.Length);
        name.CopyTo(key, 4);
        key[^1] = (byte)number;
        return key;
    }
}
