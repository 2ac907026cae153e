using System.Runtime.InteropServices;

namespace GravityNet.Labs.Running;

/// <summary>
/// Does something in the network namespace of another process: on a thread of its own, which enters it and ends there. Sockets that it makes stay in that
/// namespace for good; see setns(2) and network_namespaces(7).
/// </summary>
internal static partial class NetworkThread
{
    private const int NetworkKind = 0x40000000;

    /// <summary>Does it.</summary>
    /// <param name="pid">The other process.</param>
    /// <param name="work">What to do.</param>
    /// <exception cref="LabException">The namespace cannot be entered.</exception>
    public static Task<T> RunAsync<T>(int pid, Func<T> work) => RunAsync($"/proc/{pid}/ns/net", work);

    /// <summary>Does it in a namespace that a file stands for, such as one of <c>/run/netns</c>.</summary>
    public static Task<T> RunAsync<T>(string path, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using (var file = File.OpenHandle(path))
                {
                    if (Enter(file, NetworkKind) != 0)
                        throw new LabException($"the network namespace {path} cannot be entered: {Marshal.GetLastPInvokeErrorMessage()}");
                }

                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
        }.Start();
        return done.Task;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int Enter(SafeHandle handle, int kind);
}
