using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Pictures;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres;

namespace PaymentEngine.App.Web.Pages.Runs;

/// <summary>A task of the run's list.</summary>
/// <param name="Section">Where on the page it is done; null when it cannot begin yet.</param>
/// <param name="State">In a word.</param>
/// <param name="Tone">Empty when it is finished, <c>wait</c>, <c>bad</c>, or <c>none</c> when it cannot begin.</param>
/// <param name="Hint">Why it cannot begin, or what it found.</param>
public sealed record RunTask(string Name, string? Section, string State, string Tone, string? Hint);

/// <summary>One run as a list of tasks from plan to close, with what it holds and how it differs.</summary>
public abstract class RunSheet(WebParts parts) : WebPage(parts)
{
    const int PeopleShown = 20;

    public RunView? View { get; private set; }

    /// <summary>Other accounts first, then the other changes that the approver reads.</summary>
    public IReadOnlyList<DifferencePerson> Changed { get; private set; } = [];

    public IReadOnlyList<RunFileView> Files { get; private set; } = [];

    /// <summary>Where the run's money is, by the ledger; empty before the approval and for those who do not work with money.</summary>
    public IReadOnlyList<LedgerBalance> Balances { get; private set; } = [];

    /// <summary>What was typed into the form that was refused, by field.</summary>
    public IReadOnlyDictionary<string, string> Typed { get; protected set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Files that are being written now.</summary>
    public LongAct? Writing { get; protected set; }

    /// <summary>The digest of the content shown, whole.</summary>
    public string Digest => View?.Total is { } total ? Convert.ToHexStringLower(total.ContentHash) : "";

    public string Step => View is { Run.Voided: true } ? "returned" : View?.Run.Step ?? "planning";

    /// <summary>Submitted, and this person may be its approver; whether they are is decided by the operation.</summary>
    public bool AsksApproval => View is { Run: { Voided: false, Step: "submitted" }, Total: not null } && Has(Role.Approver, Role.ChiefApprover) && !IsOwn;

    /// <summary>The reader made this run, so somebody else approves it.</summary>
    public bool IsOwn => View?.Run.MadeBy == Caller.UserName;

    public bool AsksSubmit => Step == "planned" && View!.Total is not null && Caller.Lacks(AccessRules.RunSubmit) is null;

    public bool AsksReturn => Step is "planned" or "submitted" && (IsOwn || Has(Role.Approver, Role.ChiefApprover, Role.Checker));

    public bool AsksExport => Step == "approved" && View!.Total is { BankAttempts: > 0 } && Caller.Lacks(AccessRules.RunExport) is null;

    public bool AsksSend => Step is "sealed" or "approved" && Files.Any(file => file.Step is OwnStep.Sealed or OwnStep.InDoubt) && Caller.Lacks(AccessRules.RunSend) is null;

    public bool AsksClose => Step is "handed_over" or "sealed" or "approved" && Caller.Lacks(AccessRules.RunClose) is null;

    public bool MayReconcile => Step is "handed_over" && Caller.Lacks(AccessRules.Reconcile) is null && Has(Role.Reconciler);

    public bool MaySeeCertificate => Rank >= 3 && Caller.Lacks(AccessRules.RunCertificate) is null;

    public bool MayTakePaper => View?.Total is not null && !View.Run.Voided && Caller.Lacks(AccessRules.RunPaper) is null;

    public bool MayFetchFiles => Caller.Lacks(AccessRules.RunExport) is null;

    /// <summary>How far the run is: 0 being planned, 1 planned, 2 submitted, 3 approved, 4 sealed, 5 handed over, 6 closed.</summary>
    public int Rank => Array.IndexOf(["planning", "planned", "submitted", "approved", "sealed", "handed_over", "closed"], Step);

    public (long Items, Vnd Sum) In(Place place) => Balances.FirstOrDefault(one => one.Place == (short)place) is { } found ? (found.Items, new Vnd(found.SumVnd)) : (0, new Vnd(0));

    /// <summary>The approval by its button: the act, the sum and how many people.</summary>
    public string ApproveWords => Text($"Duyệt chi {ViText.Count(View!.Total!.DeclaredVnd)} đồng cho {ViText.Count(View.Total.Recipients)} người", $"Approve {ViText.Count(View!.Total!.DeclaredVnd)} đồng for {ViText.Count(View.Total.Recipients)} people");

    /// <summary>What stands in a field of a form that was refused.</summary>
    public string Kept(string field) => Typed.GetValueOrDefault(field, "");

    /// <summary>Whether a field was refused.</summary>
    public string? Wrong(string field) => Problems.Any(problem => problem.At?.Field == field) ? "true" : null;

    protected async Task<IActionResult?> LoadAsync(string run)
    {
        var cancel = HttpContext.RequestAborted;
        if (!RunId.Parse(run).TryGet(out var id)) return Refused([Refusals.NotThere]);
        var found = await Parts.Runs.ShowAsync(Caller, id, cancel);
        if (!found.TryGet(out var view)) return Refused(Refusals.OfSought(found.Problems));
        View = view;
        if (view is { Run: { Kind: RunKinds.Regular, Voided: false, PreviousRun: not null }, Total: not null } && (await Parts.Runs.DifferenceAsync(Caller, id, PeopleShown, cancel)).TryGet(out var difference))
            Changed = [.. difference.People.OrderByDescending(one => one.Cause is "other_account").ThenByDescending(one => one.Cause is "other_payee")];

        if (Rank >= 3)
        {
            if ((await new RunFiles(Parts.Database).ListAsync(Caller, id, cancel)).TryGet(out var files)) Files = files;
            if ((await new Ledger(Parts.Database, Parts.Clock).BalancesAsync(Caller, [], null, id, null, cancel)).TryGet(out var balances)) Balances = balances;
        }

        return null;
    }

    protected string? DoneWords(string? done) => done switch
    {
        "plan" => Text("Đã lập xong bản nháp. Tiếp theo: kiểm tra, rồi trình duyệt.", "The draft is planned. Next: check it, then submit it."),
        "submit" => Text("Đã trình. Tiếp theo: một người khác duyệt.", "Submitted. Next: another person approves it."),
        "approve" => Text("Đã duyệt. Tiếp theo: ghi và đóng tệp lệnh chi.", "Approved. Next: write and seal the payment files."),
        "export" => Text("Đã ghi và đóng tệp. Tiếp theo: gửi ngân hàng.", "The files are written and sealed. Next: send them to the bank."),
        "send" => Text("Đã giao tệp cho ngân hàng. Đã gửi chưa phải là đã chi: chờ ngân hàng trả lời.", "The files are handed over. Sent is not paid: wait for the bank's answers."),
        "reconcile" => Text("Đã đối soát lại bằng chứng.", "The evidence was looked at again."),
        "close" => Text("Đã đóng đợt; khoản chưa xong chuyển sang tháng sau.", "The run is closed; what is not final is carried over."),
        "return" => Text("Đã trả lại; tháng có thể lập lại.", "Returned; the month can be planned again."),
        _ => null,
    };

    /// <summary>The tasks of the run, each with its state in words.</summary>
    public IReadOnlyList<RunTask> Tasks()
    {
        var (view, rank) = (View!, Rank);
        var done = Text("xong", "done");
        string? Waits(int needs, string vi, string en) => rank < needs ? Text(vi, en) : null;
        var total = view.Total;
        var conflicts = view.Conflicts.Count(one => one.IsHard);
        var levels = total is null ? 0 : total.ApprovalLevels;
        var (transit, dueInCash) = (In(Place.InTransit).Items + In(Place.Ordered).Items, In(Place.CashDue).Items + In(Place.OnCashList).Items);
        var failed = In(Place.Returned).Items + In(Place.Disputed).Items;
        var hasFiles = total is null or { BankAttempts: > 0 };
        return
        [
            new(Text("Lập danh sách", "Plan"), "#overview", total is null ? Text($"đang lập {view.Run.PartitionsDone}/{view.Run.Partitions}", $"{view.Run.PartitionsDone} of {view.Run.Partitions}") : done, total is null ? "wait" : "", null),
            new(Text("Kiểm tra", "Check"), total is null ? null : "#difference", conflicts > 0 ? Text($"{conflicts} xung đột", $"{conflicts} conflicts") : rank >= 2 ? done : Text("cần đọc", "to be read"), conflicts > 0 ? "bad" : rank >= 2 ? "" : "wait", Waits(1, "Chưa lập xong", "Not planned yet")),
            new(Text("Trình duyệt", "Submit"), rank < 1 ? null : "#submit", rank >= 2 ? done : rank == 1 ? Text("chờ trình", "waiting") : Text("chưa được", "not yet"), rank >= 2 ? "" : rank == 1 ? "wait" : "none", Waits(1, "Chưa lập xong", "Not planned yet")),
            new(Text("Duyệt", "Approve"), rank < 2 ? null : "#approve", rank >= 3 ? done : rank == 2 ? Text($"{view.LevelsOfContent.Count}/{levels} cấp", $"level {view.LevelsOfContent.Count} of {levels}") : Text("chưa được", "not yet"), rank >= 3 ? "" : rank == 2 ? "wait" : "none", Waits(2, "Chưa trình", "Not submitted") ?? (rank == 2 && IsOwn ? Text("Chờ người duyệt: không phải người lập", "Waits for an approver who is not the maker") : null)),
            new(Text("Ghi và đóng tệp", "Seal the files"), rank < 3 || !hasFiles ? null : "#files", rank >= 4 ? done : rank == 3 && hasFiles ? Text("chờ ghi", "waiting") : hasFiles ? Text("chưa được", "not yet") : Text("không có lệnh chi", "no payment orders"), rank >= 4 ? "" : rank == 3 && hasFiles ? "wait" : "none", Waits(3, "Chưa duyệt", "Not approved")),
            new(Text("Gửi ngân hàng", "Send"), rank < 4 ? null : "#files", rank >= 5 ? done : rank == 4 ? Text("chờ gửi", "waiting") : Text("chưa được", "not yet"), rank >= 5 ? "" : rank == 4 ? "wait" : "none", hasFiles ? Waits(4, "Chưa đóng tệp", "Not sealed") : null),
            new(Text("Ngân hàng trả lời, đối soát", "Bank answers"), rank < 5 ? null : "#answers", rank < 5 ? Text("chưa được", "not yet") : transit > 0 ? Text($"còn {ViText.Count(transit)}", $"{ViText.Count(transit)} left") : failed > 0 ? Text($"{ViText.Count(failed)} lỗi", $"{ViText.Count(failed)} failed") : done, rank < 5 ? "none" : transit > 0 || failed > 0 ? "wait" : "", Waits(5, "Chưa gửi", "Not sent")),
            new(Text("Chi tiền mặt", "Cash"), rank < 3 ? null : "#answers", rank < 3 ? Text("chưa được", "not yet") : dueInCash > 0 ? Text($"còn {ViText.Count(dueInCash)}", $"{ViText.Count(dueInCash)} left") : done, rank < 3 ? "none" : dueInCash > 0 ? "wait" : "", Waits(3, "Chưa duyệt", "Not approved")),
            new(Text("Đóng đợt", "Close"), rank < 3 ? null : "#close", rank == 6 ? done : rank >= 3 ? Text("chờ đóng", "waiting") : Text("chưa được", "not yet"), rank == 6 ? "" : rank >= 3 ? "wait" : "none", rank is >= 3 and < 6 && transit > 0 ? Text("Còn khoản đang ở ngân hàng", "Money is still at the bank") : Waits(3, "Chưa duyệt", "Not approved")),
        ];
    }

    /// <summary>The bridge from last month to this one, in đồng; null when there is nothing to compare with.</summary>
    public IHtmlContent? Bridge()
    {
        if (View!.Run.Kind != RunKinds.Regular || View.Run.PreviousRun is null) return null;
        var bridge = ApprovalPapers.Bridge(View.Difference);
        return Drawings.Bridge(Text("Từ tháng trước sang tháng này; trục không bắt đầu từ 0", "From last month to this one; the axis does not begin at zero"), (Text("tháng trước", "last month"), bridge.Before),
            [.. bridge.Steps.Select(step => (RunPaper.Cause(Words, step.Cause).Words, RunBridge.SignOf(step.Cause) > 0 ? step.Sum : new Vnd(-step.Sum.Amount)))], (Text("tháng này", "this month"), bridge.Now));
    }

    public IHtmlContent Money() => Drawings.Bars(Text("Tiền của đợt đang ở đâu", "Where the run's money is"), [.. Places.All.Skip(1).Where(place => In(place.Place).Items != 0)
        .Select(place => new ChartBar(Text(place.Vi, place.En), In(place.Place).Sum.Amount, ViText.Money(In(place.Place).Sum), IndexPage.ColourOf(place.Place)))]);

    public string FileState(RunFileView file) => file.Step switch
    {
        OwnStep.HandedOver => Text("đã giao", "handed over"),
        OwnStep.InDoubt => Text("chưa rõ đã tới chưa", "in doubt"),
        OwnStep.Sealed => Text("đã đóng, chưa gửi", "sealed, not sent"),
        _ => Text("đang ghi", "being written"),
    };

    /// <summary>How long an act under way still takes at its rate so far, in words.</summary>
    public string Left(LongAct act) => act.Left(Parts.Now) is { } left ? ViText.Span(left, IsEnglish ? "en" : "vi") : "–";

    /// <summary>A number as an attribute wants it.</summary>
    public static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);
}
