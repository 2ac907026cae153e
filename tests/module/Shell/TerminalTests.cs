using Xunit;

namespace GravityNet.ModuleTests.Shell;

/// <summary>The prompt as a person at a terminal sees it.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gravitynet-shell-").FullName;

    [Fact]
    public void Tab_goes_through_the_proposals_and_lists_them()
    {
        foreach (var name in new[] { "alpha", "beta", "bravo" })
            File.WriteAllText(Path.Combine(_folder, name), name);
        using var terminal = new Terminal(_folder);
        terminal.Expect("PS> Get-Content ./beta\nbeta   bravo", "Get-Content b", "Tab");
        terminal.Expect("PS> Get-Content ./bravo\nbeta   bravo", "Tab");
        terminal.Expect("PS> Get-Content ./beta\nbeta   bravo", "BTab");
        // back to what was typed, and on from there: one proposal needs no list
        terminal.Expect("PS> Get-Content b", "Escape");
        terminal.Expect("PS> Get-Content ./alpha", "BSpace", "a", "Tab");
        terminal.Expect("PS> Get-Content ./alpha\nalpha\nPS>", "Enter");
        terminal.Expect("PS> 'x'.Length", "'x'.Leng", "Tab");
        terminal.Expect("1\nPS>", "Enter");
    }

    [Fact]
    public void A_long_list_shows_the_rows_around_the_choice()
    {
        for (var i = 100; i < 200; i++)
            File.WriteAllText(Path.Combine(_folder, $"file{i}"), "");
        using var terminal = new Terminal(_folder, width: 40, height: 12);
        terminal.Expect("(1 of 100)", "Get-Item f", "Tab");
        terminal.Expect("(100 of 100)", "BTab");
        Assert.StartsWith("PS> Get-Item ./file199\n", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("\nfile196  file197  file198  file199\n", terminal.Screen, StringComparison.Ordinal);
        // the list goes when the line does
        terminal.Expect("PS> Get-Item ./file199^C\nPS>", "C-c");
        Assert.DoesNotContain("file198", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_of_several_lines_is_recalled_and_edited_whole()
    {
        using var terminal = new Terminal(_folder);
        terminal.Expect("PS> if ($true) {\n>> 'one'\n>> }\none\nPS>", "if ($true) {", "Enter", "'one'", "Enter", "}", "Enter");
        terminal.Expect("two\nPS>", "'two'", "Enter");
        terminal.Expect("PS> 'draft", "'draft");
        terminal.Expect("two\nPS> if ($true) {\n>> 'one'\n>> }", "Up", "Up");
        terminal.Expect("two\nPS> 'draft", "Down", "Down");
        // into the text by its lines, and out again
        terminal.Expect("PS> if ($true) {\n>> 'one!'\n>> }\none!\nPS>", "Up", "Up", "Left", "Up", "End", "Left", "!", "Enter");
        terminal.Expect("PS> if ($true) {\n>> 'one!'\n>> }", "one", "C-r");
        terminal.Expect("PS> if ($true) {\n>> 'one'\n>> }", "C-r");
    }

    [Fact]
    public void A_line_that_takes_several_rows_is_edited_in_place()
    {
        using var terminal = new Terminal(_folder, width: 20);
        terminal.Expect("PS> 'abcdefghijklmno\npqr日本語日本語日本\n語-12345'", "'abcdefghijklmnopqr日本語日本語日本語-12345'");
        terminal.Expect("PS> 'abcdefghijklmno\npqr日本語日本語日本\n語-12X'", "Left", "BSpace", "BSpace", "BSpace", "X");
        terminal.Expect("PS> ('abcdefghijklmn\nopqr日本語日本語日本\n語-12X').Length\n31\nPS>", "Home", "(", "End", ").Length", "Enter");
    }

    [Fact]
    public void Ctrl_C_drops_what_is_typed()
    {
        using var terminal = new Terminal(_folder);
        terminal.Expect("PS> 'half^C\nPS>", "'half", "C-c");
        terminal.Expect("PS> if ($true) {\n>> 'never'^C\nPS>", "if ($true) {", "Enter", "'never'", "C-c");
        terminal.Expect("PS> 'whole'\nwhole\nPS>", "'whole'", "Enter");
    }

    [Theory]
    [InlineData("Start-Sleep 60", "")]
    [InlineData("while ($true) { }", "")]
    [InlineData("sleep 60", "^C")]
    [InlineData("Read-Host", "^C\n")]
    [InlineData("Read-Host -AsSecureString", "^C\n")]
    [InlineData("$Host.UI.RawUI.ReadKey()", "")]
    public void Ctrl_C_ends_the_command_and_keeps_the_prompt(string command, string mark)
    {
        using var terminal = new Terminal(_folder, width: 120);
        // the terminal ends a program of the system itself, maybe a moment before the shell knows
        terminal.Press($"try {{ 'started'; {command}; Start-Sleep 1; 'never' }} finally {{ Write-Host cleaned }}", "Enter");
        terminal.Expect("started");
        // the line is out before the command has begun
        Thread.Sleep(300);
        terminal.Expect($"started\n{mark}cleaned\nPS>", "C-c");
        terminal.Expect("PS> 'goes on'\ngoes on\nPS>", "'goes on'", "Enter");
    }

    [Fact]
    public void Ctrl_C_at_a_confirmation_does_nothing()
    {
        using var terminal = new Terminal(_folder, width: 120);
        terminal.Press("Remove-Item . -Recurse -Confirm; 'never'", "Enter");
        terminal.Expect("[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is \"Y\"):");
        terminal.Press("C-c");
        terminal.Expect("PS> 'goes on'\ngoes on\nPS>", "'goes on'", "Enter");
        Assert.True(Directory.Exists(_folder));
        Assert.DoesNotContain("never\n", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_followed_until_Ctrl_C()
    {
        var file = Path.Combine(_folder, "log");
        File.WriteAllText(file, "one\n");
        using var terminal = new Terminal(_folder);
        terminal.Expect("one", "Get-Content log -Wait", "Enter");
        File.AppendAllText(file, "two\n");
        terminal.Expect("one\ntwo");
        // cut and begun anew, as logs are
        File.WriteAllText(file, "3\n");
        terminal.Expect("one\ntwo\n3");
        terminal.Expect("one\ntwo\n3\nPS>", "C-c");
    }

    [Fact]
    public void A_question_is_answered_behind_its_text()
    {
        using var terminal = new Terminal(_folder);
        terminal.Expect("PS> Read-Host name\nname: ann", "Read-Host name", "Enter", "an", "Left", "n");
        terminal.Expect("name: ann\nann\nPS>", "Enter");
        // an answer is none of the commands
        terminal.Expect("ann\nPS> Read-Host name", "Up");
    }

    [Fact]
    public void The_prompt_starts_a_row_of_its_own() =>
        Expect("PS> Write-Host abc -NoNewline\nabc\nPS>", "Write-Host abc -NoNewline", "Enter");

    [Fact]
    public void Ctrl_D_on_nothing_leaves()
    {
        using var terminal = new Terminal(_folder);
        terminal.Expect("PS> 'x'", "'x'", "C-d");
        terminal.Press("C-u", "C-d");
        terminal.WaitForEnd();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Expect(string expected, params string[] keys)
    {
        using var terminal = new Terminal(_folder);
        terminal.Expect(expected, keys);
    }
}
