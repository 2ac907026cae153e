using System.Globalization;

namespace GravityNet.Bench;

/// <summary>What is measured, and how often.</summary>
/// <param name="Rounds">How often each is measured.</param>
/// <param name="Clusters">How many nodes the clusters have that are connected to.</param>
/// <param name="Services">How many services, of ten endpoints each, a node's rules have.</param>
/// <param name="Module">The built module's folder.</param>
/// <param name="Shell">The program and arguments that start a PowerShell which reads commands from its input.</param>
internal sealed record Arguments(int Rounds, IReadOnlyList<int> Clusters, int Services, string Module, IReadOnlyList<string> Shell)
{
    private const string Usage = "usage: GravityNet.Bench [-Short | -Rounds N] -Module FOLDER -- SHELL ARGUMENTS...";

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ArgumentException">It is none of this program's; the message is the usage.</exception>
    public static Arguments Parse(string[] words)
    {
        var result = new Arguments(7, [3, 30], 10_000, "", []);
        for (var i = 0; i < words.Length; i++)
        {
            switch (words[i].ToUpperInvariant())
            {
                case "-SHORT":
                    result = result with { Rounds = 1, Clusters = [3], Services = 500 };
                    break;
                case "-ROUNDS" when i + 1 < words.Length && int.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
                    result = result with { Rounds = rounds };
                    i++;
                    break;
                case "-MODULE" when i + 1 < words.Length:
                    result = result with { Module = words[++i] };
                    break;
                case "--":
                    result = result with { Shell = words[(i + 1)..] };
                    i = words.Length;
                    break;
                default:
                    throw new ArgumentException($"'{words[i]}' is not known. {Usage}");
            }
        }

        return result.Module.Length > 0 && result.Shell.Count > 0 ? result : throw new ArgumentException(Usage);
    }
}
