using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GravityNet.Sources;
using GravityNet.Transports.Kubernetes.Config;

namespace GravityNet.Transports.Kubernetes;

/// <summary>
/// A program that logs in for a kubeconfig's user ("client-go credential plugins", Kubernetes documentation). It gets no console to ask on, and
/// is ended with all its children when it takes too long.
/// </summary>
internal sealed class ExecPlugin
{
    private const string Group = "client.authentication.k8s.io/";
    private const int MaxOutput = 1024 * 1024;

    // what is shown of a plugin's complaint
    private const int MaxComplaint = 500;

    // a token that ends while lists are read would be of no use
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(1);

    private readonly ExecPart _exec;
    private readonly KubeLogin _login;
    private readonly string _command;
    private KubeCredential? _last;

    /// <summary>Takes over a kubeconfig's settings.</summary>
    /// <exception cref="SourceException">They cannot be used here.</exception>
    public ExecPlugin(ExecPart exec, KubeLogin login, string folder)
    {
        _exec = exec;
        _login = login;
        if (string.IsNullOrWhiteSpace(exec.Command)) throw login.Unusable($"the exec plugin of {login.Words} has no command");
        if (exec.ApiVersion is not (Group + "v1" or Group + "v1beta1"))
        {
            throw login.Unusable(
                $"the exec plugin '{exec.Command}' of {login.Words} has the apiVersion '{exec.ApiVersion}'",
                $"Update the plugin and its entry: {Group}v1 and {Group}v1beta1 are supported.");
        }

        if (exec.InteractiveMode == "Always")
        {
            throw login.Unusable(
                $"the exec plugin '{exec.Command}' of {login.Words} always asks on a terminal, and gets none here",
                "Use another user of the kubeconfig, with a token, a client certificate or a plugin that does not ask.");
        }

        // a path is relative to the file, a name is looked for
        _command = exec.Command.AsSpan().IndexOfAny('/', Path.DirectorySeparatorChar) >= 0 ? Path.GetFullPath(Path.Combine(folder, exec.Command)) : exec.Command;
    }

    /// <summary>Logs in, or gives the last login where it still lasts.</summary>
    /// <param name="anew">Whether to log in even so: the API refused the last login.</param>
    /// <param name="patience">Time for the plugin.</param>
    /// <param name="cancel">Ends the plugin.</param>
    /// <exception cref="SourceException">The plugin did not log in.</exception>
    public async Task<KubeCredential> LogInAsync(bool anew, TimeSpan patience, CancellationToken cancel)
    {
        if (!anew && _last is { } last && !(last.Expires < DateTimeOffset.UtcNow + Margin)) return last;
        return _last = await RunAsync(patience, cancel);
    }

    private async Task<KubeCredential> RunAsync(TimeSpan patience, CancellationToken cancel)
    {
        using var process = Start();
        try
        {
            // a plugin that asks reads an end of file
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput);
            var complaint = ReadAsync(process.StandardError);
            try
            {
                await process.WaitForExitAsync(cancel).WaitAsync(patience, cancel);
            }
            catch (TimeoutException)
            {
                End(process);
                var (said, _) = await DrainAsync(complaint);
                throw Failed(SourceFailure.TimedOut, $"did not end within {patience.TotalSeconds:0.#} s and was ended", said, "Run it by hand to see what it waits for; it may want to ask something.");
            }

            // who inherited the plugin's output does not hold up the answer
            End(process);
            var (error, _) = await DrainAsync(complaint);
            var (text, whole) = await DrainAsync(output);
            if (process.ExitCode != 0)
                throw Failed(SourceFailure.AuthenticationFailed, $"ended with exit code {process.ExitCode}", error, "Log in the way that this plugin asks for, then try again; kubectl with the same file does the same.");
            return whole ? Parse(text, error) : throw Garbage("printed more than an ExecCredential", error);
        }
        finally
        {
            End(process);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };

        // in a session of its own it has no terminal to ask on, and all that it starts can be ended with it
        var file = Find(_command);
        if (OperatingSystem.IsWindows() || Find("setsid") is not { } setsid)
        {
            start.FileName = file ?? _command;
        }
        else
        {
            start.FileName = setsid;
            start.ArgumentList.Add(file ?? throw Missing(null));
        }

