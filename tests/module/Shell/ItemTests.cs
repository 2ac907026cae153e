using Xunit;

namespace GravityNet.ModuleTests.Shell;

public sealed class ItemTests : ShellTest
{
    [Fact]
    public void Items_are_made_listed_copied_moved_and_removed()
    {
        Shell.Invoke("New-Item d/e -ItemType Directory -Force; Set-Content d/a.txt 'one', 'two'; New-Item d/e/b.log -Value x");
        Assert.Equal("e a.txt", Words("Get-ChildItem d | ForEach-Object Name"));
        Assert.Equal("a.txt", Words("Get-ChildItem d -File -Name"));
        Assert.Equal("e", Words("Get-ChildItem d -Directory | ForEach-Object Name"));
        Assert.Equal("b.log", Words("Get-ChildItem d -Recurse -Filter *.log | ForEach-Object Name"));
        Assert.Equal("a.txt", Words("Get-ChildItem d/* -Include *.txt | ForEach-Object Name"));

        Shell.Invoke("Copy-Item d copy -Recurse; Move-Item copy/a.txt moved.txt; Remove-Item d -Recurse");
        Assert.Equal("False True True", Words("Test-Path d; Test-Path copy/e/b.log; Test-Path moved.txt -PathType Leaf"));
        Assert.Empty(Shell.Errors);
    }

    [Fact]
    public void What_is_missing_is_one_error_and_the_rest_is_served()
    {
        Shell.Invoke("Set-Content here.txt x");
        Assert.Equal("here.txt", Words("Get-Item missing.txt, here.txt | ForEach-Object Name"));
        Assert.StartsWith("PathNotFound", Assert.Single(Shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("x", Words("Get-Content missing.txt, here.txt"));
        Assert.StartsWith("PathNotFound", Assert.Single(Shell.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_folder_is_not_removed_without_recurse_unless_the_answer_is_yes()
    {
        Shell.Invoke("New-Item d/e -ItemType Directory -Force");
        Shell.Invoke("try { Remove-Item d } catch { }");
        Assert.Equal(true, One("Test-Path d/e"));
    }

    [Theory]
    [InlineData("Get-Content f.txt", "1 2 3")]
    [InlineData("Get-Content f.txt -TotalCount 2", "1 2")]
    [InlineData("Get-Content f.txt -Tail 1", "3")]
    [InlineData("(Get-Content f.txt -Raw).Length", "6")]
    [InlineData("Get-Content f.txt | Select-Object -First 1", "1")]
    [InlineData("Get-Content env:GRAVITYNET_TEST", "e")]
    public void Content_is_read(string script, string expected)
    {
        Shell.Invoke("[IO.File]::WriteAllText(\"$PWD/f.txt\", \"1`n2`n3`n\"); $env:GRAVITYNET_TEST = 'e'");
        Assert.Equal(expected, Words(script));
    }

    [Fact]
    public void Content_is_written_and_added()
    {
        Shell.Invoke("'a', 'b' | Set-Content f.txt; Add-Content f.txt c; Set-Content g.txt 'x', 'y' -NoNewline; Set-Content u.txt é -Encoding utf8BOM");
        Assert.Equal("a b c", Words("Get-Content f.txt"));
        Assert.Equal("xy", File.ReadAllText(Path.Combine(Folder, "g.txt")));
        Assert.Equal(0xEF, File.ReadAllBytes(Path.Combine(Folder, "u.txt"))[0]);
        Assert.Equal("é", Words("Get-Content u.txt"));
    }

    [Theory]
    [InlineData("Test-Path .", "True")]
    [InlineData("Test-Path missing", "False")]
    [InlineData("Test-Path nodrive:/x", "False")]
    [InlineData("Test-Path . -PathType Leaf", "False")]
    [InlineData("Test-Path ''", "False")]
    [InlineData("Test-Path env:PATH", "True")]
    [InlineData("Test-Path '*'", "False")]
    [InlineData("Join-Path a b", "a/b")]
    [InlineData("Join-Path a/ /b c d", "a/b/c/d")]
    [InlineData("Split-Path /a/b.txt", "/a")]
    [InlineData("Split-Path /a/b.txt -Leaf", "b.txt")]
    [InlineData("Split-Path /a/b.txt -LeafBase", "b")]
    [InlineData("Split-Path /a/b.txt -Extension", ".txt")]
    [InlineData("Split-Path env:PATH -Qualifier", "env:")]
    [InlineData("Split-Path /a -IsAbsolute", "True")]
    public void Paths_are_judged_joined_and_split(string script, string expected) =>
        Assert.Equal(expected.Replace('/', Path.DirectorySeparatorChar), Words(script));

    [Fact]
    public void Locations_change_and_come_back()
    {
        Shell.Invoke("New-Item sub -ItemType Directory");
        Assert.Equal("sub sub", Words("Push-Location sub; Split-Path $PWD -Leaf; Split-Path (Get-Location) -Leaf; Pop-Location"));
        Assert.Equal(Folder, Words("Set-Location sub; Set-Location -; (Get-Location).Path"));
    }
}
