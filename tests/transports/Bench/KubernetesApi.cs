using System.Globalization;
using System.Net;
using System.Text;
using System.Threading.Channels;

namespace GravityNet.TransportTests.Bench;

/// <summary>A Kubernetes API of a few answers on loopback, for what a healthy one does not do: many pages, refusals, lists that are not served.</summary>
internal sealed class KubernetesApi : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-kube-").FullName;
    private readonly Func<HttpListenerRequest, Reply> _answer;

    /// <summary>Starts to answer.</summary>
    public KubernetesApi(Func<HttpListenerRequest, (int Status, string Body)> answer)
        : this(request => answer(request) is var (status, body) ? new Reply(status, body) : default!)
    {
    }

    /// <summary>Starts to answer, also with streams of lines.</summary>
    public KubernetesApi(Func<HttpListenerRequest, Reply> answer)
    {
        _answer = answer;
        Port = Processes.FreePort();
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/");
        _listener.Prefixes.Add(url);
        _listener.Start();
        _ = Task.Run(ServeAsync);
        File.WriteAllText(KubeConfig, $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: bench
              cluster:
                server: {url}
            users:
            - name: bench
              user:
                token: secret
            contexts:
            - name: bench
              context:
                cluster: bench
                user: bench
            current-context: bench
            """);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The file that names it.</summary>
    public string KubeConfig => Path.Combine(_folder, "config");

    public void Dispose()
    {
        _listener.Close();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var reply = _answer(context.Request);
            context.Response.StatusCode = reply.Status;
            context.Response.ContentType = "application/json";
            if (reply.Lines is { } lines) _ = Task.Run(() => StreamAsync(context.Response, lines));
            else context.Response.Close(Encoding.UTF8.GetBytes(reply.Body), willBlock: false);
        }
    }

    private static async Task StreamAsync(HttpListenerResponse response, ChannelReader<string> lines)
    {
        response.SendChunked = true;
        try
        {
            await foreach (var line in lines.ReadAllAsync())
            {
                await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
                await response.OutputStream.FlushAsync();
            }

            response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            response.Abort();
        }
    }

    /// <summary>An answer: a whole body, or lines that are sent as they come.</summary>
    internal sealed record Reply(int Status, string Body, ChannelReader<string>? Lines)
    {
        public Reply(int status, string body)
            : this(status, body, null)
        {
        }

        public Reply(int status, ChannelReader<string> lines)
            : this(status, "", lines)
        {
        }
    }
}
