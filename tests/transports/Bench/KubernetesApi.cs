using System.Globalization;
using System.Net;
using System.Text;

namespace GravityNet.TransportTests.Bench;

/// <summary>A Kubernetes API of a few answers on loopback, for what a healthy one does not do: many pages, refusals, lists that are not served.</summary>
internal sealed class KubernetesApi : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-kube-").FullName;
    private readonly Func<HttpListenerRequest, (int Status, string Body)> _answer;

    /// <summary>Starts to answer.</summary>
    public KubernetesApi(Func<HttpListenerRequest, (int Status, string Body)> answer)
    {
        _answer = answer;
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Processes.FreePort()}/");
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

            var (status, body) = _answer(context.Request);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
        }
    }
}
