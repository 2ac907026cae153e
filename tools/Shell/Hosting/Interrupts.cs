using System.Runtime.InteropServices;

namespace GravityNet.Shell;

/// <summary>
/// Turns Ctrl+C, and a request to end, into a stop of the running pipeline, so that <c>finally</c> blocks and cmdlets clean up.
/// A second Ctrl+C while the stop is under way ends the process at once.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ShellSession _session;
    private readonly bool _interactive;
    private int _pressed;

    public Interrupts(ShellSession session, bool interactive)
    {
        _session = session;
        _interactive = interactive;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        // while keys are read one by one the terminal sends no signal
        session.Host.Interrupted = () => Stop(PosixSignal.SIGINT, fromTerminal: true);
    }

    /// <summary>The exit code of a process that the signal ended: 128 and the signal's number. Null when none came.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Makes ready for the next command of a prompt.</summary>
    public void Reset()
    {
        _pressed = 0;
        ExitCode = null;
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    private void Handle(PosixSignalContext context)
    {
        var isInterrupt = context.Signal == PosixSignal.SIGINT;
        if (Interlocked.Increment(ref _pressed) > 1 && isInterrupt && !_interactive)
            return;

        context.Cancel = true;
        // a terminal sends Ctrl+C to every process in its foreground; what comes from elsewhere reached this one alone
        Stop(context.Signal, fromTerminal: isInterrupt && !Console.IsInputRedirected);
    }

    private void Stop(PosixSignal signal, bool fromTerminal)
    {
        var isInterrupt = signal == PosixSignal.SIGINT;
        var code = 128 + (isInterrupt ? 2 : signal == PosixSignal.SIGTERM ? 15 : 1);
        ExitCode = code;
        var stopped = _session.Stop();
        if (!fromTerminal)
            ChildProcesses.Signal(signal);
        // at an empty prompt Ctrl+C only cancels the line
        if (!stopped && !(isInterrupt && _interactive))
            Environment.Exit(code);
    }
}
