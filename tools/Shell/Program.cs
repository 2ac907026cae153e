using System.Globalization;
using System.Management.Automation;
using GravityNet.Shell;

CommandLine line;
try
{
    line = CommandLine.Parse(args);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 64;
}

if (line.Help)
{
    Console.WriteLine(CommandLine.Usage);
    return 0;
}

UseEnglishWithoutLocale();
var screen = Screen.ForConsole();
if (!screen.Colour)
    PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

var prompts = line is { Command: null, File: null } || line.NoExit;
using var session = new ShellSession(screen);
using var interrupts = new Interrupts(session, prompts && screen.Interactive);

if (prompts && screen.Interactive && !line.NoLogo)
{
    Console.WriteLine("GravityNet's embedded PowerShell prompt: a convenience for machines without pwsh, no part of the module. Type 'exit' to leave.");
}

var succeeded = line.Modules.All(path => session.Run($"Import-Module -Name '{path.Replace("'", "''", StringComparison.Ordinal)}' -ErrorAction Stop"));
if (succeeded || prompts)
{
    if (line.File is not null)
        succeeded = session.RunFile(Path.GetFullPath(line.File), line.Arguments);
    else if (line.Command is not null)
        succeeded = session.Run(line.Command);
    if (prompts && session.Host.RequestedExitCode is null)
        succeeded = new Prompt(session, screen, interrupts).Run();
}

return session.Host.RequestedExitCode ?? interrupts.ExitCode ?? (succeeded ? 0 : 1);

// In the invariant culture, which is that of a machine without a locale, views and help are wrapped in the middle of words.
static void UseEnglishWithoutLocale()
{
    if (CultureInfo.CurrentCulture.Name.Length > 0)
        return;
    try
    {
        var english = CultureInfo.GetCultureInfo("en-US");
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (english, english);
        (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture) = (english, english);
    }
    catch (CultureNotFoundException)
    {
        // no ICU on this machine: there is no other culture
    }
}
