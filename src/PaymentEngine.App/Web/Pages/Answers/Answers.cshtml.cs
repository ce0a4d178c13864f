using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Files;
using PaymentEngine.App.Operations;
using PaymentEngine.Core;

namespace PaymentEngine.App.Web.Pages.Answers;

/// <summary>A bank's answer: looked at first, with what was found line by line and nothing kept; then taken in.</summary>
public sealed class AnswersPage(WebParts parts) : WebPage(parts)
{
    public IReadOnlyList<BankImport> Taken { get; private set; } = [];

    public IReadOnlyList<BankFileReading> Read { get; private set; } = [];

    public void OnGet()
    {
    }

    /// <param name="what">The button: <c>check</c> reads only, <c>import</c> takes it in.</param>
    /// <param name="file">pain.002, camt, CSV or XLSX.</param>
    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, IFormFile? file)
    {
        if (file is null || file.Length == 0) return Refused([new Problem("usage.file_missing", "No file was chosen, or it is empty.", "Choose the bank's file.", new SourceLocation(Field: "file"))]);
        using var taken = await TakenFile.OfAsync(file, HttpContext.RequestAborted);
        if (what != "import")
        {
            var read = BankReading.Read([taken.Path], Parts.Context.Files, null, HttpContext.RequestAborted);
            if (!read.TryGet(out var readings)) return Refused(Placed(read.Problems));
            Read = readings;
            return Page();
        }

        if (!Parts.Keys.TryGet(out var keys)) return Refused(Parts.Keys.Problems);
        using var cipher = keys.OpenCipher();
        var imports = new BankImports(Parts.Database, Parts.Clock, Parts.Context.Files, new Archive(Parts.Context.Files, Parts.Folder("archive")), cipher);
        var imported = await imports.ImportAsync(Caller, [taken.Path], HttpContext.RequestAborted);
        if (!imported.TryGet(out var results)) return imported.Problems[0].Code == "not_allowed.step_up" ? ToConfirm("/answers") : Refused(Placed(imported.Problems));
        Taken = results;
        if (results.Any(one => one.Problem is not null)) return Refused([.. results.Select(one => one.Problem).OfType<Problem>()]);
        Done = results.All(one => one.Outcome == "known") ? Text("Tệp này đã nhận trước đó; không có gì thay đổi.", "This file was received before; nothing was changed.") : Text("Đã nhận tệp và đối soát.", "The file is taken in and reconciled.");
        return Page();
    }

    public string OutcomeOf(BankImport one) => one.Outcome switch
    {
        "applied" => Text("đã nhập", "applied"),
        "known" => Text($"đã nhận ngày {ViText.Date(Day(one.KnownSince!.Value))}", $"received before, on {ViText.Date(Day(one.KnownSince!.Value))}"),
        _ => Text("chờ người xử lý", "parked"),
    };

    /// <summary>Where the file lay while it was read is nobody's business.</summary>
    static IReadOnlyList<Problem> Placed(IReadOnlyList<Problem> problems) => [.. problems.Select(problem => problem.At is { File: { } path } at ? problem with { At = at with { File = Path.GetFileName(path) } } : problem)];
}
