using System.Globalization;
using System.Runtime.InteropServices;

namespace GravityNet.Bench;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    /// <summary>CPU, cores, kernel and runtime in a line, and how busy the machine is.</summary>
    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return string.Create(
            CultureInfo.InvariantCulture, $"{model}, {Environment.ProcessorCount} cores, Linux {kernel}, {RuntimeInformation.FrameworkDescription}, load {Load()}");
    }

    /// <summary>The load of the last minute (proc_loadavg(5)).</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
