using Xunit;

namespace GravityNet.ModuleTests.Shell;

/// <summary>Export-Clixml, Import-Clixml, Tee-Object.</summary>
public sealed class ClixmlTests : ShellTest
{
    // to the byte what PowerShell 7.6 wrote; the engine keeps boxes of small numbers, and members that another session gave them
    [Theory]
    [InlineData("70001", "  <I32>70001</I32>")]
    [InlineData("70001, 'a', $null", "  <I32>70001</I32>\n  <S>a</S>\n  <Nil />")]
    public void A_file_is_that_of_PowerShell(string items, string expected)
    {
        Shell.Invoke($"{items} | Export-Clixml o.xml");
        Assert.Equal(
            $"<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n{expected}\n</Objs>",
            File.ReadAllText(Path.Combine(Folder, "o.xml")).ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("1, 'a', $null | Export-Clixml o.xml; Import-Clixml o.xml | ForEach-Object { \"[$_]\" }", "[1] [a] []")]
    [InlineData("@{ a = 1 } | Export-Clixml o.xml; (Import-Clixml o.xml).a", "1")]
    [InlineData("Get-Item . | Export-Clixml o.xml; (Import-Clixml o.xml).PSObject.TypeNames[0]", "Deserialized.System.IO.DirectoryInfo")]
    [InlineData("[pscustomobject]@{ N = [version]'1.2'; D = [datetime]::UnixEpoch } | Export-Clixml o.xml; $o = Import-Clixml o.xml; $o.N.GetType().Name; $o.D.Year", "Version 1970")]
    [InlineData("1..5 | Export-Clixml o.xml; Import-Clixml o.xml -Skip 1 -First 2", "2 3")]
    [InlineData("1 | Export-Clixml o1.xml; 2 | Export-Clixml o2.xml; Import-Clixml o*.xml", "1 2")]
    [InlineData("$s = [securestring]::new(); $s.AppendChar('p'); [pscredential]::new('u', $s) | Export-Clixml o.xml; (Import-Clixml o.xml).GetNetworkCredential() | ForEach-Object { $_.UserName; $_.Password }", "u p")]
    public void Objects_come_back(string script, string expected)
    {
        Assert.Equal(expected, Words(script));
        Assert.Empty(Shell.Errors);
    }

    [Theory]
    [InlineData("Import-Clixml none.xml", "FileOpenFailure,GravityNet.Shell.ImportClixmlCommand")]
    [InlineData("Import-Clixml none*.xml", "FileOpenFailure,GravityNet.Shell.ImportClixmlCommand")]
    [InlineData("Set-Content o.xml x; Import-Clixml o.xml", "System.Xml.XmlException,GravityNet.Shell.ImportClixmlCommand")]
    [InlineData("1 | Export-Clixml o.xml; 1 | Export-Clixml o.xml -NoClobber", "NoClobber,GravityNet.Shell.ExportClixmlCommand")]
    [InlineData("1 | Export-Clixml no/dir/o.xml", "FileOpenFailure,GravityNet.Shell.ExportClixmlCommand")]
    public void Files_fail_as_in_PowerShell(string script, string id)
    {
        Shell.Invoke(script);
        Assert.Equal(id, Assert.Single(Shell.Errors).FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("1..3 | Tee-Object t.txt | ForEach-Object { $_ * 2 }; Get-Content t.txt", "2 4 6 1 2 3")]
    [InlineData("1 | Tee-Object t.txt; 2 | Tee-Object t.txt -Append; Get-Content t.txt", "1 2 1 2")]
    [InlineData("1, 2 | Tee-Object -Variable v; $v.GetType().Name; 5 | Tee-Object -Variable v; $v.GetType().Name; @() | Tee-Object -Variable v; $v", "1 2 Object[] 5 Int32 5")]
    [InlineData("& { 7 | Tee-Object -Variable inner; $inner }; \"[$inner]\"", "7 7 []")]
    [InlineData("1..9 | Tee-Object -LiteralPath 't[1].txt' | Select-Object -First 2; Get-Content -LiteralPath 't[1].txt'", "1 2 1 2")]
    public void What_passes_is_kept(string script, string expected) => Assert.Equal(expected, Words(script));
}
