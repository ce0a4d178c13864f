using System.Text.RegularExpressions;
using PaymentEngine.App.Files;
using PaymentEngine.App.Paper;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Postgres;

namespace PaymentEngine.Tests.Paper;

/// <summary>A fact that needs a browser to print with; skipped with a reason on a laptop without, failing in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrintedFactAttribute : FactAttribute
{
    static readonly bool Missing = new PaperPrinter(new DiskFiles(new ActionCounter()), "").Browser is null && Environment.GetEnvironmentVariable("CI") != "true";

    public PrintedFactAttribute()
    {
        if (Missing) Skip = "There is no Chromium here. " + PaperPrinter.HowToInstall;
    }
}

/// <summary>Pages become PDF files whole or not at all.</summary>
public sealed class PaperPrinterTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pe-paper-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    PaperPrinter Printer(string named = "") => new(new DiskFiles(new ActionCounter()), named);

    string Pdf => Path.Combine(folder, "page.pdf");

    /// <summary>A browser that does what a script says.</summary>
    PaperPrinter Scripted(string script)
    {
        var path = Path.Combine(folder, "browser");
        File.WriteAllText(path, "#!/bin/sh\nfor a in \"$@\"; do case $a in --print-to-pdf=*) out=${a#--print-to-pdf=};; esac; done\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return Printer(path);
    }

    static void Page(Stream stream) => new PaperPage("DANH SÁCH THỬ", "THU-1", "Sở Y tế tỉnh Nghệ An")
        .Table(["STT*", "Họ và tên", "Số tiền (đồng)*", "Ký nhận_"], Enumerable.Range(1, 120).Select(n => (IReadOnlyList<string>)[$"{n}", "Nguyễn Thị Phượng Uyển", "1.234.567", ""]))
        .Save(stream);

    [PrintedFact]
    public async Task A_page_becomes_a_tagged_PDF_of_several_sheets_for_its_owner_alone()
    {
        File.WriteAllText(Pdf, "an older one");
        var printed = await Printer().PrintAsync(Page, Pdf);
        Assert.True(printed.IsOk, string.Join('\n', printed.Problems));
        var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Pdf));
        Assert.StartsWith("%PDF-", text, StringComparison.Ordinal);
        Assert.InRange(Regex.Count(text, @"/Type /Page\b(?!s)"), 3, 12);
        Assert.Contains("/StructTreeRoot", text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Pdf));
        Assert.Equal(["page.pdf"], Directory.GetFiles(folder).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task Without_a_browser_nothing_is_printed_and_the_remedy_says_how_to_get_one()
    {
        var refused = Assert.Single((await Printer("/nowhere/chromium").PrintAsync(Page, Pdf)).Problems);
        Assert.Equal("neighbour.browser_missing", refused.Code);
        Assert.Contains("apt-get install chromium", refused.Remedy, StringComparison.Ordinal);
        Assert.False(File.Exists(Pdf));
    }

    [Theory]
    [InlineData("echo nothing works >&2; exit 7", "nothing works")]
    [InlineData("printf '%%PDF-1.4 half' >\"$out\"", "it said nothing")]
    [InlineData("printf 'hello' >\"$out\"", "it said nothing")]
    [InlineData("exit 0", "it said nothing")]
    public async Task A_browser_that_fails_or_writes_half_a_file_leaves_the_older_one(string script, string said)
    {
        File.WriteAllText(Pdf, "an older one");
        var refused = Assert.Single((await Scripted(script).PrintAsync(Page, Pdf)).Problems);
        Assert.Equal("neighbour.browser_failed", refused.Code);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.Equal("an older one", File.ReadAllText(Pdf));
    }

    [Fact]
    public async Task A_print_that_is_stopped_ends_the_browser_and_writes_nothing()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Scripted("exec sleep 100").PrintAsync(Page, Pdf, stop.Token));
        Assert.False(File.Exists(Pdf));
    }
}