        foreach (var argument in _exec.Args ?? []) start.ArgumentList.Add(argument);
        foreach (var variable in _exec.Env ?? [])
        {
            if (!string.IsNullOrEmpty(variable.Name)) start.Environment[variable.Name] = variable.Value;
        }

        var spec = new Dictionary<string, object> { ["interactive"] = false };
        if (_exec.ProvideClusterInfo) spec["cluster"] = _login.Describe();
        start.Environment["KUBERNETES_EXEC_INFO"] = JsonSerializer.Serialize(new { apiVersion = _exec.ApiVersion, kind = "ExecCredential", spec });
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw Missing(failure);
        }
    }

    private KubeCredential Parse(string text, string error)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "kind") != "ExecCredential") throw Garbage("printed no ExecCredential", error);
            if (Text(root, "apiVersion") is var version && version != _exec.ApiVersion)
                throw Garbage($"answered with the apiVersion '{version}' instead of '{_exec.ApiVersion}'", error);
            var status = root.TryGetProperty("status", out var found) && found.ValueKind == JsonValueKind.Object ? found : throw Garbage("printed an ExecCredential without a status", error);
            var (token, certificate, key) = (Text(status, "token"), Text(status, "clientCertificateData"), Text(status, "clientKeyData"));
            if (token is null && (certificate is null || key is null)) throw Garbage("printed neither a token nor a client certificate with its key", error);
            DateTimeOffset? expires = status.TryGetProperty("expirationTimestamp", out var end) && end.ValueKind == JsonValueKind.String && end.TryGetDateTimeOffset(out var time) ? time : null;
            return new(token?.Trim(), certificate, key, expires);
        }
        catch (JsonException)
        {
            throw Garbage(text.AsSpan().Trim().IsEmpty ? "printed nothing" : "printed something else than JSON", error);
        }

        static string? Text(JsonElement element, string name) =>
            element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
    }

    private SourceException Missing(Exception? inner) => new(
        SourceFailure.AuthenticationFailed,
        _login.Place,
        $"{Subject} is not there, or may not be run.",
        string.IsNullOrWhiteSpace(_exec.InstallHint) ? "Install it, or put its folder on the PATH." : SecretText.OneLine(_exec.InstallHint, MaxComplaint),
        inner);

    private SourceException Garbage(string what, string error) =>
        Failed(SourceFailure.BadAnswer, what, error, "Run it by hand to see what it prints; update it if it is an old one.");

    private SourceException Failed(SourceFailure failure, string what, string error, string remedy)
    {
        // neither what it was given nor what it got may stand in an error
        var secrets = (_exec.Env ?? []).Select(e => e.Value).OfType<string>();
        var complaint = SecretText.OneLine(SecretText.Hide(error, secrets), MaxComplaint);
        return new(failure, _login.Place, $"{Subject} {what}{(complaint.Length > 0 ? $": {complaint}" : "")}.", remedy);
    }

    private string Subject => $"The exec plugin '{_exec.Command}' of {_login.Words}";

    private static async Task<(string Text, bool Whole)> ReadAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        var whole = true;
        try
        {
            int read;
            while ((read = await reader.ReadAsync(buffer)) > 0)
            {
                // read on and forget: a full pipe would hold the plugin up
                if (text.Length + read <= MaxOutput) text.Append(buffer, 0, read);
                else whole = false;
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // closed on our side
        }

        return (text.ToString(), whole);
    }

    private static async Task<(string Text, bool Whole)> DrainAsync(Task<(string, bool)> reading)
    {
        try
        {
            return await reading.WaitAsync(DrainPatience);
        }
        catch (TimeoutException)
        {
            return ("", false);
        }
    }

    /// <summary>Ends the plugin and all that it started.</summary>
    private static void End(Process process)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && Find("kill") is { } kill)
            {
                // the plugin's session: its children are in it even where their parent has gone
                using var killing = Process.Start(new ProcessStartInfo(kill, ["-KILL", "--", $"-{process.Id}"]) { RedirectStandardError = true, RedirectStandardOutput = true });
                killing?.WaitForExit(DrainPatience);
            }

            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException or NotSupportedException)
        {
            // it has ended by itself
        }
    }

    private static string? Find(string command)
    {
        if (Path.IsPathRooted(command)) return File.Exists(command) ? command : null;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
    }
}
